//! `{statusCode, message, activityId}`: the API gateway's own voice.

use serde_json::json;
use uuid::Uuid;

use crate::http::Reply;

/// What the gateway says about a `DaaS` call without a customer (walkthrough, troubleshooting).
pub(crate) fn internal_server_error() -> Reply {
    says(500, "Internal server error")
}

/// Makes the body that the gateway has for any status.
pub(crate) fn says(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({
            "statusCode": status,
            "message": message,
            "activityId": Uuid::new_v4().to_string(),
        }),
    )
}

/// What it says about a request that is malformed, such as one with two `Host` headers.
pub(crate) fn bad_request() -> Reply {
    says(400, "Bad Request")
}

/// What it says about a body of unknown length; the walkthrough's shell script sends one of length 0 for that.
pub(crate) fn length_required() -> Reply {
    Reply::json(
        411,
        &json!({ "statusCode": 411, "message": "Length Required" }),
    )
}

/// What it says about a body that does not arrive. No source shows it.
pub(crate) fn request_timeout() -> Reply {
    Reply::json(
        408,
        &json!({ "statusCode": 408, "message": "Request Timeout" }),
    )
    .with("Connection", "close")
}
