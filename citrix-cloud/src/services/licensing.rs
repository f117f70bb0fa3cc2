//! Licences: how many Citrix DaaS licences are used.

use citrix_cloud_gen::ops::licensing::GetCurrentLicenseUsage;

use crate::{Client, Request};

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
    pub fn current_usage(&self) -> Request<GetCurrentLicenseUsage> {
        self.client.send(GetCurrentLicenseUsage::new())
    }
}
