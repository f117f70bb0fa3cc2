//! The API client's id and secret, and the customer it works for.

use std::fmt;

use crate::{Error, Secret};

/// The credentials that a client signs in with.
///
/// `Debug` shows neither the secret nor any part of it.
#[derive(Clone)]
pub struct Credentials {
    client_id: String,
    client_secret: Secret,
    customer: String,
}

/// The variables that each credential is read from; the first that is set wins.
const CLIENT_ID: [&str; 2] = ["CITRIX_CLIENT_ID", "CLIENT_ID"];
const CLIENT_SECRET: [&str; 2] = ["CITRIX_CLIENT_SECRET", "CLIENT_SECRET"];
const CUSTOMER_ID: [&str; 2] = ["CITRIX_CUSTOMER_ID", "CUSTOMER_ID"];

impl Credentials {
    /// Creates credentials from the id and secret of an API client or service principal, and the
    /// customer id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if one of them is empty, or if the customer
    /// id contains characters that no customer id has.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        customer: impl Into<String>,
    ) -> Result<Self, Error> {
        let (client_id, client_secret) = (client_id.into(), client_secret.into());
        let customer = customer.into();
        if client_id.is_empty() || client_secret.expose().is_empty() {
            return Err(Error::config(
                "the client id and the client secret must not be empty",
            ));
        }
        if !is_header_safe(&customer) {
            return Err(Error::config(format!(
                "`{customer}` is not a valid customer id (expected letters, digits, `-`, `_` and `.` only, \
                 as in `abcd1024xyz`)"
            )));
        }
        Ok(Self {
            client_id,
            client_secret,
            customer,
        })
    }

    /// Reads the credentials from the environment.
    ///
    /// Uses `CITRIX_CLIENT_ID`, `CITRIX_CLIENT_SECRET` and `CITRIX_CUSTOMER_ID`, like Citrix's
    /// Terraform provider and others. If one is unset or empty, the walkthrough's `CLIENT_ID`,
    /// `CLIENT_SECRET` or `CUSTOMER_ID` is used instead.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming every missing variable.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads the credentials with `lookup`, by the same names as [`Credentials::from_env`].
    ///
    /// # Errors
    ///
    /// The same as [`Credentials::from_env`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let find = |names: [&str; 2]| {
            let set = names
                .into_iter()
                .filter_map(&lookup)
                .map(|value| value.trim().to_owned());
            set.into_iter().find(|value| !value.is_empty())
        };
        let found = [CLIENT_ID, CLIENT_SECRET, CUSTOMER_ID].map(|names| find(names).ok_or(names));
        match found {
            [Ok(id), Ok(secret), Ok(customer)] => Self::new(id, secret, customer),
            missing => {
                let names: Vec<String> = missing
                    .into_iter()
                    .filter_map(Result::err)
                    .map(|[prefixed, plain]| format!("{prefixed} (or {plain})"))
                    .collect();
                Err(Error::config(format!(
                    "not set in the environment: {}",
                    names.join(", ")
                )))
            }
        }
    }

    /// Returns the customer id, which is sent in the `Citrix-CustomerId` header or the path.
    #[must_use]
    pub fn customer(&self) -> &str {
        &self.customer
    }

    /// Returns the id of the API client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) fn client_secret(&self) -> &Secret {
        &self.client_secret
    }

    /// Returns whether both sign in as the same API client and can share a token.
    pub(crate) fn is_same_api_client(&self, other: &Self) -> bool {
        self.client_id == other.client_id
            && self.client_secret.expose() == other.client_secret.expose()
    }

    /// Returns the same credentials for another customer.
    ///
    /// # Errors
    ///
    /// The same as [`Credentials::new`].
    pub fn for_customer(self, customer: impl Into<String>) -> Result<Self, Error> {
        Self::new(self.client_id, self.client_secret, customer)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret)
            .field("customer", &self.customer)
            .finish()
    }
}

/// Returns whether an id can be used in a header and in a path as it is.
pub(crate) fn is_header_safe(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !text.bytes().all(|byte| byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixed_names_win_and_missing_ones_are_named() {
        let read = |pairs: &[(&str, &str)]| {
            let pairs: Vec<(String, String)> = pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect();
            Credentials::from_lookup(move |name| {
                pairs
                    .iter()
                    .find(|(n, _)| n == name)
                    .map(|(_, value)| value.clone())
            })
        };
        let both = read(&[
            ("CLIENT_ID", "plain"),
            ("CITRIX_CUSTOMER_ID", ""),
            ("CITRIX_CLIENT_ID", "prefixed"),
            ("CLIENT_SECRET", "s"),
            ("CUSTOMER_ID", "abcd1024xyz"),
        ])
        .unwrap();
        assert_eq!(both.client_id(), "prefixed");
        assert!(!format!("{both:?}").contains("\"s\""));
        let error = read(&[("CLIENT_ID", "id")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "not set in the environment: CITRIX_CLIENT_SECRET (or CLIENT_SECRET), \
             CITRIX_CUSTOMER_ID (or CUSTOMER_ID)"
        );
    }

    #[test]
    fn a_customer_id_cannot_change_header_or_path() {
        for customer in ["", "..", "a/b", "a\r\nX: y", "ä", "a b"] {
            assert!(
                Credentials::new("id", "secret", customer).is_err(),
                "{customer:?}"
            );
        }
    }
}
