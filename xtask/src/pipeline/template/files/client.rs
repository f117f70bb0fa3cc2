//! Sends operations with `reqwest`.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;

use crate::operation::{self, InvalidRequest, Meta, Operation, Reads};

/// Sends each operation once, with the headers it was given.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    headers: HeaderMap,
}

impl Client {
    /// A client for the service at `base_url` ([`crate::BASE_URL`], mostly).
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            headers: HeaderMap::new(),
        }
    }

    /// Sends through an HTTP client with your own time-outs, proxies and certificates.
    #[must_use]
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = http;
        self
    }

    /// Adds a header to every request, such as `authorization`.
    ///
    /// Operations that the document exempts from authentication do without `authorization`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sends an operation and decodes its response.
    ///
    /// # Errors
    ///
    /// [`Error::Request`] if the request could not be built, [`Error::Http`] if there was no complete
    /// response, [`Error::Status`] if it was not a success, [`Error::Decode`] if it did not match the
    /// document.
    pub async fn send<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        let meta = O::META;
        let request = operation.into_request().map_err(Error::Request)?;
        let (head, body) = request.into_parts();
        let url = format!("{}{}", self.base_url, head.uri);
        let headers = self.headers(&meta, head.headers, &body);
        let request = self.http.request(head.method, url).headers(headers);
        let response = request.body(body).send().await.map_err(Error::Http)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(Error::Http)?;
        let response = Response {
            operation: meta.id,
            status,
            headers,
            body,
        };
        let there = status.is_success() || meta.reads == Reads::Exists;
        if there {
            O::decode(response)
        } else {
            Err(Error::Status(Box::new(response)))
        }
    }

    fn headers(&self, meta: &Meta, mut headers: HeaderMap, body: &Bytes) -> HeaderMap {
        if matches!(meta.reads, Reads::Json | Reads::Optional) {
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
        let writes = [Method::POST, Method::PUT, Method::PATCH].contains(&meta.method);
        if writes && body.is_empty() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let ours = self.headers.iter();
        let ours = ours.filter(|(name, _)| meta.authenticated || *name != AUTHORIZATION);
        headers.extend(ours.map(|(name, value)| (name.clone(), value.clone())));
        headers
    }
}

/// A response as it was received.
#[derive(Debug, Clone)]
pub struct Response {
    /// The `operationId`.
    pub operation: &'static str,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole content.
    pub body: Bytes,
}

impl operation::Response for Response {
    type Error = Error;

    fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Decode(Box::new(self), error))
    }

    fn optional<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        if self.body.is_empty() {
            return Ok(None);
        }
        self.json()
    }

    fn empty(self) -> Result<(), Error> {
        Ok(())
    }

    fn exists(self) -> Result<bool, Error> {
        match self.status {
            StatusCode::NOT_FOUND => Ok(false),
            status if status.is_success() => Ok(true),
            _ => Err(Error::Status(Box::new(self))),
        }
    }

    fn bytes(self) -> Result<Bytes, Error> {
        Ok(self.body)
    }
}

/// Why an operation failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The request could not be built, so nothing was sent.
    Request(InvalidRequest),
    /// The request could not be sent, or the response could not be received.
    Http(reqwest::Error),
    /// The service responded with a status that is not a success.
    Status(Box<Response>),
    /// The response does not match the document.
    Decode(Box<Response>, serde_json::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => error.fmt(f),
            Self::Http(error) => error.fmt(f),
            Self::Status(response) => {
                write!(
                    f,
                    "{}: the service responded with {}",
                    response.operation, response.status
                )
            }
            Self::Decode(response, _) => {
                write!(
                    f,
                    "{}: the response does not match the document",
                    response.operation
                )
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Request(error) => std::error::Error::source(error),
            Self::Http(error) => std::error::Error::source(error),
            Self::Decode(_, error) => Some(error),
            Self::Status(_) => None,
        }
    }
}
