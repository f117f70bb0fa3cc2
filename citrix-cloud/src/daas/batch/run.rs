//! Carrying a call out in a batch, and asking again where that may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::answer::{Answer, Came, honest};
use super::parcel::Parcel;
use super::stop::{Phase, Stop};
use super::together::{Together, Waiting};
use super::wire::Item;
use super::{ItemOutcome, Settings};
use crate::daas::Site;
use crate::error::Inner;
use crate::transport::{self, AuthRetry, RetryClass};
use crate::{Error, ErrorKind, Request};

/// Carries calls out, those that are made at the same time in one request.
#[derive(Clone)]
pub(crate) struct Run {
    together: Together,
    /// Calls so far.
    calls: Arc<AtomicUsize>,
}

/// A call on its way.
pub(super) struct Sent<T> {
    parcel: Parcel<T>,
    /// None when nothing is sent for it.
    item: Option<(Arc<Item>, Waiting)>,
}

impl Run {
    pub(super) fn new(site: Site, settings: Settings, stop: Stop) -> Self {
        Self {
            together: Together::new(site, settings, stop),
            calls: Arc::default(),
        }
    }

    /// For calls that are made one by one.
    pub(crate) fn of(site: Site) -> Self {
        Self::new(site, Settings::default(), Stop::default())
    }

    /// Makes one call.
    pub(crate) async fn call<T: Send + 'static>(&self, call: Request<T>) -> Result<T, Error> {
        let sent = self.hand_in(call).await;
        match self.finish(sent).await {
            Some(outcome) => outcome.result,
            // Nobody stops these.
            None => Err(Error::input("it was not sent")),
        }
    }

    /// Has a call wait for the next request.
    pub(super) async fn hand_in<T: Send + 'static>(&self, mut call: Request<T>) -> Sent<T> {
        let index = self.calls.fetch_add(1, Ordering::Relaxed);
        let site = self.together.site();
        let over = |error| Sent {
            parcel: Parcel::over(index, Err(error)),
            item: None,
        };
        if !call.is_for(site.client(), site.id()) {
            return over(Error::input(
                "this call is not one below the batch's site; it was not sent",
            ));
        }
        let idempotent = call.is_idempotent();
        let check = call.take_before_send();
        let (parcel, request) = Parcel::open(index, call).await;
        let Some(request) = request else {
            return Sent { parcel, item: None };
        };
        let form = self.together.settings().urls;
        let customer = site.client().customer();
        match Item::new(index, &request, idempotent, form, customer, site.id()) {
            Ok(item) => {
                let item = Arc::new(item.checked(check));
                let waiting = self.together.hand_in(item.clone(), None);
                Sent {
                    parcel,
                    item: Some((item, waiting)),
                }
            }
            Err(refused) => over(refused),
        }
    }

    /// Waits for what comes of a call; nothing when the batch was stopped before it was sent.
    pub(super) async fn finish<T: Send + 'static>(&self, sent: Sent<T>) -> Option<ItemOutcome<T>> {
        let Sent { parcel, item } = sent;
        let index = parcel.index();
        let answer = match item {
            // A parcel that is over takes no answer, whatever this one is.
            None => Err(Error::input("it was not sent")),
            Some((item, waiting)) => tokio::select! {
                biased;
                () = self.together.stop().reached(Phase::Aborted) => {
                    if self.together.withdraw(&item) {
                        return None;
                    }
                    let words = "given up before an answer came; it may have run";
                    let unknown = Inner::new(ErrorKind::OutcomeUnknown, words).into();
                    Err(honest(unknown, item.writes()))
                }
                answer = self.answer(&item, waiting) => answer?,
            },
        };
        let result = parcel.close(answer).await;
        Some(ItemOutcome { index, result })
    }

    /// What the transport would have answered to an item; nothing when it was not sent.
    async fn answer(
        &self,
        item: &Arc<Item>,
        waiting: Waiting,
    ) -> Option<Result<transport::Answer, Error>> {
        let answer = match self.ask(item, waiting).await? {
            (Answer::None(error), _) => Err(honest(error, item.writes())),
            (Answer::NotSent(error, _), _) => Err(error),
            (Answer::Late(_), _) => return None,
            (Answer::Came(came), attempts) => match came.job() {
                Some(id) => self.follow(came, id).await,
                None => Ok(came),
            }
            .map(|came| came.response(attempts)),
        };
        Some(answer)
    }

    /// The answer to an item once it is not asked for again, and how often it was.
    async fn ask(&self, item: &Arc<Item>, mut waiting: Waiting) -> Option<(Answer, u32)> {
        let shared = &self.together.site().client().shared;
        let mut last = None;
        let mut renewals = AuthRetry::default();
        let mut failures = 0;
        let mut attempts = 0;
        loop {
            let Some(told) = self.together.answer(waiting).await else {
                return last;
            };
            if let Answer::Late(until) = told.answer {
                waiting = self.together.hand_in(item.clone(), until);
                continue;
            }
            attempts += 1;
            let again = match (told.answer.class(), &told.token) {
                (RetryClass::Final, _) | (_, None) => false,
                (RetryClass::Unauthorized, Some(token)) => {
                    renewals.allow(&shared.tokens, token).await
                }
                (class, _) => {
                    failures += 1;
                    let idempotent = item.is_idempotent();
                    tokio::select! {
                        biased;
                        () = self.together.stop().reached(Phase::Stopping) => false,
                        again = shared
                            .retry_after_backoff(class, idempotent, failures, told.until, told.share)
                            => again,
                    }
                }
            };
            if !again {
                return Some((told.answer, attempts));
            }
            last = Some((told.answer, attempts));
            waiting = self.together.hand_in(item.clone(), Some(told.until));
        }
    }

    /// What the item would have answered, had it not become a job.
    async fn follow(&self, came: Came, id: String) -> Result<Came, Error> {
        let job = self.together.site().job(id);
        job.wait(self.together.settings().deadline).await?;
        let body = match job.results().await {
            Ok(Value::Null) => Bytes::new(),
            Ok(results) => results.to_string().into(),
            Err(error) => {
                tracing::debug!(%error, job = job.id(), "the job has no results");
                Bytes::new()
            }
        };
        Ok(Came {
            status: StatusCode::OK,
            headers: came.headers,
            body,
        })
    }
}
