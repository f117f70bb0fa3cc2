//! The settings that a client under test needs.

use std::fmt;

use crate::emulator::Emulator;
use crate::server::Server;

/// The address, credentials and ids of an emulated cloud: the first of each in its world, or an empty string.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientConfig {
    /// The URL that serves all hosts, such as `http://127.0.0.1:49152`.
    pub url: String,
    /// The customer.
    pub customer_id: String,
    /// The client id.
    pub client_id: String,
    /// The secret of that client.
    pub client_secret: String,
    /// The site.
    pub site_id: String,
    /// The catalog.
    pub catalog_id: String,
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("url", &self.url)
            .field("customer_id", &self.customer_id)
            .field("client_id", &self.client_id)
            .field("client_secret", &"***")
            .field("site_id", &self.site_id)
            .field("catalog_id", &self.catalog_id)
            .finish()
    }
}

impl Server {
    /// Returns the settings that a client needs to use it.
    #[must_use]
    pub fn client_config(&self) -> ClientConfig {
        let emulator: &Emulator = self;
        emulator.read(|world| {
            let customer = world.customers().first();
            let client = world.clients.iter().next();
            let site = customer.and_then(|it| it.sites().first());
            let catalog = site.and_then(|it| it.catalogs().iter().next());
            ClientConfig {
                url: self.url().to_owned(),
                customer_id: customer.map(|it| it.id().to_owned()).unwrap_or_default(),
                client_id: client.map(|it| it.client_id.clone()).unwrap_or_default(),
                client_secret: client
                    .map(|it| it.client_secret.clone())
                    .unwrap_or_default(),
                site_id: site.map(|it| it.id().to_owned()).unwrap_or_default(),
                catalog_id: catalog.map(|it| it.id().to_owned()).unwrap_or_default(),
            }
        })
    }
}
