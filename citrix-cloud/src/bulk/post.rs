//! Putting what is asked for at the same time into one request.

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _, pin_mut};
use tokio::sync::{mpsc, oneshot};

use super::action::{Answer, unsure};
use crate::daas::Site;
use crate::{Error, Request};

/// How many calls one request carries at most.
const SIZE: usize = 50;

/// How many requests are under way at once; what comes meanwhile goes into the next one.
const AT_ONCE: usize = 2;

/// A call, and where its answer goes.
type Letter = (Request<Answer>, oneshot::Sender<Result<Answer, Error>>);

/// Where calls are handed in.
#[derive(Debug, Clone)]
pub(super) struct PostBox(mpsc::UnboundedSender<Letter>);

impl PostBox {
    /// Sends a call together with others, and gives the answer to it.
    pub(super) async fn send(&self, request: Request<Answer>) -> Result<Answer, Error> {
        let (to, answer) = oneshot::channel();
        let lost = || unsure("the batch ended without an answer");
        self.0.send((request, to)).map_err(|_| lost())?;
        answer.await.unwrap_or_else(|_| Err(lost()))
    }
}

/// What collects the calls and sends them in batches.
pub(super) struct Post {
    site: Site,
    letters: mpsc::UnboundedReceiver<Letter>,
    under_way: FuturesUnordered<BoxFuture<'static, ()>>,
}

impl Post {
    pub(super) fn new(site: Site) -> (PostBox, Self) {
        let (sender, letters) = mpsc::unbounded_channel();
        let under_way = FuturesUnordered::new();
        let post = Self {
            site,
            letters,
            under_way,
        };
        (PostBox(sender), post)
    }

    /// Sends what was handed in, for ever; it may be dropped and called again at any time.
    pub(super) async fn work(&mut self) {
        loop {
            let mut letters = Vec::new();
            tokio::select! {
                taken = self.letters.recv_many(&mut letters, SIZE), if self.under_way.len() < AT_ONCE => {
                    if taken == 0 {
                        return std::future::pending().await;
                    }
                    self.under_way.push(deliver(self.site.clone(), letters).boxed());
                }
                Some(()) = self.under_way.next() => {}
            }
        }
    }
}

async fn deliver(site: Site, letters: Vec<Letter>) {
    let (requests, answers): (Vec<_>, Vec<_>) = letters.into_iter().unzip();
    let mut answers: Vec<_> = answers.into_iter().map(Some).collect();
    let outcomes = site.batch(requests).outcomes();
    pin_mut!(outcomes);
    while let Some(outcome) = outcomes.next().await {
        if let Some(to) = answers.get_mut(outcome.index).and_then(Option::take) {
            // Whoever has given up does not want to know.
            let _ = to.send(outcome.result);
        }
    }
}
