//! `GET /{customer}/serviceStates`: the services that the customer is entitled to.

use serde_json::json;

use super::context::Context;
use crate::http::{Outcome, Reply};

pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    Ok(Reply::json(
        200,
        &json!({ "items": context.customer.platform.services }),
    ))
}
