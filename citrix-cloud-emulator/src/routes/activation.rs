//! `POST /resourceprovider/{customer}/site/activation`: wakes a site that answers 530.

use super::cloud::Turn;
use crate::http::errors::common;
use crate::http::{Outcome, Reply};

/// Answers at once: sites here are always awake. The official client names the customer twice.
pub(super) fn activate(turn: &mut Turn<'_>) -> Outcome {
    match turn.call.query.get("customerId") {
        None => Err(common::missing("customerId")),
        Some(given) if given.eq_ignore_ascii_case(&turn.customer) => Ok(Reply::empty(200)),
        Some(_) => Err(common::invalid_string("customerId")),
    }
}
