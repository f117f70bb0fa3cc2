//! Access to private parsers for fuzz targets and benchmarks; not part of the public API.
//!
//! Each takes bytes as they might come from the service, or from a gateway in front of it.

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

/// Returns the error for a response with this status and body.
#[must_use]
pub fn error_body(status: StatusCode, body: &[u8]) -> Error {
    let body = Bytes::copy_from_slice(body);
    let secrets = crate::mask::KnownSecrets::default();
    cause::classify(status, &HeaderMap::new(), &body, &context(false), &secrets)
}

/// Reads a token and its lifetime in seconds from a token response.
///
/// # Errors
///
/// If the response has no token.
pub fn token_response(body: &[u8]) -> Result<(String, u64), Error> {
    let body = Bytes::copy_from_slice(body);
    let (status, headers) = (StatusCode::OK, HeaderMap::new());
    let (token, life) = crate::auth::read_token_response(&body, status, &headers, &context(true))?;
    Ok((token.expose().to_owned(), life.as_secs()))
}

/// Returns the delay, in seconds, that a `Retry-After` header asks for.
pub fn retry_delay(text: &[u8]) -> Option<u64> {
    let value = HeaderValue::from_bytes(text).ok()?;
    let headers = HeaderMap::from_iter([(header::RETRY_AFTER, value)]);
    crate::error::delay::of(&headers, &Bytes::new()).map(|delay| delay.as_secs())
}

/// Reads a page, and returns the number of its items and its continuation token.
///
/// # Errors
///
/// If the response is not a page.
pub fn page(body: &[u8]) -> Result<(usize, Option<String>), Error> {
    let page = crate::paging::read_page::<serde_json::Value>(&Bytes::copy_from_slice(body))?;
    Ok((page.items.len(), page.continuation().map(str::to_owned)))
}

/// Reads a page as a list does.
///
/// # Errors
///
/// If the response is not a page.
pub fn page_of<R: serde::de::DeserializeOwned>(
    body: &Bytes,
) -> Result<crate::paging::Page<R>, Error> {
    crate::paging::read_page(body)
}

/// Returns the number of items in the response to a batch.
///
/// # Errors
///
/// If the response has no `Items` array.
pub fn batch_result(body: &[u8]) -> Result<usize, Error> {
    crate::daas::read_results(json(body)?).map(|items| items.len())
}

fn json(body: &[u8]) -> Result<serde_json::Value, Error> {
    let mended = crate::escapes::mended(body);
    serde_json::from_slice(&mended).map_err(|error| Error::decode(error.to_string()))
}
