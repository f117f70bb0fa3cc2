//! A response, before it becomes an HTTP response.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::{Deserialize, Serialize};

/// Status, headers and body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    #[serde(with = "super::bytes_as_text")]
    pub(crate) body: Bytes,
    /// Oddities of the request, shown only in the journal.
    #[serde(skip)]
    pub(crate) warnings: Vec<String>,
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            warnings: Vec::new(),
        }
    }

    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        // Every shape has string keys, so this cannot fail. If it did, the empty body would reveal it.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::text(status, "application/json; charset=utf-8", body)
    }

    pub(crate) fn text(status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            warnings: Vec::new(),
        }
        .with("Content-Type", media_type)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn into_response<B: From<Bytes>>(self) -> Response<B> {
        let mut response = Response::new(B::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in self.headers {
            // Only values echoed from the caller could fail here, and those arrived as header values.
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::try_from(value),
            ) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}
