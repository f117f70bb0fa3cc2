//! Another way for a call to be sent: handed to whoever sends it for us, as a batch does.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Request;
use tokio::sync::oneshot;

use super::Answer;
use crate::Error;

/// Takes the one request of a call out of it, and the answer in.
///
/// The call waits in between, so its answer is decoded and judged as if it had sent the request
/// itself.
pub(crate) struct Courier(Mutex<Option<Ends>>);

type Outcome = Result<Answer, Error>;
type Ends = (oneshot::Sender<Request>, oneshot::Receiver<Outcome>);

/// How often a request was sent, as an extension of its answer; once unless it says so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempts(pub(crate) u32);

impl Courier {
    /// A courier, the end that the request comes out of, and the end that the answer goes into.
    pub(crate) fn new() -> (
        Arc<Self>,
        oneshot::Receiver<Request>,
        oneshot::Sender<Outcome>,
    ) {
        let (hand, request) = oneshot::channel();
        let (answer, wait) = oneshot::channel();
        let courier = Self(Mutex::new(Some((hand, wait))));
        (Arc::new(courier), request, answer)
    }

    /// Hands the request over and waits for its answer.
    pub(super) async fn carry(&self, request: Request) -> Outcome {
        let ends = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((hand, answer)) = ends else {
            return Err(Error::input(
                "the call sends more than one request; only one can be handed over",
            ));
        };
        let gone = || Error::input("the call was handed over and given up; it was not sent");
        hand.send(request).map_err(|_| gone())?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Courier")
    }
}
