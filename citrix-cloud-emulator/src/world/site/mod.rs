//! A `DaaS` site: its machines, and everything else in it.

mod arrivals;
mod jobs;
mod power;
mod sessions;

use crate::ids;
use crate::world::collection::Collection;
use crate::world::job::Job;
use crate::world::machine::Machine;
use crate::world::resource::{Resource, ResourceKind, Resources};
use crate::world::schedule::Schedule;
use crate::world::session::Session;
use crate::world::site_objects::{self, site_objects};

/// A site. Tests may change any of its data.
#[derive(Debug, Clone)]
pub struct Site {
    pub(in crate::world) id: String,
    pub(in crate::world) name: String,
    /// Machines.
    pub machines: Collection<Machine>,
    /// Sessions.
    pub sessions: Collection<Session>,
    /// Jobs, including finished ones.
    pub jobs: Collection<Job>,
    pub(crate) resources: Resources,
    pub(crate) schedule: Schedule,
    pub(in crate::world) primary_zone: String,
    pub(in crate::world) hypervisor: String,
}

impl Site {
    /// Creates a site without machines, with one empty catalog and one or a few objects of every other kind.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        let mut site = Self::bare(id, name);
        site.resources = site_objects(&site.id);
        let catalog = Resource::new(ids::CATALOG_NAME)
            .with_id(site_objects::own(&site.id, ids::CATALOG_ID))
            .with("Uid", 1)
            .with("Description", "The machines of the walkthrough");
        site.resources.push(ResourceKind::MachineCatalog, catalog);
        site
    }

    /// Creates a site without any content, to be filled.
    pub(in crate::world) fn bare(id: impl Into<String>, name: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            primary_zone: site_objects::own(&id, ids::ZONE_ID),
            hypervisor: site_objects::own(&id, ids::HYPERVISOR_ID),
            id,
            name: name.into(),
            machines: Collection::default(),
            sessions: Collection::default(),
            jobs: Collection::default(),
            resources: Resources::default(),
            schedule: Schedule::default(),
        }
    }

    /// Returns the site id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the site's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether this is its id or its name.
    #[must_use]
    pub fn is_called(&self, name_or_id: &str) -> bool {
        self.id.eq_ignore_ascii_case(name_or_id)
            || self.name.to_lowercase() == name_or_id.to_lowercase()
    }

    /// Returns the id of the built-in zone.
    #[must_use]
    pub fn primary_zone(&self) -> &str {
        &self.primary_zone
    }

    /// Returns the id of the built-in hypervisor connection.
    #[must_use]
    pub fn first_hypervisor(&self) -> &str {
        &self.hypervisor
    }

    /// Returns the machine catalogs, which machines refer to by id.
    #[must_use]
    pub fn catalogs(&self) -> &Collection<Resource> {
        self.resources(ResourceKind::MachineCatalog)
    }

    /// Returns all objects of one kind.
    #[must_use]
    pub fn resources(&self, kind: ResourceKind) -> &Collection<Resource> {
        self.resources.of(kind)
    }

    /// Returns all objects of one kind, for changing them.
    pub fn resources_mut(&mut self, kind: ResourceKind) -> &mut Collection<Resource> {
        self.resources.of_mut(kind)
    }
}
