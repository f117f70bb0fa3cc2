//! Licensing: how many Citrix DaaS licenses are in use.

use citrix_cloud_gen::ops::licensing::GetCurrentLicenseUsage;

use crate::{Client, Request};

/// A handle to the customer's licenses.
#[derive(Debug, Clone)]
pub struct Licensing {
    client: Client,
}

impl Licensing {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Gets the current usage of user and device licenses; `None` if the service has no data (204).
    ///
    /// # Errors
    ///
    /// Any error of the service or the connection; see [`Error`](crate::Error).
    pub fn current_usage(&self) -> Request<GetCurrentLicenseUsage> {
        self.client.send(GetCurrentLicenseUsage::new())
    }
}
