//! `{error, error_description}`: errors of the token endpoint.

use serde_json::json;

use crate::http::Reply;

/// This body is from the walkthrough's troubleshooting section.
pub(crate) fn invalid_client() -> Reply {
    refusal("invalid_client", "Invalid client id or client secret.")
}

pub(crate) fn invalid_request(missing: &str) -> Reply {
    refusal(
        "invalid_request",
        &format!("The field {missing} is required."),
    )
}

pub(crate) fn unsupported_grant_type() -> Reply {
    refusal(
        "unsupported_grant_type",
        "The grant type must be client_credentials.",
    )
}

fn refusal(error: &str, description: &str) -> Reply {
    Reply::json(
        400,
        &json!({ "error": error, "error_description": description }),
    )
}
