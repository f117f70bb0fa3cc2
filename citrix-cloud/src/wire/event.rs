//! The event that `on_request` callbacks receive.

use std::time::Duration;

/// One request and its result, without headers, bodies or secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestEvent {
    /// The `operationId` of the operation in the documents.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// Scheme, host and port.
    pub origin: String,
    /// The path as it was sent, percent-encoded, including any query.
    pub path: String,
    /// The status of the response, or `None` if there was no response.
    pub status: Option<u16>,
    /// The time from sending the request to receiving the response headers.
    pub elapsed: Duration,
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
        }
    }
}
