//! What an `on_request` callback gets to see.

use std::time::Duration;

use crate::error::cause;

/// One request and what came of it: no headers, no bodies, nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestEvent {
    /// The operation, by its `operationId` in the documents.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// Scheme, host and port.
    pub origin: String,
    /// The path as it was sent, percent-encoded, with the query where there is one.
    pub path: String,
    /// The status of the answer; none when no answer came.
    pub status: Option<u16>,
    /// The time from sending to the head of the answer.
    pub elapsed: Duration,
    /// The transaction id: that of the answer, or else the one that was sent.
    pub transaction_id: Option<String>,
}

impl RequestEvent {
    pub(crate) fn of(request: &reqwest::Request, operation: &'static str) -> Self {
        let url = request.url();
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Self {
            operation,
            method: request.method().to_string(),
            origin: url.origin().ascii_serialization(),
            path,
            status: None,
            elapsed: Duration::ZERO,
            transaction_id: cause::transaction_id(request.headers()),
        }
    }
}
