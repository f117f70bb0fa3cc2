//! The credentials and ids of an emulated cloud.

use citrix_cloud_emulator::Emulator;
use serde::Serialize;

/// The first of each in its world.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pub(super) customer_id: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) site_id: Option<String>,
    pub(super) catalog_id: Option<String>,
}

impl Identity {
    pub(super) fn of(emulator: &Emulator) -> Self {
        emulator.read(|world| {
            let client = world.clients.iter().next();
            let customer = world.customers().first();
            let site = customer.and_then(|it| it.sites().first());
            let catalog = site.and_then(|it| it.catalogs().iter().next());
            Self {
                customer_id: customer.map(|it| it.id().to_owned()),
                client_id: client.map(|it| it.client_id.clone()),
                client_secret: client.map(|it| it.client_secret.clone()),
                site_id: site.map(|it| it.id().to_owned()),
                catalog_id: catalog.map(|it| it.id().to_owned()),
            }
        })
    }

    /// Lists the variables under which the walkthrough and Citrix's other tools look these up.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        let variables = [
            ("CLIENT_ID", &self.client_id),
            ("CITRIX_CLIENT_ID", &self.client_id),
            ("CLIENT_SECRET", &self.client_secret),
            ("CITRIX_CLIENT_SECRET", &self.client_secret),
            ("CUSTOMER_ID", &self.customer_id),
            ("CITRIX_CUSTOMER_ID", &self.customer_id),
            ("SITE_ID", &self.site_id),
            ("CATALOG_ID", &self.catalog_id),
        ];
        let given = variables.map(|(name, value)| value.clone().map(|value| (name, value)));
        given.into_iter().flatten()
    }
}
