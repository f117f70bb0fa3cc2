//! `POST /resourceprovider/{customer}/site/activation`: activates a site that returns 530.

use super::context::Context;
use crate::clock::later;
use crate::http::errors::common;
use crate::http::{Outcome, Reply};

/// Returns 202 if a fault has frozen the site, which becomes active within the time of a job; otherwise 200.
///
/// The official client names the customer twice, and accepts either response.
pub(super) fn activate(context: &mut Context<'_>) -> Outcome {
    match context.call.query.get("customerId") {
        None => Err(common::missing("customerId")),
        Some(given) if given.eq_ignore_ascii_case(context.customer.id()) => {
            let awake = later(context.now, context.shared.settings.job_duration);
            let wakes = context.shared.faults.wake_sites(awake);
            Ok(Reply::empty(if wakes { 202 } else { 200 }))
        }
        Some(_) => Err(common::invalid_string("customerId")),
    }
}
