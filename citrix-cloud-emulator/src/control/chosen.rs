//! Which site a request is about.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;
use crate::world::{Customer, Site, World};

/// Selects a site by a query: the first match of the first matching customer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Chosen {
    pub(super) customer: Option<String>,
    /// The site's id or name.
    pub(super) site: Option<String>,
}

impl Chosen {
    pub(super) fn find<'w>(&self, world: &'w World) -> Option<&'w Site> {
        let is_meant = |it: &&Customer| match &self.customer {
            Some(id) => it.id().eq_ignore_ascii_case(id),
            None => true,
        };
        let customers = world.customers().iter().filter(is_meant);
        let mut sites = customers.flat_map(Customer::sites);
        sites.find(|it| self.site.as_ref().is_none_or(|name| it.is_called(name)))
    }

    pub(super) fn named<'w>(&self, world: &'w World) -> Result<&'w Site, Refusal> {
        self.find(world).ok_or_else(|| {
            let customer = self.customer.as_deref().unwrap_or("any customer");
            let site = self.site.as_deref().unwrap_or("any name");
            let message =
                format!("there is no site of {customer} with {site}; see /_emulator/state");
            Refusal(StatusCode::NOT_FOUND, message)
        })
    }
}

/// Lists the customers and sites to choose from.
pub(super) fn choices(world: &World) -> Value {
    let customers = world.customers().iter();
    let sites = customers.flat_map(|customer| {
        let sites = customer.sites().iter();
        sites.map(|site| json!({ "customer": customer.id(), "id": site.id(), "name": site.name() }))
    });
    sites.collect()
}
