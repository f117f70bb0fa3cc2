//! Sends all calls that wait at the same time in one request.
//!
//! There is no sender task: when a slot frees up, the first waiter sends the whole queue as one batch.
//! Calls that arrive in the meantime go into the next one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::Value;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use super::check::{Bundle, LeftOut};
use super::item_response::{BatchResponse, ItemResponse};
use super::stop::{Phase, Stop};
use super::wire::{self, Item};
use super::{OPERATION, Settings};
use crate::auth::Token;
use crate::daas::Site;
use crate::error::Inner;
use crate::handles::jobs::JobHandle;
use crate::raw;
use crate::retry::RetryClass;
use crate::task::started;
use crate::{Error, ErrorKind, deadline};

/// The state that all requests of a batch share.
#[derive(Clone)]
pub(super) struct BatchQueue(Arc<Shared>);

struct Shared {
    site: Site,
    settings: Settings,
    waiting: Mutex<VecDeque<QueuedItem>>,
    /// One permit per concurrent request.
    slots: Semaphore,
    refreshing: Arc<tokio::sync::Mutex<()>>,
    stop: Stop,
}

/// An item waiting to be sent.
struct QueuedItem {
    item: Arc<Item>,
    /// When to give up on it; `None` until it has been sent for the first time.
    until: Option<Instant>,
    to: oneshot::Sender<AttemptResult>,
}

/// Where the response to an item arrives.
pub(super) struct PendingItem {
    item: Arc<Item>,
    response: oneshot::Receiver<AttemptResult>,
}

/// The result of sending an item once.
pub(super) struct AttemptResult {
    pub(super) response: ItemResponse,
    /// The token that the item carried.
    pub(super) token: Option<Arc<Token>>,
    /// When to give up on the item.
    pub(super) until: Instant,
    /// Random in 0..1, and the same for all items of a request, so that items with the same delay
    /// are retried together.
    pub(super) share: f64,
}

impl BatchQueue {
    pub(super) fn new(site: Site, settings: Settings, stop: Stop) -> Self {
        let requests = settings.concurrency.get().min(Semaphore::MAX_PERMITS);
        let slots = Semaphore::new(requests);
        Self(Arc::new(Shared {
            site,
            settings,
            waiting: Mutex::default(),
            slots,
            refreshing: Arc::default(),
            stop,
        }))
    }

    pub(super) fn site(&self) -> &Site {
        &self.0.site
    }

    pub(super) fn settings(&self) -> Settings {
        self.0.settings
    }

    pub(super) fn stop(&self) -> &Stop {
        &self.0.stop
    }

    /// Removes an item that is still waiting; returns false if it has been sent.
    pub(super) fn withdraw(&self, item: &Arc<Item>) -> bool {
        let mut waiting = self.waiting();
        let before = waiting.len();
        waiting.retain(|entry| !Arc::ptr_eq(&entry.item, item));
        waiting.len() < before
    }

    /// Queues an item for the next request.
    pub(super) fn enqueue(&self, item: Arc<Item>, until: Option<Instant>) -> PendingItem {
        let (to, response) = oneshot::channel();
        let entry = QueuedItem {
            item: item.clone(),
            until,
            to,
        };
        self.waiting().push_back(entry);
        PendingItem { item, response }
    }

    /// Waits for the response to an item, and sends the queue whenever a request may start; `None`
    /// if the batch was stopped before the item was sent.
    pub(super) async fn response(&self, waiting: PendingItem) -> Option<AttemptResult> {
        let PendingItem { item, mut response } = waiting;
        // Lets everything else that becomes ready now join the queue first.
        tokio::task::yield_now().await;
        loop {
            let slot = tokio::select! {
                biased;
                result = &mut response => return Some(result.unwrap_or_else(|_| AttemptResult::lost())),
                () = self.stop().reached(Phase::Stopping) => {
                    if self.withdraw(&item) {
                        return None;
                    }
                    return Some(response.await.unwrap_or_else(|_| AttemptResult::lost()));
                }
                slot = self.0.slots.acquire() => slot,
            };
            let Some(queued) = self.take_with(&item) else {
                // It is in flight in another request.
                drop(slot);
                return Some(response.await.unwrap_or_else(|_| AttemptResult::lost()));
            };
            // A task, because nobody polls this while the consumer is busy with other outcomes.
            started(self.clone().deliver(queued)).await;
        }
    }

    /// Takes the items for the next request, if the given item is still waiting.
    fn take_with(&self, item: &Arc<Item>) -> Option<Vec<QueuedItem>> {
        let mut waiting = self.waiting();
        // Items whose callers have given up must not take up space in the request.
        waiting.retain(|entry| !entry.to.is_closed());
        let still = waiting.iter().any(|it| Arc::ptr_eq(&it.item, item));
        let most = self.settings().size.get().min(waiting.len());
        still.then(|| waiting.drain(..most).collect())
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<QueuedItem>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends items in one request and delivers the response of each.
    async fn deliver(self, queued: Vec<QueuedItem>) {
        let shared = &self.site().client().shared;
        let end = deadline::after(match self.settings().as_job {
            true => self.settings().deadline,
            false => shared.settings.timeout,
        });
        let until = |entry: &QueuedItem| entry.until.unwrap_or(end);
        // The request may take as long as its most patient item allows.
        let last = queued.iter().map(until).max().unwrap_or(end);
        let items = || queued.iter().map(|entry| entry.item.clone());
        let (token, bundle, batch) = match shared.tokens.get(last).await {
            Ok(token) => {
                let refreshing = self.0.refreshing.clone();
                let bundle = Bundle::new(token.clone(), refreshing, items().collect());
                let idempotent = items().all(|item| item.is_idempotent());
                let batch = self.post(&bundle, idempotent, last).await;
                (Some(token), Some(bundle), batch)
            }
            Err(error) => (None, None, BatchResponse::none(error)),
        };
        let share = fastrand::f64();
        for entry in queued {
            let left_out = bundle.as_ref().and_then(|it| it.left_out(&entry.item));
            let response = match left_out {
                None => batch.of(&entry.item),
                Some(LeftOut::Refused(error)) => ItemResponse::NotSent(error, RetryClass::Final),
                Some(LeftOut::Failed(error, class)) => ItemResponse::NotSent(error, class),
                Some(LeftOut::Late) => ItemResponse::Late(entry.until),
            };
            let result = AttemptResult {
                response,
                token: token.clone(),
                until: until(&entry),
                share,
            };
            // The receiver is gone if the caller has given up.
            let _ = entry.to.send(result);
        }
    }

    /// Posts one batch and reads the results of its items.
    async fn post(&self, bundle: &Arc<Bundle>, idempotent: bool, until: Instant) -> BatchResponse {
        let path = match self.settings().as_job {
            true => "/$batch?async=true",
            false => "/$batch",
        };
        let transaction = uuid::Uuid::new_v4().to_string();
        let request = http::Request::post(path)
            .body(bundle.body())
            .map_err(|error| Error::input(error.to_string()));
        let request = match request {
            Ok(request) => request,
            Err(error) => return BatchResponse::none(error),
        };
        let mut request = raw::named(self.site().send_raw(request), OPERATION).boxed();
        if bundle.is_checked() {
            request = request.before_send(bundle.clone());
        }
        if idempotent {
            request = request.idempotent();
        }
        let timeout = self.site().client().shared.settings.timeout;
        let timeout = timeout.min(until.saturating_duration_since(Instant::now()));
        let sent = request
            .timeout(timeout)
            .transaction_id(transaction.clone())
            .await;
        let job = match &sent {
            Err(error) if error.kind() == ErrorKind::JobStarted => {
                error.job_id().map(str::to_owned)
            }
            Ok(response) => JobHandle::id_of(response),
            Err(_) => None,
        };
        let response = match job {
            Some(id) => self.results(&self.site().job(id), until).await,
            None => sent,
        };
        BatchResponse {
            items: response.and_then(wire::read),
            transaction,
        }
    }

    /// Returns the results of a batch's job, which exist even if some of its items failed.
    async fn results(&self, job: &JobHandle, until: Instant) -> Result<Value, Error> {
        let lost = |error: &Error, what: String| {
            let mut inner = Inner::new(ErrorKind::OutcomeUnknown, what);
            inner.operation = Some(OPERATION);
            inner.job = Some(job.id().to_owned());
            inner.status = error.status().and_then(|it| StatusCode::from_u16(it).ok());
            inner.transaction_id = error.transaction_id().map(str::to_owned);
            inner.into_error()
        };
        let over = job
            .wait(until.saturating_duration_since(Instant::now()))
            .await;
        match over {
            Err(error) if error.kind() != ErrorKind::JobFailed => {
                Err(lost(&error, error.message().to_owned()))
            }
            over => job.results().await.map_err(|error| {
                let words = match over {
                    Err(failed) => failed.message().to_owned(),
                    Ok(_) => format!("job {} has finished", job.id()),
                };
                lost(
                    &error,
                    format!("{words}; its results cannot be read: {}", error.message()),
                )
            }),
        }
    }
}

impl AttemptResult {
    /// Creates the outcome for an item whose request was dropped together with the task that sent
    /// it.
    fn lost() -> Self {
        let words = "the batch that it was part of was aborted before a response arrived";
        Self {
            response: ItemResponse::None(Inner::new(ErrorKind::OutcomeUnknown, words).into_error()),
            token: None,
            until: Instant::now(),
            share: 0.0,
        }
    }
}
