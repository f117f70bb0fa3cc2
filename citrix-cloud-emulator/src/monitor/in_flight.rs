//! One query of a customer at a time.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::api::{ApiFamily, Host};
use crate::http::errors::common;
use crate::http::{Call, Reply};

/// The delay that a caller is asked to wait, in seconds. The service's own sample says four.
const DELAY: u32 = 4;

/// Whose query is running.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Mutex<HashSet<String>>);

/// A query's time with the service; it ends when this is dropped.
#[derive(Debug)]
pub(crate) enum Slot<'a> {
    /// The call is none of a customer's queries in the cloud.
    Free,
    Held(&'a InFlight, String),
    Taken,
}

impl InFlight {
    /// Takes the customer's place, if the call is a query and nobody has it.
    pub(crate) fn enter(&self, family: Option<ApiFamily>, call: &Call) -> Slot<'_> {
        let host = Host::of(call.host.as_deref().unwrap_or_default());
        let customer = match (family, host) {
            (Some(ApiFamily::Monitor), _) => call.header("citrix-customerid").map(str::to_owned),
            (Some(ApiFamily::MonitorDirect), Host::Customer(label)) => Some(label),
            // A controller on premises takes any number.
            _ => None,
        };
        let Some(customer) = customer else {
            return Slot::Free;
        };
        let customer = customer.to_ascii_lowercase();
        if self.customers().insert(customer.clone()) {
            Slot::Held(self, customer)
        } else {
            Slot::Taken
        }
    }

    fn customers(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot<'_> {
    /// The response to a second query.
    pub(crate) fn refusal(&self) -> Option<Reply> {
        matches!(self, Self::Taken).then(|| common::too_many_requests(DELAY))
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Self::Held(of, customer) = self {
            of.customers().remove(customer);
        }
    }
}
