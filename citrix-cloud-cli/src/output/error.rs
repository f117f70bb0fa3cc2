//! Errors as JSON.

use citrix_cloud::Error;
use serde_json::{Value, json};

/// What programs need of an error.
pub(crate) fn error_object(error: &Error) -> Value {
    let kind = format!("{:?}", error.kind());
    let (first, rest) = kind.split_at(1);
    json!({
        "message": error.message(),
        "status": error.status(),
        "code": error.code(),
        "transactionId": error.transaction_id(),
        "kind": format!("{}{rest}", first.to_lowercase()),
    })
}
