//! Turns an error response into an [`Error`] with the likely cause.
//!
//! The causes come from the walkthrough's troubleshooting section and from reports by users of
//! Citrix's own clients.

use bytes::Bytes;
use http::HeaderMap;
use reqwest::StatusCode;

use super::body::ErrorBody;
use super::status::StatusClass;
use super::{Error, ErrorKind, Inner, delay};
use crate::mask::KnownSecrets;

/// What is known about a call when an error response to it is classified.
#[derive(Debug, Clone)]
pub(crate) struct ErrorContext {
    pub(crate) operation: &'static str,
    /// Whether it is an operation of Citrix DaaS.
    pub(crate) daas: bool,
    /// Whether this is the token request.
    pub(crate) signing_in: bool,
    /// Whether the call may have changed something.
    pub(crate) writes: bool,
    /// Whether an attempt of a write was sent whose outcome is unknown.
    pub(crate) in_doubt: bool,
    pub(crate) attempts: u32,
    /// The transaction id that was sent.
    pub(crate) transaction_id: Option<String>,
}

/// The headers that carry a transaction id.
const TRANSACTION_HEADERS: [&str; 3] = [
    "citrix-transactionid",
    "x-cws-transactionid",
    "cc-transactionid",
];

/// Returns the transaction id of a request or a response.
pub(crate) fn transaction_id(headers: &HeaderMap) -> Option<String> {
    TRANSACTION_HEADERS
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
        .map(str::to_owned)
}

/// Returns the error for a response with an error status.
pub(crate) fn classify(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
    context: &ErrorContext,
    secrets: &KnownSecrets,
) -> Error {
    let words = ErrorBody::read(body, secrets);
    let retry_after = delay::of_headers(headers).or(words.retry_after);
    let kind = kind(status, &words, retry_after.is_some(), context);
    let hint = hint(status, headers, &words, kind, context);
    let message = match words.message.is_empty() {
        true => format!("status {status} without a reason"),
        false => words.message,
    };
    Inner {
        kind,
        message,
        status: Some(status),
        code: words.code,
        details: words.details,
        transaction_id: transaction_id(headers).or_else(|| context.transaction_id.clone()),
        operation: Some(context.operation),
        attempts: context.attempts,
        retry_after,
        hint,
        ..Inner::default()
    }
    .into_error()
}

fn kind(status: StatusCode, words: &ErrorBody, delayed: bool, context: &ErrorContext) -> ErrorKind {
    match StatusClass::of(status, delayed) {
        StatusClass::Unauthorized => ErrorKind::Auth,
        StatusClass::Rejected if status == StatusCode::TOO_MANY_REQUESTS => ErrorKind::Throttled,
        StatusClass::Rejected => ErrorKind::Unavailable,
        StatusClass::Ambiguous if context.writes => ErrorKind::OutcomeUnknown,
        StatusClass::Ambiguous if status.as_u16() == 530 => ErrorKind::SiteFrozen,
        StatusClass::Ambiguous => ErrorKind::Unavailable,
        StatusClass::Final => match status.as_u16() {
            400 if context.signing_in && words.code.as_deref() == Some("invalid_client") => {
                ErrorKind::Auth
            }
            300..=399 if context.in_doubt => ErrorKind::OutcomeUnknown,
            307 | 403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            409 | 412 => ErrorKind::Conflict,
            _ => ErrorKind::Api,
        },
    }
}

fn hint(
    status: StatusCode,
    headers: &HeaderMap,
    words: &ErrorBody,
    kind: ErrorKind,
    context: &ErrorContext,
) -> Option<String> {
    let unknown = (kind == ErrorKind::OutcomeUnknown)
        .then_some("the write may have run; check the object before trying again");
    let reason = |wanted: &str| {
        words
            .details
            .iter()
            .any(|(n, v)| n == "reason" && v == wanted)
    };
    let daas = context.daas;
    let text = match status.as_u16() {
        _ if unknown.is_none() && context.in_doubt => {
            "an earlier attempt of this call may have run"
        }
        400 if words.code.as_deref() == Some("invalid_client") => {
            "the client id or the client secret is wrong; check CITRIX_CLIENT_ID and \
             CITRIX_CLIENT_SECRET (or CLIENT_ID and CLIENT_SECRET)"
        }
        401 if context.signing_in => {
            "the client id or the client secret is wrong, or the token URL is; check \
             CITRIX_CLIENT_ID, CITRIX_CLIENT_SECRET and the region"
        }
        401 if words.code.as_deref() == Some("CWSAuthException") => {
            "the Authorization header is missing or malformed (it must be `CwsAuth Bearer=<token>`), \
             or the token has expired"
        }
        401 if reason("missing") => "the Authorization header did not arrive",
        401 => {
            "the token has expired or belongs to another region; a new one was tried, so check \
             region and credentials"
        }
        403 => {
            "the API client lacks permission, the customer id is another customer's, or the \
             customer lives in another region (try --region)"
        }
        404 if daas && !words.from_daas && words.code.is_none() => {
            "this version of the API is not available; try ApiVersion::Preview or \
             ApiVersion::Current (--api-version)"
        }
        406 => "the Accept header must be exactly `application/json`; something changed it",
        411 => {
            "the gateway requires a Content-Length on a request without a body; something removed it"
        }
        415 if context.signing_in => {
            "the token form's Content-Type must be exactly `application/x-www-form-urlencoded`, \
             without a charset; something changed it"
        }
        500 if daas && !words.from_daas => {
            "Citrix DaaS responds like this when the customer id is missing or wrong; check \
             CITRIX_CUSTOMER_ID (or CUSTOMER_ID)"
        }
        530 => "the site is frozen; Site::activate_and_wait wakes it up",
        307 => return Some(redirect(headers, words)),
        _ => return unknown.map(str::to_owned),
    };
    Some(match unknown {
        Some(unknown) => format!("{text}; {unknown}"),
        None => text.to_owned(),
    })
}

/// Returns the base URL of a region named in the parameters of a 307 (`eu`, `asp` and `us` are
/// known).
fn region_named(region: &str) -> Option<&'static str> {
    match region.to_ascii_lowercase().as_str() {
        "us" => Some("https://api-us.cloud.com"),
        "eu" => Some("https://api-eu.cloud.com"),
        "asp" | "ap-s" => Some("https://api-ap-s.cloud.com"),
        "jp" => Some("https://api.citrixcloud.jp"),
        _ => None,
    }
}

fn redirect(headers: &HeaderMap, words: &ErrorBody) -> String {
    let named = words.region().and_then(region_named);
    let location = headers
        .get(http::header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let host = location
        .and_then(|location| reqwest::Url::parse(location).ok())
        .and_then(|url| url.host_str().map(|host| format!("https://{host}")));
    match named.map(str::to_owned).or(host) {
        Some(base) => format!(
            "the customer lives in another region; its base URL is {base} (--region, or \
             ClientBuilder::follow_region)"
        ),
        None => "the customer lives in another region; try --region".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(daas: bool) -> ErrorContext {
        ErrorContext {
            operation: "op",
            daas,
            signing_in: false,
            writes: false,
            in_doubt: false,
            attempts: 1,
            transaction_id: Some("ours".into()),
        }
    }

    fn judged(status: u16, body: &'static str, context: &ErrorContext) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        classify(
            status,
            &HeaderMap::new(),
            &Bytes::from_static(body.as_bytes()),
            context,
            &KnownSecrets::default(),
        )
    }

    #[test]
    fn errors_of_the_walkthrough_name_their_cause() {
        let signing_in = ErrorContext {
            signing_in: true,
            ..context(false)
        };
        let daas = context(true);
        let registry = context(false);
        let cases = [
            (
                400,
                r#"{"error":"invalid_client","error_description":"Invalid client id or client secret."}"#,
                &signing_in,
                "CLIENT_SECRET",
            ),
            (415, "", &signing_in, "charset"),
            (
                401,
                r#"{"Error":{"Message":"Missing or invalid CWSAuth header.","Type":"CWSAuthException"}}"#,
                &registry,
                "CwsAuth Bearer=",
            ),
            (
                401,
                r#"{"detail":"Missing or invalid authentication details","parameters":{"reason":"invalid"},"type":"https://errors-api.cloud.com/common/authentication"}"#,
                &daas,
                "expired",
            ),
            (
                406,
                r#"{"detail":"Must accept application/json media type"}"#,
                &daas,
                "Accept",
            ),
            (
                500,
                r#"{"activityId":"c","message":"Internal server error","statusCode":500}"#,
                &daas,
                "customer id",
            ),
            (403, r#"{"detail":"no"}"#, &daas, "region"),
            (
                404,
                r#"{"statusCode":404,"message":"Resource not found"}"#,
                &daas,
                "--api-version",
            ),
        ];
        for (status, body, context, word) in cases {
            let error = judged(status, body, context);
            let hint = error.hint().unwrap_or_default();
            assert!(hint.contains(word), "{status}: {hint}");
            assert!(error.to_string().contains(hint), "{error}");
            assert!(error.to_string().contains("transaction ours"), "{error}");
        }
    }

    #[test]
    fn a_missing_machine_is_not_mistaken_for_a_missing_api_version() {
        let error = judged(
            404,
            r#"{"SdkErrorId":"e","ErrorMessage":"No such machine"}"#,
            &context(true),
        );
        assert!(error.is_not_found());
        assert_eq!(error.hint(), None);
    }

    #[test]
    fn a_write_that_met_a_server_error_has_an_unknown_outcome() {
        let write = ErrorContext {
            writes: true,
            ..context(true)
        };
        for status in [500, 502, 504, 530] {
            assert!(judged(status, "<html>bad gateway</html>", &write).is_outcome_unknown());
        }
        let read = context(true);
        assert!(judged(502, "", &read).is_retryable());
        assert!(judged(501, "", &write).kind() == ErrorKind::Api);
    }

    #[test]
    fn the_responses_transaction_id_wins_over_ours() {
        let mut headers = HeaderMap::new();
        headers.insert("CC-TransactionId", "theirs".parse().unwrap());
        let error = classify(
            StatusCode::BAD_REQUEST,
            &headers,
            &Bytes::new(),
            &context(true),
            &KnownSecrets::default(),
        );
        assert_eq!(error.transaction_id(), Some("theirs"));
        assert_eq!(error.message(), "status 400 Bad Request without a reason");
    }
}
