//! One request and its response.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::mask;
use crate::faults::FaultKind;

/// How much of a response body is kept, in bytes.
const KEPT: usize = 64 * 1024;

/// One request as it was on the wire, and the response to it.
///
/// `Debug` omits secrets, so a failing assertion does not print them.
#[derive(Clone)]
pub struct Exchange {
    /// The number of the exchange, counted from 1 since the start.
    pub number: u64,
    /// When the response was sent, by the emulator's clock.
    pub at: Timestamp,
    /// The time from the request's head to the response's, in real time.
    pub duration: Duration,
    /// The method.
    pub method: String,
    /// The path as it was sent, still percent-encoded.
    pub path: String,
    /// The query as it was sent, still percent-encoded.
    pub query: Option<String>,
    /// Names and values of the headers.
    pub headers: Vec<(String, String)>,
    /// The body; empty if a fault occurred before it was read.
    pub body: Bytes,
    /// The status of the response, or 0 if the connection was cut without one.
    pub status: u16,
    /// Names and values of the response headers.
    pub response_headers: Vec<(String, String)>,
    /// The first 64 KiB of the response body. If a fault cut it off, this is what it would have been.
    pub response_body: Bytes,
    /// Whether [`response_body`](Self::response_body) is truncated.
    pub response_cut: bool,
    /// The length of the complete response body, in bytes.
    pub response_length: usize,
    /// The transaction id in the response.
    pub transaction_id: Option<String>,
    /// The operation that the path belongs to, such as `MachinesRebootMachine`.
    pub operation: Option<String>,
    /// Whether a write was carried out successfully, whatever response the caller got. A batch counts as one write, and
    /// so does a call that becomes a job.
    pub acted: bool,
    /// Oddities of an accepted request, such as a field in the body that the model does not have.
    pub warnings: Vec<String>,
    /// The fault that determined the response, or else the latency that delayed it.
    pub fault: Option<FaultKind>,
}

impl Exchange {
    /// Returns the first value of a request header; the name is case-insensitive.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        value(&self.headers, name)
    }

    /// Returns the first value of a response header; the name is case-insensitive.
    #[must_use]
    pub fn response_header(&self, name: &str) -> Option<&str> {
        value(&self.response_headers, name)
    }

    /// Returns a copy without tokens, secrets and passwords, safe to show.
    #[must_use]
    pub fn masked(&self) -> Self {
        Self {
            query: self.query.as_deref().map(mask::query),
            headers: mask::headers(&self.headers),
            body: mask::body(&self.path, &self.body),
            response_headers: mask::headers(&self.response_headers),
            response_body: mask::body(&self.path, &self.response_body),
            ..self.clone()
        }
    }

    /// Sets the response body, of which only the beginning is kept.
    pub(crate) fn keep_response(&mut self, body: &Bytes) {
        self.response_length = body.len();
        self.response_cut = body.len() > KEPT;
        self.response_body = match body.get(..KEPT) {
            // Copied, because a slice would keep the whole body in memory.
            Some(start) if self.response_cut => Bytes::copy_from_slice(start),
            _ => body.clone(),
        };
    }

    /// Returns the memory that it uses, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let pair = |(name, value): &(String, String)| {
            size_of::<(String, String)>() + name.len() + value.len()
        };
        let headers = self.headers.iter().chain(&self.response_headers);
        size_of::<Self>()
            + self.method.len()
            + self.path.len()
            + self.query.as_ref().map_or(0, String::len)
            + headers.map(pair).sum::<usize>()
            + self.body.len()
            + self.response_body.len()
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = self.masked();
        f.debug_struct("Exchange")
            .field("number", &masked.number)
            .field("at", &masked.at.to_string())
            .field("method", &masked.method)
            .field("path", &masked.path)
            .field("query", &masked.query)
            .field("headers", &masked.headers)
            .field("body", &String::from_utf8_lossy(&masked.body))
            .field("status", &masked.status)
            .field("transaction_id", &masked.transaction_id)
            .field("operation", &masked.operation)
            .field("acted", &masked.acted)
            .field("fault", &masked.fault)
            .finish_non_exhaustive()
    }
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut headers = headers.iter();
    headers
        .find(|(have, _)| have.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}
