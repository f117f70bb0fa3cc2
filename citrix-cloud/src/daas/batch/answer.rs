//! What the answer to a batch means for each of its items.

use std::collections::HashMap;

use http::{HeaderName, StatusCode};
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
    /// As a call alone would have had it.
    Came(decode::Answer),
    None(Error),
    /// It was left out of the request.
    NotSent(Error, RetryClass),
    /// It was not ready in time for the request and waits for the next one, until then at most.
    Late(Option<Instant>),
}

impl Answer {
    /// What this says about asking again; the pipeline has retried a whole request already.
    pub(super) fn class(&self) -> RetryClass {
        match self {
            Self::Came(came) => RetryClass::of_answer(came.status(), came.headers(), came.body()),
            Self::NotSent(_, class) => *class,
            Self::None(_) | Self::Late(_) => RetryClass::Final,
        }
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
                let mut answer = http::Response::new(body.clone());
                *answer.status_mut() = status;
                answer.headers_mut().extend(headers.iter().cloned());
                if let Ok(ours) = self.transaction.parse() {
                    answer.headers_mut().entry(TRANSACTION).or_insert(ours);
                }
                Answer::Came(answer)
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
