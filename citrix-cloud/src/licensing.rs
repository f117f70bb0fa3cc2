//! Licences: how many Citrix DaaS licences are used.

use crate::models::CurrentLicenseUsage;
use crate::{Client, Request, Service};

/// The licences of the customer.
#[derive(Debug, Clone)]
pub struct Licensing {
    client: Client,
}

impl Licensing {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Gets the current usage of user and device licences; `None` when the service has nothing to
    /// tell (204).
    ///
    /// # Errors
    ///
    /// What the service or the connection fails with; see [`Error`](crate::Error).
    pub fn current_usage(&self) -> Request<Option<CurrentLicenseUsage>> {
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call.licensing().get_current_license_usage().send().await;
            Ok(call.settle_optional(sent).await?.flatten())
        })
    }
}
