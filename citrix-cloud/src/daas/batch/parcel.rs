//! A call on its way through a batch: its request taken out, its answer to be put in.

use std::future::IntoFuture;
use std::pin::Pin;

use tokio::sync::oneshot;

use crate::transport::{Answer, Courier};
use crate::{Error, Request};

/// A call that has built its request and waits for the answer.
pub(super) struct Parcel<T> {
    index: usize,
    state: State<T>,
}

enum State<T> {
    Waiting(
        Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>,
        oneshot::Sender<Result<Answer, Error>>,
    ),
    Over(Result<T, Error>),
}

impl<T: Send + 'static> Parcel<T> {
    /// Lets a call build its request; none when the call was refused before.
    pub(super) async fn open(index: usize, call: Request<T>) -> (Self, Option<reqwest::Request>) {
        let (courier, request, answer) = Courier::new();
        let mut pending = call.via(courier).into_future();
        tokio::select! {
            biased;
            result = &mut pending => (Self::over(index, result), None),
            Ok(request) = request => {
                let state = State::Waiting(pending, answer);
                (Self { index, state }, Some(request))
            }
        }
    }

    /// A call of which it is known already what came of it.
    pub(super) fn over(index: usize, result: Result<T, Error>) -> Self {
        let state = State::Over(result);
        Self { index, state }
    }

    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// Gives the call its answer, and takes what it makes of it.
    pub(super) async fn close(self, answer: Result<Answer, Error>) -> Result<T, Error> {
        match self.state {
            State::Over(result) => result,
            State::Waiting(pending, wait) => {
                // It is there to take the answer, because nobody has polled it since.
                let _ = wait.send(answer);
                pending.await
            }
        }
    }
}
