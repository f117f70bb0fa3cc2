//! Bearer tokens that were issued and have not expired.

use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

/// The customer name that clients use on premises, where there are no customers.
pub(crate) const ON_PREMISES: &str = "CitrixOnPremises";

/// The maximum number of valid tokens. Beyond that, the token that expires first is dropped.
const KEPT: usize = 10_000;

/// The rights of a token.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) customers: Vec<String>,
    pub(crate) expires: Timestamp,
    /// Whether a delivery controller issued it, in which case there are no customers.
    pub(crate) on_premises: bool,
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
    /// Issues a token, never the same twice.
    ///
    /// It has the form of a JWT, because an official client reads the user's id from it. Only the service can check the
    /// signature, so any bytes will do.
    pub(crate) fn mint(&mut self, grant: Grant, user_id: &str, now: Timestamp) -> String {
        self.0.retain(|_, grant| grant.expires > now);
        if self.0.len() >= KEPT {
            let first = self.0.iter().min_by_key(|(_, grant)| grant.expires);
            let first = first.map(|(token, _)| token.clone());
            first.map(|token| self.0.remove(&token));
        }
        let header = json!({ "alg": "RS256", "typ": "JWT" }).to_string();
        let claims = json!({
            "sub": user_id,
            "user_id": user_id,
            "iat": now.as_second(),
            "exp": grant.expires.as_second(),
        });
        let signature: Vec<u8> = (0..16).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
        let parts = [
            header.into_bytes(),
            claims.to_string().into_bytes(),
            signature,
        ];
        let token = parts
            .map(|part| BASE64_URL_SAFE_NO_PAD.encode(part))
            .join(".");
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

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn the_number_of_tokens_is_bounded_and_the_newest_stays() {
        let mut tokens = Tokens::default();
        let now = Timestamp::UNIX_EPOCH;
        let mut mint = |second| {
            let expires = now + SignedDuration::from_secs(second);
            let customers = Vec::new();
            tokens.mint(
                Grant {
                    customers,
                    expires,
                    on_premises: false,
                },
                "somebody",
                now,
            )
        };
        let first = mint(1);
        let last = (2..=10_001).map(&mut mint).last().unwrap();
        assert_eq!(tokens.0.len(), KEPT);
        assert!(tokens.check(&first, now).is_none());
        assert!(tokens.check(&last, now).is_some());
    }
}
