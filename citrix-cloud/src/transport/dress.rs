//! What a request carries: the headers that Citrix wants, exactly as it wants them.

use citrix_cloud_gen::platform;
use http::{HeaderName, HeaderValue, Method, header};
use reqwest::Request;

use super::{Call, header_value};
use crate::{Error, Service};

const CUSTOMER: HeaderName = HeaderName::from_static("citrix-customerid");
const TRANSACTION: HeaderName = HeaderName::from_static("citrix-transactionid");

/// Sets every header but `Authorization`, which belongs to the attempt, and `Citrix-InstanceId`,
/// which belongs to the API version.
pub(super) fn dress(
    request: &mut Request,
    call: &Call,
    operation: &'static str,
    transaction: &str,
) -> Result<(), Error> {
    let bodyless = request.body().is_none();
    let method = request.method().clone();
    let settings = &call.shared.settings;
    let transaction = header_value(transaction, "transaction id")?;
    let customer = header_value(settings.credentials.customer(), "customer id")?;
    let headers = request.headers_mut();
    // Anything but exactly this is answered with 406.
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(TRANSACTION, transaction);
    if needs_token(operation) && !call.service.has_customer_in_path() {
        headers.insert(CUSTOMER, customer);
    }
    // The gateway answers 411 without a length, and DaaS wants a power action to be JSON.
    if bodyless && matches!(method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    if call.service == Service::Daas && operation != super::route::ME && call.site.is_none() {
        return Err(Error::input(format!("{operation} needs a site id")));
    }
    Ok(())
}

/// Whether the documents want a token with an operation.
pub(super) fn needs_token(operation: &str) -> bool {
    !platform::UNAUTHENTICATED.contains(&operation)
}

/// Whether an id can stand in a header and in a path as it is.
pub(crate) fn header_safe(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !text.bytes().all(|byte| byte == b'.')
}
