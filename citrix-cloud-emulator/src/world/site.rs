//! A `DaaS` site: its machines, and everything else in it.

use super::catalog::Catalog;
use super::collection::Collection;
use super::job::Job;
use super::machine::Machine;
use super::resource::Resources;
use super::schedule::Schedule;
use super::session::Session;
use super::site_objects::{self, site_objects};
use crate::ids;

/// A site. Plain data: tests may change any of it.
#[derive(Debug, Clone)]
pub struct Site {
    pub(super) id: String,
    pub(super) name: String,
    /// Machine catalogs.
    pub catalogs: Collection<Catalog>,
    /// Machines.
    pub machines: Collection<Machine>,
    /// Sessions.
    pub sessions: Collection<Session>,
    /// Jobs, finished ones included.
    pub jobs: Collection<Job>,
    pub(crate) resources: Resources,
    pub(crate) schedule: Schedule,
    pub(super) primary_zone: String,
    pub(super) hypervisor: String,
}

impl Site {
    /// Makes a site without machines: one empty catalog, and one or a few objects of every other kind.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        let mut site = Self::bare(id, name);
        site.resources = site_objects(&site.id);
        site.catalogs.push(
            Catalog::new(ids::CATALOG_NAME, 1)
                .with_id(site_objects::own(&site.id, ids::CATALOG_ID))
                .describing("The machines of the walkthrough"),
        );
        site
    }

    /// Makes a site with nothing in it, to be filled.
    pub(super) fn bare(id: impl Into<String>, name: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            primary_zone: site_objects::own(&id, ids::ZONE_ID),
            hypervisor: site_objects::own(&id, ids::HYPERVISOR_ID),
            id,
            name: name.into(),
            catalogs: Collection::default(),
            machines: Collection::default(),
            sessions: Collection::default(),
            jobs: Collection::default(),
            resources: Resources::default(),
            schedule: Schedule::default(),
        }
    }

    /// Adds a session and counts it on its machine.
    pub fn start_session(&mut self, session: Session) {
        if let Some(mut machine) = self.machines.get_mut(&session.machine_id) {
            machine.session_count = machine.session_count.map(|count| count.saturating_add(1));
            machine.last_user = Some(session.user.clone());
            machine.last_connection = Some(session.started);
        }
        self.sessions.push(session);
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

    /// Says whether this is its id or its name.
    #[must_use]
    pub fn is_called(&self, name_or_id: &str) -> bool {
        self.id.eq_ignore_ascii_case(name_or_id)
            || self.name.to_lowercase() == name_or_id.to_lowercase()
    }

    /// Returns the id of the zone that is there from the beginning.
    #[must_use]
    pub fn primary_zone(&self) -> &str {
        &self.primary_zone
    }

    /// Returns the id of the hypervisor connection that is there from the beginning.
    #[must_use]
    pub fn first_hypervisor(&self) -> &str {
        &self.hypervisor
    }
}
