//! Sending batches and telling each item what came of it.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::parcel::Parcel;
use super::wire::{self, Item, Told};
use super::{ItemOutcome, Settings};
use crate::daas::{JobHandle, Site, operation};
use crate::error::Inner;
use crate::{Error, ErrorKind, Request, transport};

const OPERATION: &str = "batch_do_batch_request";
const TRANSACTION: HeaderName = HeaderName::from_static("citrix-transactionid");

/// What all requests of a batch share.
#[derive(Clone)]
pub(super) struct Run(Arc<(Site, Settings)>);

/// A call that was sent, and the answer to it.
pub(super) struct Sent<T> {
    parcel: Parcel<T>,
    writes: bool,
    answer: Answer,
}

enum Answer {
    Came(Came),
    None(Error),
}

/// An item's answer, as a call alone would have had it.
struct Came {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Came {
    fn response(self) -> transport::Answer {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }

    /// The job that goes on in the item's place.
    fn job(&self) -> Option<String> {
        if self.status != StatusCode::ACCEPTED {
            return None;
        }
        let location = self.headers.iter().find(|(name, _)| name == "location");
        let location = location.and_then(|(_, value)| value.to_str().ok())?;
        let path = location.split(['?', '#']).next()?.trim_end_matches('/');
        let id = path.rsplit('/').next()?;
        (!id.is_empty()).then(|| id.to_owned())
    }
}

impl Run {
    pub(super) fn new(site: Site, settings: Settings) -> Self {
        Self(Arc::new((site, settings)))
    }

    fn site(&self) -> &Site {
        &self.0.0
    }

    fn settings(&self) -> Settings {
        self.0.1
    }

    /// Sends calls in one request.
    pub(super) async fn send<T: Send + 'static>(
        self,
        calls: Vec<(usize, Request<T>)>,
    ) -> Vec<Sent<T>> {
        let site = self.site();
        let mut parcels = Vec::with_capacity(calls.len());
        let mut items = Vec::with_capacity(calls.len());
        for (index, call) in calls {
            if !call.is_for(site.client(), site.id()) {
                let refused =
                    Error::input("this call is not one below the batch's site; it was not sent");
                parcels.push(Parcel::over(index, Err(refused)));
                continue;
            }
            let (parcel, request) = Parcel::open(index, call).await;
            let item = request.map(|request| {
                let customer = site.client().customer();
                Item::new(index, &request, self.settings().urls, customer, site.id())
            });
            match item {
                Some(Ok(item)) => {
                    items.push(item);
                    parcels.push(parcel);
                }
                Some(Err(refused)) => parcels.push(Parcel::over(index, Err(refused))),
                None => parcels.push(parcel),
            }
        }
        let mut answers = self.ask(&items).await;
        let writes: HashMap<usize, bool> = items
            .iter()
            .map(|item| (item.index(), item.writes()))
            .collect();
        parcels
            .into_iter()
            .map(|parcel| Sent {
                writes: writes.get(&parcel.index()).copied().unwrap_or_default(),
                // A parcel that is over takes no answer, whatever this one is.
                answer: answers
                    .remove(&parcel.index())
                    .unwrap_or_else(|| Answer::None(Error::input("it was not sent"))),
                parcel,
            })
            .collect()
    }

    /// Asks for items, and once more, with a new token, for those whose token was refused.
    async fn ask(&self, items: &[Item]) -> HashMap<usize, Answer> {
        let shared = &self.site().client().shared;
        let mut answers = HashMap::with_capacity(items.len());
        let mut asked: Vec<&Item> = items.iter().collect();
        let deadline = tokio::time::Instant::now() + shared.settings.timeout;
        for last in [false, true] {
            if asked.is_empty() {
                break;
            }
            let token = match shared.tokens.get(shared, deadline).await {
                Ok(token) => token,
                Err(error) => {
                    answers.extend(
                        asked
                            .iter()
                            .map(|item| (item.index(), Answer::None(error.clone()))),
                    );
                    break;
                }
            };
            let body = wire::write(asked.iter().copied(), token.text());
            let reads = asked.iter().all(|item| !item.writes());
            let told = self.post(body, reads).await;
            let mut refused = Vec::new();
            for item in asked {
                let answer = told.of(item);
                match &answer {
                    Answer::Came(came) if came.status == StatusCode::UNAUTHORIZED && !last => {
                        refused.push(item);
                    }
                    _ => {
                        answers.insert(item.index(), answer);
                    }
                }
            }
            if !refused.is_empty() {
                tracing::debug!(
                    items = refused.len(),
                    "the items' token was refused; renewing"
                );
                shared.tokens.refused(&token).await;
            }
            asked = refused;
        }
        answers
    }

    /// Posts one batch and reads what it says of its items.
    async fn post(&self, body: Vec<u8>, reads: bool) -> Report {
        let path = match self.settings().as_job {
            true => "/$batch?async=true",
            false => "/$batch",
        };
        let transaction = uuid::Uuid::new_v4().to_string();
        let mut request = operation::known(self.site(), path, body, OPERATION);
        if reads {
            // A POST, but one that changes nothing.
            request = request.repeatable();
        }
        let sent = request.transaction(transaction.clone()).await;
        let job = match &sent {
            Err(error) if error.kind() == ErrorKind::JobStarted => {
                error.job_id().map(str::to_owned)
            }
            Ok(answer) => JobHandle::id_of(answer),
            Err(_) => None,
        };
        let answer = match job {
            Some(id) => self.results(&self.site().job(id)).await,
            None => sent,
        };
        Report {
            told: answer.and_then(wire::read),
            transaction,
        }
    }

    /// The results of a batch's job, which are there even when some of its items failed.
    async fn results(&self, job: &JobHandle) -> Result<Value, Error> {
        let lost = |error: &Error, what: String| {
            let mut inner = Inner::new(ErrorKind::OutcomeUnknown, what);
            inner.operation = Some(OPERATION);
            inner.job = Some(job.id().to_owned());
            inner.status = error.status().and_then(|it| StatusCode::from_u16(it).ok());
            inner.transaction_id = error.transaction_id().map(str::to_owned);
            Error::from(inner)
        };
        let over = job.wait(self.settings().deadline).await;
        match over {
            Err(error) if error.kind() != ErrorKind::JobFailed => {
                Err(lost(&error, error.message().to_owned()))
            }
            over => job.results().await.map_err(|error| {
                let words = match over {
                    Err(failed) => failed.message().to_owned(),
                    Ok(_) => format!("job {} is over", job.id()),
                };
                lost(
                    &error,
                    format!("{words}; its results cannot be read: {}", error.message()),
                )
            }),
        }
    }

    /// Waits for the job that an item may have become, and has the call decode its answer.
    pub(super) async fn finish<T: Send + 'static>(self, sent: Sent<T>) -> ItemOutcome<T> {
        let Sent {
            parcel,
            writes,
            answer,
        } = sent;
        let index = parcel.index();
        let answer = match answer {
            Answer::None(error) => Err(honest(error, writes)),
            Answer::Came(came) => match came.job() {
                Some(id) => self.follow(came, id).await,
                None => Ok(came),
            },
        };
        let result = parcel.close(answer.map(Came::response)).await;
        ItemOutcome { index, result }
    }

    /// What the item would have answered, had it not become a job.
    async fn follow(&self, came: Came, id: String) -> Result<Came, Error> {
        let job = self.site().job(id);
        job.wait(self.settings().deadline).await?;
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

/// What one request says of its items.
struct Report {
    told: Result<HashMap<String, Told>, Error>,
    transaction: String,
}

impl Report {
    fn of(&self, item: &Item) -> Answer {
        let told = match &self.told {
            Ok(told) => told.get(&item.index().to_string()),
            Err(error) => return Answer::None(error.clone()),
        };
        let unknown = |words: &str| {
            let mut inner = Inner::new(ErrorKind::Decode, words);
            inner.operation = Some(OPERATION);
            inner.transaction_id = Some(self.transaction.clone());
            Answer::None(inner.into())
        };
        match told {
            None => unknown("the batch's answer says nothing of this item"),
            Some(Told::Unclear(words)) => unknown(words),
            Some(Told::Answer(code, headers, body)) => {
                let Ok(status) = StatusCode::from_u16(*code) else {
                    return unknown("the batch's answer has no status code for this item");
                };
                let mut headers = headers.clone();
                let named = headers.iter().any(|(name, _)| name == TRANSACTION);
                if let (false, Ok(ours)) = (named, self.transaction.parse()) {
                    headers.push((TRANSACTION, ours));
                }
                Answer::Came(Came {
                    status,
                    headers,
                    body: body.clone(),
                })
            }
        }
    }
}

/// What the failure of a whole request means for one of its items.
fn honest(error: Error, writes: bool) -> Error {
    use ErrorKind as K;
    match error.kind() {
        // The batch was carried out, or may have been.
        K::OutcomeUnknown | K::Decode | K::JobFailed | K::Network if writes => {
            error.with_kind(K::OutcomeUnknown)
        }
        K::OutcomeUnknown => error.with_kind(K::Unavailable),
        // It is the batch's path that is not there, and not the item's object.
        K::NotFound | K::Conflict => error.with_kind(K::Api),
        _ => error,
    }
}
