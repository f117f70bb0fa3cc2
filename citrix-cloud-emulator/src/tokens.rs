//! Bearer tokens that were handed out and have not run out.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

/// What clients call the customer on premises, where there is none.
pub(crate) const ON_PREMISES: &str = "CitrixOnPremises";

/// What a token entitles to.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) customers: Vec<String>,
    pub(crate) expires: Timestamp,
}

impl Grant {
    pub(crate) fn covers(&self, customer: &str) -> bool {
        self.customers
            .iter()
            .any(|covered| covered.eq_ignore_ascii_case(customer))
    }
}

/// Tokens by their text.
#[derive(Default)]
pub(crate) struct Tokens(HashMap<String, Grant>);

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("count", &self.0.len())
            .finish()
    }
}

impl Tokens {
    /// Makes a token: a long run of letters and digits, never the same twice.
    pub(crate) fn mint(&mut self, grant: Grant, now: Timestamp) -> String {
        self.0.retain(|_, grant| grant.expires > now);
        let token: String = (0..12)
            .map(|_| Uuid::new_v4().simple().to_string())
            .collect();
        self.0.insert(token.clone(), grant);
        token
    }

    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Option<Grant> {
        self.0
            .get(token)
            .filter(|grant| grant.expires > now)
            .cloned()
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        self.0.remove(token);
    }

    pub(crate) fn expire_all(&mut self) {
        self.0.clear();
    }
}
