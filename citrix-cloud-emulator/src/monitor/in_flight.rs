//! Limits a customer to one query at a time.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::api::{ApiFamily, Host};
use crate::http::errors::common;
use crate::http::{Call, Reply};

/// How long a caller is asked to wait, in seconds. The service's own sample says four.
const DELAY: u32 = 4;

/// The customers with a running query.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Mutex<HashSet<String>>);

/// A query's slot, which is released when this is dropped.
#[derive(Debug)]
pub(crate) enum Slot<'a> {
    /// The call is not a cloud query of a customer.
    Free,
    Held(&'a InFlight, String),
    Taken,
}

impl InFlight {
    /// Reserves the customer's slot, if the call is a query and the slot is free.
    pub(crate) fn enter(&self, family: Option<ApiFamily>, call: &Call) -> Slot<'_> {
        let host = Host::of(call.host.as_deref().unwrap_or_default());
        let customer = match (family, host) {
            (Some(ApiFamily::Monitor), _) => call.header("citrix-customerid").map(str::to_owned),
            (Some(ApiFamily::MonitorDirect), Host::Customer(label)) => Some(label),
            // An on-premises controller accepts any number of queries.
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
    /// Returns the response to a second query.
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
