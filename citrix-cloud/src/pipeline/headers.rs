//! The headers of a request, exactly as Citrix requires them.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, header};

use super::{Call, stage, trace};
use crate::Error;
use crate::endpoints::Service;

const CUSTOMER: HeaderName = HeaderName::from_static("citrix-customerid");
pub(super) const TRANSACTION: HeaderName = HeaderName::from_static("citrix-transactionid");

/// Sets every header except `Authorization`, which each attempt sets, and `Citrix-InstanceId` and
/// `Citrix-CustomerId`, which the route sets.
pub(super) fn insert(
    request: &mut Request<Bytes>,
    call: &Call,
    transaction: &str,
) -> Result<(), Error> {
    stage("headers");
    if call.service() == Service::Daas && call.is_below_a_site() && call.site.is_none() {
        let id = call.meta.id;
        return Err(Error::input(format!(
            "{id} is an operation of a site; send it with `Site::send`"
        )));
    }
    let without_body = request.body().is_empty();
    let method = request.method().clone();
    let transaction = value(transaction, "transaction id")?;
    let headers = request.headers_mut();
    // The service rejects any other value with 406.
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(TRANSACTION, transaction);
    let traceparent = call.shared.settings.traceparent.as_ref();
    if let Some(value) = traceparent.and_then(trace::value) {
        headers.insert(trace::TRACEPARENT, value);
    }
    // Without a length the gateway responds with 411, and DaaS requires power actions to be JSON.
    if without_body && matches!(method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    Ok(())
}

/// Returns the customer header, for a service without the customer in its paths.
pub(super) fn customer(customer: &str) -> Result<(HeaderName, HeaderValue), Error> {
    Ok((CUSTOMER, value(customer, "customer id")?))
}

/// Converts a text into a header value.
pub(super) fn value(text: &str, name: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::input(format!("`{name}`: `{text}` is not a valid header value")))
}
