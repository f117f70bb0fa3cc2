//! `GET /{customer}/serviceStates`: what the customer is entitled to.

use serde_json::json;

use super::cloud::Turn;
use crate::http::{Outcome, Reply};

pub(super) fn list(turn: &mut Turn<'_>) -> Outcome {
    Ok(Reply::json(
        200,
        &json!({ "items": turn.customer.platform.services }),
    ))
}
