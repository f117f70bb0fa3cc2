//! `{statusCode, message, activityId}`: errors of the API gateway itself.

use serde_json::json;
use uuid::Uuid;

use crate::http::Reply;

/// The gateway's response to a `DaaS` call without a customer (walkthrough, troubleshooting).
pub(crate) fn internal_server_error() -> Reply {
    error(500, "Internal server error")
}

/// Builds the gateway's error body for any status.
pub(crate) fn error(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({
            "statusCode": status,
            "message": message,
            "activityId": Uuid::new_v4().to_string(),
        }),
    )
}

/// The response to a malformed request, such as one with two `Host` headers.
pub(crate) fn bad_request() -> Reply {
    error(400, "Bad Request")
}

/// The response to a body of unknown length, which is why the walkthrough's shell script sends a length of 0.
pub(crate) fn length_required() -> Reply {
    Reply::json(
        411,
        &json!({ "statusCode": 411, "message": "Length Required" }),
    )
}

/// The response when a body does not arrive. No source documents it.
pub(crate) fn request_timeout() -> Reply {
    Reply::json(
        408,
        &json!({ "statusCode": 408, "message": "Request Timeout" }),
    )
    .with("Connection", "close")
}
