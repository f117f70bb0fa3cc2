//! From a description to a world.

use std::collections::HashSet;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::{Arrivals, CatalogPart, MachinesPart, WorldFile, WorldFileError};
use crate::clock::Clock;
use crate::emulator::{Emulator, EmulatorBuilder};
use crate::world::{
    ApiClient, Catalog, Collection, Customer, Kind, Machine, PowerState, RegistrationState,
    Resource, Session, SessionState, Site, World,
};

/// More machines than any site has; a typing error should not fill the memory.
const MOST_MACHINES: u32 = 1_000_000;

impl WorldFile {
    /// Makes the world, and sets up an emulator with it.
    ///
    /// # Errors
    ///
    /// Fails where parts of the description do not fit together; the message names the key and what to do.
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

    fn world(&self, now: Timestamp) -> Result<World, WorldFileError> {
        let mut random = Rng::with_seed(self.seed);
        let mut world = World::with_machines(0);
        self.fill_customers(&mut world)?;
        for (number, group) in self.delivery_groups.iter().enumerate() {
            let groups = world.resources_mut(Kind::DeliveryGroup);
            if groups.contains(&group.name) {
                let path = format!("delivery_groups[{number}].name");
                return Err(WorldFileError::new(
                    path,
                    format!("'{}' is there already", group.name),
                ));
            }
            let id = group.id.clone().unwrap_or_else(|| new_id(&mut random));
            let uid = groups.len() + 1;
            groups.push(
                Resource::new(group.name.as_str())
                    .with_id(id)
                    .with("Uid", uid),
            );
        }
        if !self.catalogs.is_empty() {
            world.catalogs = self.catalogs(&mut random)?;
        }
        let catalogs: Vec<_> = world.catalogs.iter().map(|it| it.id().to_owned()).collect();
        let mut names = HashSet::new();
        for (number, (part, id)) in self.catalogs.iter().zip(&catalogs).enumerate() {
            let path = format!("catalogs[{number}]");
            let group = match &part.delivery_group {
                None => None,
                Some(name) => {
                    let group = world.resources(Kind::DeliveryGroup).get(name);
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
                machines.fill(
                    &mut world,
                    &mut random,
                    &path,
                    id,
                    group.as_deref(),
                    &mut names,
                    now,
                )?;
            }
        }
        if let Some(sessions) = &self.sessions {
            if sessions.every.0.is_zero() {
                return Err(WorldFileError::new(
                    "sessions.every",
                    "must be longer than nothing",
                ));
            }
            let (every, stay) = (sessions.every.0, sessions.stay.0);
            let seed = random.u64(..);
            world.expect_sessions(Arrivals { every, stay, seed }, now);
        }
        Ok(world)
    }

    fn fill_customers(&self, world: &mut World) -> Result<(), WorldFileError> {
        if !self.customers.is_empty() {
            world.customers = self
                .customers
                .iter()
                .map(|it| Customer {
                    id: it.id.clone(),
                    name: it.name.clone(),
                    sites: it
                        .sites
                        .iter()
                        .map(|site| Site {
                            id: site.id.clone(),
                            name: site.name.clone(),
                        })
                        .collect(),
                })
                .collect();
        }
        let all: Vec<_> = world.customers.iter().map(|it| it.id.clone()).collect();
        if self.credentials.is_empty() {
            world
                .clients
                .change_where(|_| true, |client| client.customers.clone_from(&all));
            return Ok(());
        }
        world.clients = Collection::default();
        for (number, part) in self.credentials.iter().enumerate() {
            let customers = part.customers.clone().unwrap_or_else(|| all.clone());
            if let Some(unknown) = customers.iter().find(|it| !world.customers.contains(it)) {
                let path = format!("credentials[{number}].customers");
                let why = format!("there is no customer '{unknown}'; add it to customers");
                return Err(WorldFileError::new(path, why));
            }
            world.clients.push(ApiClient {
                client_id: part.client_id.clone(),
                client_secret: part.client_secret.clone(),
                customers,
            });
        }
        Ok(())
    }

    fn catalogs(&self, random: &mut Rng) -> Result<Collection<Catalog>, WorldFileError> {
        let mut catalogs = Collection::<Catalog>::default();
        for (uid, part) in (1..).zip(&self.catalogs) {
            let CatalogPart {
                id,
                name,
                description,
                ..
            } = part;
            if catalogs.contains(name) {
                let path = format!("catalogs[{}].name", uid - 1);
                return Err(WorldFileError::new(
                    path,
                    format!("'{name}' is there already"),
                ));
            }
            let id = id.clone().unwrap_or_else(|| new_id(random));
            catalogs.push(
                Catalog::new(name.as_str(), uid)
                    .with_id(id)
                    .describing(description.as_str()),
            );
        }
        Ok(catalogs)
    }
}

impl MachinesPart {
    #[expect(
        clippy::too_many_arguments,
        reason = "one caller, and each is another thing"
    )]
    fn fill(
        &self,
        world: &mut World,
        random: &mut Rng,
        path: &str,
        catalog: &str,
        group: Option<&str>,
        names: &mut HashSet<String>,
        now: Timestamp,
    ) -> Result<(), WorldFileError> {
        if self.count > MOST_MACHINES {
            let why = format!(
                "{} is more than the {MOST_MACHINES} that are possible",
                self.count
            );
            return Err(WorldFileError::new(format!("{path}.count"), why));
        }
        if self.powered_off.0 + self.unregistered.0 + self.unmanaged.0 > 1.0 {
            let why = "powered_off, unregistered and unmanaged exclude one another, and come to more than 1";
            return Err(WorldFileError::new(path, why));
        }
        for number in 1..=self.count {
            let name = self.name.name(number);
            if !names.insert(name.to_lowercase()) {
                let why = format!("two machines would be called '{name}'");
                return Err(WorldFileError::new(format!("{path}.name"), why));
            }
            let uid = u32::try_from(world.machines.len())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            let mut machine = Machine::new(name, uid, catalog).with_id(new_id(random));
            machine.delivery_group_id = group.map(str::to_owned);
            let state = random.f64();
            if state < self.powered_off.0 {
                machine = machine.powered_off();
            } else if state < self.powered_off.0 + self.unregistered.0 {
                machine = machine.unregistered();
            } else if state < self.powered_off.0 + self.unregistered.0 + self.unmanaged.0 {
                machine = machine.unmanaged();
            }
            machine.in_maintenance_mode = random.f64() < self.maintenance.0;
            let is_used = random.f64() < self.in_use.0;
            let is_unknown = random.f64() < self.unknown_sessions.0;
            let user = format!(r"DEMOLAB\user{:05}", random.u32(1..=99_999));
            let minutes = random.i64(1..=600);
            let started = now
                .checked_sub(SignedDuration::from_mins(minutes))
                .unwrap_or(now);
            // Chance of its own, so that this share moves nothing else of a world.
            let is_unused = !is_used && Rng::with_seed(u64::from(uid)).f64() < self.unused.0;
            let started = match is_unused {
                true => started
                    .checked_sub(SignedDuration::from_hours(24 * i64::from(31 + uid % 50)))
                    .unwrap_or(started),
                false => started,
            };
            let is_ready = machine.registration_state == RegistrationState::Registered
                && matches!(machine.power_state, PowerState::On | PowerState::Unmanaged);
            machine = machine.last_used(user.as_str(), started);
            let id = machine.id().to_owned();
            world.machines.push(machine);
            if is_ready && is_used {
                let number = u32::try_from(world.sessions.len()).unwrap_or(u32::MAX);
                let mut session = Session::new(user, number.saturating_add(1), id.as_str())
                    .with_id(new_id(random))
                    .started(started);
                if random.f64() < self.disconnected.0 {
                    session.state = SessionState::Disconnected;
                }
                world.start_session(session);
            }
            if is_unknown && let Some(mut machine) = world.machines.get_mut(&id) {
                machine.session_count = None;
            }
        }
        Ok(())
    }
}

fn new_id(random: &mut Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes())
        .into_uuid()
        .to_string()
}
