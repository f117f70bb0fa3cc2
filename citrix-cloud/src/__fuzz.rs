//! A door to private parsers for the fuzz targets; no part of the interface.
//!
//! Each takes bytes as the service, or whatever responds in its place, may send them.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Error;
use crate::error::cause::{self, ErrorContext};

fn context(signing_in: bool) -> ErrorContext {
    ErrorContext {
        operation: "fuzz",
        daas: true,
        signing_in,
        writes: false,
        in_doubt: false,
        attempts: 1,
        transaction_id: None,
    }
}

/// The error of a response with this status and body.
#[must_use]
pub fn error_body(status: StatusCode, body: &[u8]) -> Error {
    let body = Bytes::copy_from_slice(body);
    let secrets = crate::mask::KnownSecrets::default();
    cause::classify(status, &HeaderMap::new(), &body, &context(false), &secrets)
}

/// The token and its life in seconds.
///
/// # Errors
///
/// When the response has none.
pub fn token_response(body: &[u8]) -> Result<(String, u64), Error> {
    let body = Bytes::copy_from_slice(body);
    let (status, headers) = (StatusCode::OK, HeaderMap::new());
    let (token, life) = crate::auth::read_token_response(&body, status, &headers, &context(true))?;
    Ok((token.expose().to_owned(), life.as_secs()))
}

/// The seconds to wait by the text of a `Retry-After` header.
pub fn retry_delay(text: &[u8]) -> Option<u64> {
    let value = HeaderValue::from_bytes(text).ok()?;
    let headers = HeaderMap::from_iter([(header::RETRY_AFTER, value)]);
    crate::error::delay::of(&headers, &Bytes::new()).map(|delay| delay.as_secs())
}

/// The number of items of a page and the token of the next one.
///
/// # Errors
///
/// When the response is no page.
pub fn page(body: &[u8]) -> Result<(usize, Option<String>), Error> {
    let page = crate::paging::read_page::<serde_json::Value>(&Bytes::copy_from_slice(body))?;
    Ok((page.items.len(), page.continuation().map(str::to_owned)))
}

/// A page as a list reads it.
///
/// # Errors
///
/// When the response is no page.
pub fn page_of<R: serde::de::DeserializeOwned>(
    body: &Bytes,
) -> Result<crate::paging::Page<R>, Error> {
    crate::paging::read_page(body)
}

/// The number of items that the response to a batch tells of.
///
/// # Errors
///
/// When it tells of none.
pub fn batch_result(body: &[u8]) -> Result<usize, Error> {
    crate::daas::read_results(json(body)?).map(|told| told.len())
}

fn json(body: &[u8]) -> Result<serde_json::Value, Error> {
    let mended = crate::escapes::mended(body);
    serde_json::from_slice(&mended).map_err(|error| Error::decode(error.to_string()))
}
