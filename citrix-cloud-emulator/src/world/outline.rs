//! The customers and sites of a world, without their content.

use serde::{Deserialize, Serialize};

use super::{Customer, Site, World};

/// A customer or site by its id and name, with its children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outline {
    id: String,
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sites: Vec<Self>,
}

impl World {
    /// Returns customers and sites in order.
    pub(crate) fn outline(&self) -> Vec<Outline> {
        let of_site = |it: &Site| Outline {
            id: it.id().to_owned(),
            name: Some(it.name().to_owned()),
            sites: Vec::new(),
        };
        let customers = self.customers.iter().map(|it| Outline {
            id: it.id().to_owned(),
            name: it.name.clone(),
            sites: it.sites().iter().map(of_site).collect(),
        });
        customers.collect()
    }

    /// Adds new customers and sites without content, and updates the names of existing ones.
    pub(crate) fn follow(&mut self, outline: &[Outline]) {
        for (place, wanted) in outline.iter().enumerate() {
            if place >= self.customers.len() {
                self.customers.push(Customer::bare(wanted.id.as_str()));
            }
            let Some(customer) = self.customers.get_mut(place) else {
                continue;
            };
            customer.name.clone_from(&wanted.name);
            for site in wanted.sites.iter().skip(customer.sites().len()) {
                let name = site.name.as_deref().unwrap_or_default();
                customer.push_site(Site::bare(site.id.as_str(), name));
            }
        }
    }
}
