//! Builds a world from its description.

use std::collections::HashSet;

use fastrand::Rng;
use jiff::Timestamp;

use super::{CatalogPart, NamedPart, SessionsPart, SitePart, WorldFile, WorldFileError};
use crate::clock::Clock;
use crate::emulator::{Emulator, EmulatorBuilder};
use crate::world::{Arrivals, Collection, Resource, ResourceKind, Site};

impl WorldFile {
    /// Creates the world, and a builder of an emulator with it.
    ///
    /// # Errors
    ///
    /// Fails if parts of the description are inconsistent; the message names the key and how to fix it.
    pub fn builder(self) -> Result<EmulatorBuilder, WorldFileError> {
        let clock = match self.clock.start {
            Some(start) => Clock::manual(start),
            None => Clock::system(),
        };
        if self.clock.frozen {
            clock.freeze();
        } else {
            clock.run();
        }
        let world = self.world(clock.now())?;
        let mut builder = Emulator::builder()
            .world(world)
            .clock(clock)
            .faults(self.faults);
        if let Some(lifetime) = self.token_lifetime {
            builder = builder.token_lifetime(lifetime.0);
        }
        if let Some(latency) = self.latency {
            builder = builder.latency(latency.0);
        }
        if let Some(duration) = self.job_duration {
            builder = builder.job_duration(duration.0);
        }
        Ok(builder)
    }

    /// Returns the site content at the top of the file.
    pub(super) fn content(&self) -> Content<'_> {
        Content {
            path: String::new(),
            delivery_groups: &self.delivery_groups,
            catalogs: &self.catalogs,
            sessions: self.sessions.as_ref(),
        }
    }
}

/// The content of a site, and its place in the file.
pub(super) struct Content<'a> {
    path: String,
    delivery_groups: &'a [NamedPart],
    catalogs: &'a [CatalogPart],
    sessions: Option<&'a SessionsPart>,
}

impl SitePart {
    pub(super) fn content(&self, path: &str) -> Content<'_> {
        Content {
            path: format!("{path}."),
            delivery_groups: &self.delivery_groups,
            catalogs: &self.catalogs,
            sessions: self.sessions.as_ref(),
        }
    }
}

impl Content<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.delivery_groups.is_empty() && self.catalogs.is_empty() && self.sessions.is_none()
    }

    pub(super) fn fill(
        &self,
        site: &mut Site,
        random: &mut Rng,
        now: Timestamp,
    ) -> Result<(), WorldFileError> {
        let root = &self.path;
        for (number, group) in self.delivery_groups.iter().enumerate() {
            let groups = site.resources_mut(ResourceKind::DeliveryGroup);
            if groups.contains(&group.name) {
                let path = format!("{root}delivery_groups[{number}].name");
                return Err(WorldFileError::new(
                    path,
                    format!("'{}' already exists", group.name),
                ));
            }
            let id = group.id.clone().unwrap_or_else(|| new_id(random));
            let uid = groups.len() + 1;
            groups.push(
                Resource::new(group.name.as_str())
                    .with_id(id)
                    .with("Uid", uid),
            );
        }
        if !self.catalogs.is_empty() {
            *site.resources_mut(ResourceKind::MachineCatalog) = self.catalogs(random)?;
        }
        let catalogs: Vec<_> = site
            .catalogs()
            .iter()
            .map(|it| it.id().to_owned())
            .collect();
        let mut names = HashSet::new();
        for (number, (part, id)) in self.catalogs.iter().zip(&catalogs).enumerate() {
            let path = format!("{root}catalogs[{number}]");
            let group = match &part.delivery_group {
                None => None,
                Some(name) => {
                    let group = site.resources(ResourceKind::DeliveryGroup).get(name);
                    let why = || {
                        format!("there is no delivery group '{name}'; add it to delivery_groups")
                    };
                    let group = group.ok_or_else(|| {
                        WorldFileError::new(format!("{path}.delivery_group"), why())
                    })?;
                    Some(group.id().to_owned())
                }
            };
            if let Some(machines) = &part.machines {
                let path = format!("{path}.machines");
                machines.fill(site, random, &path, id, group.as_deref(), &mut names, now)?;
            }
        }
        if let Some(sessions) = self.sessions {
            if sessions.every.0.is_zero() {
                return Err(WorldFileError::new(
                    format!("{root}sessions.every"),
                    "must be greater than 0",
                ));
            }
            let (every, stay) = (sessions.every.0, sessions.stay.0);
            let seed = random.u64(..);
            site.expect_sessions(Arrivals { every, stay, seed }, now);
        }
        Ok(())
    }

    fn catalogs(&self, random: &mut Rng) -> Result<Collection<Resource>, WorldFileError> {
        let mut catalogs = Collection::<Resource>::default();
        for (uid, part) in (1_u32..).zip(self.catalogs) {
            let CatalogPart {
                id,
                name,
                description,
                ..
            } = part;
            if catalogs.contains(name) {
                let path = format!("{}catalogs[{}].name", self.path, uid - 1);
                return Err(WorldFileError::new(
                    path,
                    format!("'{name}' already exists"),
                ));
            }
            let id = id.clone().unwrap_or_else(|| new_id(random));
            catalogs.push(
                Resource::new(name.as_str())
                    .with_id(id)
                    .with("Uid", uid)
                    .with("Description", description.as_str()),
            );
        }
        Ok(catalogs)
    }
}

pub(super) fn new_id(random: &mut Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes())
        .into_uuid()
        .to_string()
}
