//! Extracts the response to each item from the response to a batch.

use std::collections::HashMap;

use http::{HeaderName, StatusCode};
use tokio::time::Instant;

use super::OPERATION;
use super::wire::{Item, ParsedItem};
use crate::decode;
use crate::error::Inner;
use crate::retry::RetryClass;
use crate::{Error, ErrorKind};

const TRANSACTION: HeaderName = HeaderName::from_static("citrix-transactionid");

/// The result of sending an item once.
pub(super) enum ItemResponse {
    /// The response that an individual call would have received.
    Received(decode::Response),
    None(Error),
    /// The item was left out of the request.
    NotSent(Error, RetryClass),
    /// The item was not ready in time, and waits for the next request until this time at most.
    Late(Option<Instant>),
}

impl ItemResponse {
    /// Returns the retry class; the pipeline has already retried the request as a whole.
    pub(super) fn class(&self) -> RetryClass {
        match self {
            Self::Received(it) => RetryClass::of_response(it.status(), it.headers(), it.body()),
            Self::NotSent(_, class) => *class,
            Self::None(_) | Self::Late(_) => RetryClass::Final,
        }
    }
}

/// The response to one request.
pub(super) struct BatchResponse {
    pub(super) items: Result<HashMap<String, ParsedItem>, Error>,
    pub(super) transaction: String,
}

impl BatchResponse {
    /// Creates the response of a request that failed as a whole.
    pub(super) fn none(error: Error) -> Self {
        Self {
            items: Err(error),
            transaction: String::new(),
        }
    }

    pub(super) fn of(&self, item: &Item) -> ItemResponse {
        let parsed = match &self.items {
            Ok(items) => items.get(&item.index().to_string()),
            Err(error) => return ItemResponse::None(error.clone()),
        };
        let unknown = |words: &str| {
            let mut inner = Inner::new(ErrorKind::Decode, words);
            inner.operation = Some(OPERATION);
            inner.transaction_id = Some(self.transaction.clone());
            ItemResponse::None(inner.into_error())
        };
        match parsed {
            None => unknown("the response to the batch does not mention this item"),
            Some(ParsedItem::Unclear(words)) => unknown(words),
            Some(ParsedItem::Response(code, headers, body)) => {
                let Ok(status) = StatusCode::from_u16(*code) else {
                    return unknown("the response to the batch has no status code for this item");
                };
                let mut response = http::Response::new(body.clone());
                *response.status_mut() = status;
                response.headers_mut().extend(headers.iter().cloned());
                if let Ok(ours) = self.transaction.parse() {
                    response.headers_mut().entry(TRANSACTION).or_insert(ours);
                }
                ItemResponse::Received(response)
            }
        }
    }
}

/// Returns the error for an item whose request failed as a whole.
pub(super) fn error_for_item(error: Error, writes: bool) -> Error {
    use ErrorKind as K;
    match error.kind() {
        // The batch ran, or may have run.
        K::OutcomeUnknown | K::Decode | K::JobFailed | K::Network if writes => {
            error.with_kind(K::OutcomeUnknown)
        }
        K::OutcomeUnknown => error.with_kind(K::Unavailable),
        // The path of the batch was not found; this says nothing about the item's object.
        K::NotFound | K::Conflict => error.with_kind(K::Api),
        _ => error,
    }
}
