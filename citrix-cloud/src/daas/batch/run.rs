//! Making a call as part of a batch, and retrying it if allowed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::item_response::{ItemResponse, error_for_item};
use super::queue::{BatchQueue, PendingItem};
use super::stop::{Phase, Stop};
use super::wire::Item;
use super::{ItemOutcome, Settings};
use crate::auth::AuthRetry;
use crate::daas::Site;
use crate::decode::{self, DecodeInto, Decoded};
use crate::error::Inner;
use crate::pipeline::Call;
use crate::retry::RetryClass;
use crate::{BoxRequest, Error, ErrorKind};

/// Makes calls; those made at the same time share a request.
#[derive(Clone)]
pub(crate) struct Run {
    queue: BatchQueue,
    /// The number of calls so far.
    calls: Arc<AtomicUsize>,
}

/// A call that has been queued or refused.
pub(super) struct Sent<T> {
    index: usize,
    state: State<T>,
}

enum State<T> {
    /// Nothing is sent for it.
    Refused(Error),
    Waiting(Box<Waits<T>>),
}

struct Waits<T> {
    call: Call,
    decode: DecodeInto<T>,
    item: Arc<Item>,
    waiting: PendingItem,
}

impl Run {
    pub(super) fn new(site: Site, settings: Settings, stop: Stop) -> Self {
        Self {
            queue: BatchQueue::new(site, settings, stop),
            calls: Arc::default(),
        }
    }

    /// Creates a run for calls that are made one by one.
    pub(crate) fn of(site: Site) -> Self {
        Self::new(site, Settings::default(), Stop::default())
    }

    /// Makes one call.
    pub(crate) async fn call<T: Send + 'static>(&self, call: BoxRequest<T>) -> Result<T, Error> {
        let sent = self.enqueue(call);
        match self.finish(sent).await {
            Some(outcome) => outcome.result,
            // Such a run is never stopped.
            None => Err(Error::input("it was not sent")),
        }
    }

    /// Queues a call for the next request.
    pub(super) fn enqueue<T: Send + 'static>(&self, request: BoxRequest<T>) -> Sent<T> {
        let index = self.calls.fetch_add(1, Ordering::Relaxed);
        let state = match self.item(index, request) {
            Ok(waits) => State::Waiting(Box::new(waits)),
            Err(error) => State::Refused(error),
        };
        Sent { index, state }
    }

    fn item<T: Send + 'static>(
        &self,
        index: usize,
        request: BoxRequest<T>,
    ) -> Result<Waits<T>, Error> {
        let site = self.queue.site();
        let (call, request, decode) = request.into_parts();
        let ours = Arc::ptr_eq(&call.shared, &site.client().shared);
        if !ours || !call.is_below_a_site() || call.site.as_deref() != Some(site.id()) {
            return Err(Error::input(
                "this call is not for the batch's site; it was not sent",
            ));
        }
        let form = self.queue.settings().urls;
        let item = Arc::new(Item::new(index, &call, &request?, form, site.id())?);
        let waiting = self.queue.enqueue(item.clone(), None);
        Ok(Waits {
            call,
            decode,
            item,
            waiting,
        })
    }

    /// Waits for the outcome of a call; `None` if the batch was stopped before it was sent.
    pub(super) async fn finish<T: Send + 'static>(&self, sent: Sent<T>) -> Option<ItemOutcome<T>> {
        let Sent { index, state } = sent;
        let waits = match state {
            State::Waiting(waits) => waits,
            State::Refused(error) => {
                let result = Err(error);
                return Some(ItemOutcome { index, result });
            }
        };
        let Waits {
            call,
            decode,
            item,
            waiting,
        } = *waits;
        let response = tokio::select! {
            biased;
            () = self.queue.stop().reached(Phase::Aborted) => {
                if self.queue.withdraw(&item) {
                    return None;
                }
                let words = "aborted before a response arrived; it may have run";
                let unknown = Inner::new(ErrorKind::OutcomeUnknown, words).into_error();
                Err(error_for_item(unknown, item.writes()))
            }
            response = self.response(&item, waiting) => response?,
        };
        let result = response.and_then(|(response, attempts)| {
            let mut decoded = Decoded::by(decode);
            call.read(response, attempts, &mut |response| decoded.read(response))?;
            decoded.into_value()
        });
        let result = result.map_err(|error| error.masked(&call.shared.secrets));
        Some(ItemOutcome { index, result })
    }

    /// Returns the response that an individual call would have had, and the number of attempts;
    /// `None` if it was not sent.
    async fn response(
        &self,
        item: &Arc<Item>,
        waiting: PendingItem,
    ) -> Option<Result<(decode::Response, u32), Error>> {
        let response = match self.ask(item, waiting).await? {
            (ItemResponse::None(error), _) => Err(error_for_item(error, item.writes())),
            (ItemResponse::NotSent(error, _), _) => Err(error),
            (ItemResponse::Late(_), _) => return None,
            (ItemResponse::Received(response), attempts) => match decode::job(&response) {
                Some(id) => self.follow(response, id).await,
                None => Ok(response),
            }
            .map(|response| (response, attempts)),
        };
        Some(response)
    }

    /// Returns the final response to an item and the number of attempts.
    async fn ask(&self, item: &Arc<Item>, mut waiting: PendingItem) -> Option<(ItemResponse, u32)> {
        let shared = &self.queue.site().client().shared;
        let mut last = None;
        let mut renewals = AuthRetry::default();
        let mut failures = 0;
        let mut attempts = 0;
        loop {
            let Some(result) = self.queue.response(waiting).await else {
                return last;
            };
            if let ItemResponse::Late(until) = result.response {
                waiting = self.queue.enqueue(item.clone(), until);
                continue;
            }
            attempts += 1;
            let again = match (result.response.class(), &result.token) {
                (RetryClass::Final, _) | (_, None) => false,
                (RetryClass::Unauthorized, Some(token)) => {
                    renewals.allow(&shared.tokens, token).await
                }
                (class, _) => {
                    failures += 1;
                    let idempotent = item.is_idempotent();
                    tokio::select! {
                        biased;
                        () = self.queue.stop().reached(Phase::Stopping) => false,
                        again = shared
                            .retries
                            .after_backoff(class, idempotent, failures, result.until, result.share)
                            => again,
                    }
                }
            };
            if !again {
                return Some((result.response, attempts));
            }
            last = Some((result.response, attempts));
            waiting = self.queue.enqueue(item.clone(), Some(result.until));
        }
    }

    /// Returns the response that the item would have had without becoming a job.
    async fn follow(
        &self,
        mut response: decode::Response,
        id: String,
    ) -> Result<decode::Response, Error> {
        let job = self.queue.site().job(id);
        job.wait(self.queue.settings().deadline).await?;
        *response.status_mut() = StatusCode::OK;
        *response.body_mut() = match job.results().await {
            Ok(Value::Null) => Bytes::new(),
            Ok(results) => results.to_string().into(),
            Err(error) => {
                tracing::debug!(%error, job = job.id(), "the job has no results");
                Bytes::new()
            }
        };
        Ok(response)
    }
}
