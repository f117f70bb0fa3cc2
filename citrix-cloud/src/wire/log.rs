//! Logging of requests: one event when a request is over (`citrix_cloud::request`), and one per
//! header of the request and the response (`citrix_cloud::headers`), without secrets.

use std::time::Duration;

use http::HeaderMap;
use reqwest::{Request, Response};
use tracing::Level;

use super::client::words;
use crate::mask::KnownSecrets;

/// The context of a request.
pub(crate) struct Sending<'a> {
    /// The id of the operation in the documents.
    pub(crate) operation: &'static str,
    /// The path relative to the service.
    pub(crate) path: &'a str,
    /// How many times it was sent before.
    pub(crate) resend: u32,
    pub(crate) secrets: &'a KnownSecrets,
}

impl Sending<'_> {
    /// Logs a request that is about to be sent.
    pub(super) fn begin(&self, request: &Request) {
        if tracing::enabled!(target: "citrix_cloud::headers", Level::DEBUG) {
            self.line(format!("> {} {}", request.method(), request.url()));
            self.headers('>', request.headers());
        }
    }

    /// Logs the result of a request.
    pub(super) fn end(
        &self,
        method: &http::Method,
        elapsed: Duration,
        sent: &Result<Response, reqwest::Error>,
    ) {
        let status = sent.as_ref().ok().map(|it| it.status().as_u16());
        tracing::debug!(
            target: "citrix_cloud::request",
            {
                citrix.operation = self.operation,
                http.request.method = method.as_str(),
                http.request.resend_count = self.resend,
                http.response.status_code = status,
                url.path = self.path,
                elapsed_ms = elapsed.as_millis() as u64,
                error = sent.as_ref().err().map(words),
            },
            "attempt"
        );
        if let Ok(response) = sent
            && tracing::enabled!(target: "citrix_cloud::headers", Level::DEBUG)
        {
            self.line(format!("< {:?} {}", response.version(), response.status()));
            self.headers('<', response.headers());
        }
    }

    fn headers(&self, direction: char, headers: &HeaderMap) {
        for (name, value) in self.secrets.masked_headers(headers) {
            self.line(format!("{direction} {name}: {value}"));
        }
    }

    fn line(&self, mut line: String) {
        self.secrets.mask(&mut line);
        tracing::debug!(target: "citrix_cloud::headers", line);
    }
}
