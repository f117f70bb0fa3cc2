//! What the answer to a batch means for each of its items.

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use tokio::time::Instant;

use super::OPERATION;
use super::wire::{Item, Told};
use crate::decode;
use crate::error::Inner;
use crate::retry::RetryClass;
use crate::{Error, ErrorKind};

const TRANSACTION: HeaderName = HeaderName::from_static("citrix-transactionid");

/// What came of an item once.
pub(super) enum Answer {
    Came(Came),
    None(Error),
    /// It was left out of the request.
    NotSent(Error, RetryClass),
    /// It was not ready in time for the request and waits for the next one, until then at most.
    Late(Option<Instant>),
}

/// An item's answer, as a call alone would have had it.
pub(super) struct Came {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
}

impl Answer {
    /// What this says about asking again; the pipeline has retried a whole request already.
    pub(super) fn class(&self) -> RetryClass {
        match self {
            Self::Came(came) => {
                let headers = came.headers.iter().cloned().collect();
                RetryClass::of_answer(came.status, &headers, &came.body)
            }
            Self::NotSent(_, class) => *class,
            Self::None(_) | Self::Late(_) => RetryClass::Final,
        }
    }
}

impl Came {
    /// As a call alone would have had it.
    pub(super) fn response(&self) -> decode::Answer {
        let mut response = http::Response::new(self.body.clone());
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers.iter().cloned());
        response
    }

    /// The job that goes on in the item's place.
    pub(super) fn job(&self) -> Option<String> {
        decode::job(&self.response())
    }
}

/// What one request says of its items.
pub(super) struct Report {
    pub(super) told: Result<HashMap<String, Told>, Error>,
    pub(super) transaction: String,
}

impl Report {
    /// For a request that failed as a whole.
    pub(super) fn none(error: Error) -> Self {
        Self {
            told: Err(error),
            transaction: String::new(),
        }
    }

    pub(super) fn of(&self, item: &Item) -> Answer {
        let told = match &self.told {
            Ok(told) => told.get(&item.index().to_string()),
            Err(error) => return Answer::None(error.clone()),
        };
        let unknown = |words: &str| {
            let mut inner = Inner::new(ErrorKind::Decode, words);
            inner.operation = Some(OPERATION);
            inner.transaction_id = Some(self.transaction.clone());
            Answer::None(inner.into_error())
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
pub(super) fn honest(error: Error, writes: bool) -> Error {
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
