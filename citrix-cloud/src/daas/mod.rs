//! Citrix DaaS: sites, machine catalogs, machines, sessions and jobs.
//!
//! Operations, parameters and models are those of Citrix's DaaS REST reference and its Go SDK.

use std::fmt;

use crate::credentials::is_header_safe;
use crate::models::MySite;
use crate::{Client, Error};

mod activation;
mod batch;
mod job;
mod job_ending;
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

    /// A site by its id; nothing is sent.
    ///
    /// An id that cannot be one fails, before anything is sent, when an operation is awaited.
    #[must_use]
    pub fn site(&self, id: impl Into<String>) -> Site {
        Site::new(self.client.clone(), id.into())
    }

    /// The sites of the configured customer, out of [`Daas::me`].
    ///
    /// # Errors
    ///
    /// As [`Daas::me`], and [`ErrorKind::Config`](crate::ErrorKind::Config) when this identity does
    /// not see the configured customer.
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

    /// The only site of the configured customer.
    ///
    /// # Errors
    ///
    /// As [`Daas::my_sites`], and [`ErrorKind::Config`](crate::ErrorKind::Config), listing them,
    /// when there are several or none.
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

/// Refuses what cannot be a site id: it goes into a header or a path.
fn check_site(site: &str) -> Result<(), Error> {
    match is_header_safe(site) {
        true => Ok(()),
        false => Err(Error::input(format!(
            "`{site}` is not a valid site id (expected a GUID)"
        ))),
    }
}
