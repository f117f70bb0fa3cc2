//! A customer: its platform data and its sites.

use serde_json::json;

use super::platform::{Platform, ResourceLocation};
use super::resource::ResourceKind;
use super::site::Site;

/// A customer and everything it has. Customers share nothing.
#[derive(Debug, Clone)]
pub struct Customer {
    id: String,
    /// The display name; it is `null` in the walkthrough's sample.
    pub name: Option<String>,
    /// The data of the platform's services.
    pub platform: Platform,
    sites: Vec<Site>,
}

impl Customer {
    /// Creates a customer without sites, with the platform data of a new customer.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            platform: Platform::of_new(&id),
            id,
            name: None,
            sites: Vec::new(),
        }
    }

    /// Creates a customer without any data, to be filled.
    pub(super) fn bare(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: None,
            platform: Platform::default(),
            sites: Vec::new(),
        }
    }

    /// Sets its display name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds a site.
    #[must_use]
    pub fn with_site(mut self, site: Site) -> Self {
        self.add_site(site);
        self
    }

    /// Adds a site. Its primary zone stands for the customer's first resource location, and has the same name.
    pub fn add_site(&mut self, mut site: Site) {
        let primary = site.primary_zone().to_owned();
        let location = self.platform.resource_locations.iter().next();
        if let Some(mut zone) = site.resources_mut(ResourceKind::Zone).get_mut(&primary) {
            zone.fields.insert(
                "ResourceLocation".to_owned(),
                json!(location.map(ResourceLocation::reference)),
            );
            if let Some(location) = location {
                zone.name.clone_from(&location.name);
            }
        }
        self.sites.push(site);
    }

    pub(super) fn push_site(&mut self, site: Site) {
        self.sites.push(site);
    }

    /// Returns the customer id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns its sites.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Returns its sites, for changing them.
    pub fn sites_mut(&mut self) -> &mut [Site] {
        &mut self.sites
    }

    /// Returns a site by id or name.
    #[must_use]
    pub fn site(&self, name_or_id: &str) -> Option<&Site> {
        self.sites.iter().find(|it| it.is_called(name_or_id))
    }

    /// Returns a site by id or name, for changing it.
    pub fn site_mut(&mut self, name_or_id: &str) -> Option<&mut Site> {
        self.sites.iter_mut().find(|it| it.is_called(name_or_id))
    }

    pub(super) fn parts(&mut self, site: &str) -> Option<(&str, &mut Platform, &mut Site)> {
        let site = self.sites.iter_mut().find(|it| it.is_called(site))?;
        Some((&self.id, &mut self.platform, site))
    }

    pub(super) fn parts_at(&mut self, place: usize) -> Option<(&str, &mut Platform, &mut Site)> {
        Some((&self.id, &mut self.platform, self.sites.get_mut(place)?))
    }
}
