//! A plain transport: it sends each request once, with the headers it was given.

use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};

use crate::hooks::{Sending, Transport, null_if_empty, reads_json};

/// Sends requests with `reqwest`.
#[derive(Debug, Clone, Default)]
pub struct Http {
    client: reqwest::Client,
    headers: HeaderMap,
}

impl Http {
    /// A transport without headers of its own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A transport that uses a client with your own time-outs, proxies and certificates.
    #[must_use]
    pub fn with_client(client: reqwest::Client) -> Self {
        Self {
            client,
            headers: HeaderMap::new(),
        }
    }

    /// Adds a header to every request, such as `authorization`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

impl Transport for Http {
    fn send<'a>(&'a self, mut request: Request, _operation: &'static str) -> Sending<'a> {
        Box::pin(async move {
            dress(&mut request);
            request.headers_mut().extend(self.headers.clone());
            let json = reads_json(&request);
            let answer = self.client.execute(request).await?;
            Ok(if json { null_if_empty(answer) } else { answer })
        })
    }
}

/// Adds what servers want.
fn dress(request: &mut Request) {
    let bodiless = request.body().is_none()
        && [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    let headers = request.headers_mut();
    if bodiless {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}
