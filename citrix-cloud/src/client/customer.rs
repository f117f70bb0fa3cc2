//! Clients for many customers in one process.

use std::sync::Arc;

use super::Client;
use super::builder::{known_secrets, token_cache};
use crate::config::Settings;
use crate::pipeline::{Router, Shared, Turns};
use crate::{Credentials, Error};

impl Client {
    /// A client for another customer, with the same API client.
    ///
    /// This is for an API client that has access to several customers, as one of a Citrix Service
    /// Provider has to its tenants'. It shares the token, and everything else as
    /// [`with_credentials`](Self::with_credentials) does. An API client without access to the customer
    /// is refused at the first call, with [`ErrorKind::Auth`](crate::ErrorKind::Auth).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for what cannot be the id of a customer.
    pub fn for_customer(&self, customer: impl Into<String>) -> Result<Self, Error> {
        let credentials = self.shared.settings.credentials.clone();
        Ok(self.with_credentials(credentials.for_customer(customer)?))
    }

    /// A client with other credentials, which are for one customer in most cases.
    ///
    /// It shares connections, the budget of retries, the rate of
    /// [`requests_per_second`](crate::ClientBuilder::requests_per_second), the token store and all
    /// settings with this client. It has a token of its own, unless both sign in as the same API
    /// client. It finds out by itself which version of the API the customer has, and how many requests
    /// the service takes from it, so that one customer who is throttled slows down no other.
    ///
    /// Make one for each customer and clone it, as with every client: what one of them has found out is
    /// known to its clones alone.
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
