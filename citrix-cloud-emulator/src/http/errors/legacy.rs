//! `{"Error": {...}}`: errors of the hosts that have the customer in the path.

use serde_json::json;

use crate::http::Reply;

/// This body is from the walkthrough's troubleshooting section.
pub(crate) fn authentication() -> Reply {
    Reply::json(
        401,
        &json!({
            "Error": {
                "Message": "Missing or invalid CWSAuth header.",
                "Type": "CWSAuthException",
            }
        }),
    )
}
