//! Citrix DaaS: sites, machine catalogs, machines, sessions and jobs.
//!
//! Operations, parameters and models follow Citrix's DaaS REST reference and its Go SDK.

use std::fmt;

use crate::credentials::is_header_safe;
use crate::models::MySite;
use crate::{Client, Error};

mod activation;
mod batch;
mod job;
mod machine;
mod poller;
mod power;
mod session;
mod site;

pub(crate) use batch::BatchRun;
#[cfg(feature = "__fuzz")]
pub(crate) use batch::read_results;
pub use batch::{Batch, ItemOutcome, Outcomes, RelativeUrls};
pub use poller::{JobPoller, Updates};
pub use power::PowerAction;
pub use site::Site;

/// Citrix DaaS for the customer.
#[derive(Clone)]
pub struct Daas {
    client: Client,
}

impl Daas {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns a handle to a site by its id; nothing is sent.
    ///
    /// If the id is not valid, operations fail before anything is sent.
    #[must_use]
    pub fn site(&self, id: impl Into<String>) -> Site {
        Site::new(self.client.clone(), id.into())
    }

    /// Returns the sites of the configured customer, as listed by [`Daas::me`].
    ///
    /// # Errors
    ///
    /// The same as [`Daas::me`], and [`ErrorKind::Config`](crate::ErrorKind::Config) if this
    /// identity has no access to the configured customer.
    pub async fn my_sites(&self) -> Result<Vec<MySite>, Error> {
        let customers = self.me().await?.customers.unwrap_or_default();
        let ours = self.client.customer();
        let known = |id: &Option<String>| id.clone().unwrap_or_default();
        match customers
            .iter()
            .find(|customer| known(&customer.id).eq_ignore_ascii_case(ours))
        {
            Some(customer) => Ok(customer.sites.clone().unwrap_or_default()),
            None => {
                let seen: Vec<String> = customers
                    .iter()
                    .map(|customer| format!("`{}`", known(&customer.id)))
                    .collect();
                Err(Error::config(format!(
                    "these credentials do not see customer `{ours}` in Citrix DaaS; they see {}",
                    if seen.is_empty() {
                        "none".to_owned()
                    } else {
                        seen.join(", ")
                    }
                )))
            }
        }
    }

    /// Returns the only site of the configured customer.
    ///
    /// # Errors
    ///
    /// The same as [`Daas::my_sites`], and [`ErrorKind::Config`](crate::ErrorKind::Config) if there
    /// is no site or more than one; the error lists them.
    pub async fn only_site(&self) -> Result<Site, Error> {
        let customer = self.client.customer();
        let sites = self.my_sites().await?;
        match sites.as_slice() {
            [MySite { id: Some(id), .. }] => Ok(self.site(id)),
            [] => Err(Error::config(format!(
                "customer `{customer}` has no DaaS site"
            ))),
            several => {
                let listed: Vec<String> = several
                    .iter()
                    .map(|site| {
                        let name = site.name.as_deref().unwrap_or("without a name");
                        format!("{} ({name})", site.id.as_deref().unwrap_or("without an id"))
                    })
                    .collect();
                Err(Error::config(format!(
                    "customer `{customer}` has several sites; choose one: {}",
                    listed.join(", ")
                )))
            }
        }
    }
}

impl fmt::Debug for Daas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Daas")
            .field("client", &self.client)
            .finish()
    }
}

/// Rejects an invalid site id, because it becomes part of a header or a path.
fn check_site(site: &str) -> Result<(), Error> {
    match is_header_safe(site) {
        true => Ok(()),
        false => Err(Error::input(format!(
            "`{site}` is not a valid site id (expected a GUID)"
        ))),
    }
}
