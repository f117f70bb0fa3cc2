//! `{"Error": {...}}`: the hosts that carry the customer in the path.

use serde_json::json;

use crate::http::Reply;

/// The walkthrough's troubleshooting section has this body.
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
