//! Clients for many customers in one process.

use std::sync::Arc;

use super::Client;
use super::builder::{known_secrets, token_cache};
use crate::config::Settings;
#[cfg(feature = "monitor")]
use crate::pipeline::Turns;
use crate::pipeline::{Router, Shared};
use crate::{Credentials, Error};

impl Client {
    /// Returns a client for another customer that uses the same API client.
    ///
    /// Use this if the API client has access to several customers, as a Citrix Service Provider's
    /// has to its tenants. The new client shares the token, and everything else that
    /// [`with_credentials`](Self::with_credentials) shares. If the API client has no access to the
    /// customer, the first call fails with [`ErrorKind::Auth`](crate::ErrorKind::Auth).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if `customer` cannot be a customer id.
    pub fn for_customer(&self, customer: impl Into<String>) -> Result<Self, Error> {
        let credentials = self.shared.settings.credentials.clone();
        Ok(self.with_credentials(credentials.for_customer(customer)?))
    }

    /// Returns a client with other credentials, usually those of another customer.
    ///
    /// The new client shares connections, the retry budget, the rate of
    /// [`requests_per_second`](crate::ClientBuilder::requests_per_second), the token store and all
    /// settings with this one. It has its own token, unless both sign in as the same API client. It
    /// detects the customer's API version and adapts to the customer's rate limit separately, so
    /// throttling one customer does not slow down another.
    ///
    /// Create one client per customer and clone it: what a client has learned is shared only with
    /// its clones.
    ///
    /// ```
    /// # fn main() -> Result<(), citrix_cloud::Error> {
    /// use citrix_cloud::{Client, Credentials};
    ///
    /// let first = Client::builder()
    ///     .credentials(Credentials::new("client id", "client secret", "abcd1024xyz")?)
    ///     .build()?;
    /// let tenant = first.for_customer("efgh2048uvw")?; // the same API client
    /// let other = Credentials::new("another id", "its secret", "ijkl4096rst")?;
    /// let other = first.with_credentials(other);
    /// assert_eq!(tenant.customer(), "efgh2048uvw");
    /// assert_eq!(other.customer(), "ijkl4096rst");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        let shared = &self.shared;
        let same = credentials.is_same_api_client(&shared.settings.credentials);
        let settings = Arc::new(Settings {
            credentials,
            ..Settings::clone(&shared.settings)
        });
        let (http, retries) = (shared.http.clone(), shared.retries.clone());
        let (secrets, tokens) = match same {
            true => (shared.secrets.clone(), shared.tokens.clone()),
            false => {
                let secrets = known_secrets(&settings);
                let store = shared.tokens.store();
                let tokens = token_cache(&settings, &http, &retries, &secrets, store);
                (secrets, tokens)
            }
        };
        Self {
            shared: Arc::new(Shared {
                #[cfg(feature = "monitor")]
                monitor: Turns::of(&settings),
                settings,
                http,
                tokens,
                limiters: shared.limiters.for_another_customer(),
                retries,
                router: Router::default(),
                secrets,
            }),
        }
    }
}
