//! A snapshot of a customer, from which its history is derived: its objects at the start and now.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::moment::{DAY, moment};
use super::random::{hash, hash_text};
use super::session_log::{SessionLog, SessionRecord};
use super::sites::{ThenAndNow, sites};
use crate::world::{self, Customer, PowerState, RegistrationState, Resource, ResourceKind};

/// A machine that exists now or existed at the start.
#[derive(Debug)]
pub(crate) struct Machine {
    /// Its unique number among the customer's machines.
    pub(crate) serial: u32,
    /// Its number in the site.
    pub(crate) uid: u32,
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) catalog: Uuid,
    pub(crate) group: Option<Uuid>,
    /// The seed of its random choices.
    pub(crate) seed: u64,
    /// Its previous user and the time of last use; a machine added later has no history.
    pub(crate) past: Option<Past>,
    pub(crate) now: Option<Now>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Past {
    /// Its most frequent user, as an index into the list of users.
    pub(crate) user: Option<usize>,
    pub(crate) last_use: Option<i64>,
    /// Generated sessions end before this.
    pub(crate) until: i64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    pub(crate) power: PowerState,
    pub(crate) registration: RegistrationState,
    pub(crate) in_maintenance: bool,
    pub(crate) is_managed: bool,
    pub(crate) sessions: Option<u32>,
    pub(crate) deregistered: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: i64,
    /// `DOMAIN\name`
    pub(crate) name: String,
    pub(crate) full_name: Option<String>,
}

/// A catalog, delivery group, hypervisor, application or zone.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) fields: Map<String, Json>,
    pub(crate) is_there: bool,
}

impl Object {
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_str()
    }

    pub(crate) fn flag(&self, field: &str, otherwise: bool) -> bool {
        let value = self.fields.get(field).and_then(Json::as_bool);
        value.unwrap_or(otherwise)
    }

    /// As in `DaaS`, a machine is multi-session by default.
    pub(crate) fn is_multi_session(&self) -> bool {
        self.text("SessionSupport") != Some("SingleSession")
    }
}

#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) seed: u64,
    /// When the emulator started: earlier data is generated, later data is real.
    pub(crate) born: i64,
    pub(crate) machines: Vec<Machine>,
    pub(crate) catalogs: Vec<Object>,
    pub(crate) groups: Vec<Object>,
    pub(crate) hypervisors: Vec<Object>,
    pub(crate) applications: Vec<Object>,
    pub(crate) zones: Vec<Object>,
    pub(crate) users: Vec<User>,
    pub(crate) records: Vec<SessionRecord>,
    /// The machine on which launches failed recently.
    pub(crate) black_hole: Option<u32>,
    machine_ids: HashMap<Uuid, usize>,
    user_ids: HashMap<i64, usize>,
    visit_keys: HashMap<Uuid, usize>,
    records_of: HashMap<u32, Vec<usize>>,
    catalog_sizes: HashMap<Uuid, usize>,
}

/// Parses an id. For an id that is not a GUID, as tests may choose, a GUID is derived from it.
pub(crate) fn id_of(text: &str) -> Uuid {
    let made = || Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes());
    Uuid::try_parse(text).unwrap_or_else(|_| made())
}

/// Derives a user's number from the name, so that new users do not change existing numbers.
pub(crate) fn user_id(name: &str) -> i64 {
    let number = hash(&[hash_text(name)]) & 0xffff_ffff_ffff;
    i64::try_from(number).unwrap_or(0).max(1)
}

impl Snapshot {
    pub(crate) fn of(
        first: Option<&Customer>,
        customer: &Customer,
        session_log: &SessionLog,
        born: Timestamp,
    ) -> Self {
        let sites: Vec<ThenAndNow<'_>> = sites(first, customer).collect();
        let of_kind = |kind| objects(&sites, kind);
        let mut snapshot = Self {
            seed: sites.first().map_or(0, ThenAndNow::seed),
            born: moment(born),
            machines: Vec::new(),
            catalogs: of_kind(ResourceKind::MachineCatalog),
            groups: of_kind(ResourceKind::DeliveryGroup),
            hypervisors: of_kind(ResourceKind::Hypervisor),
            applications: of_kind(ResourceKind::Application),
            zones: of_kind(ResourceKind::Zone),
            users: Vec::new(),
            records: session_log.records(customer),
            black_hole: None,
            machine_ids: HashMap::new(),
            user_ids: HashMap::new(),
            visit_keys: HashMap::new(),
            records_of: HashMap::new(),
            catalog_sizes: HashMap::new(),
        };
        for site in &sites {
            snapshot.take_machines(site, customer);
        }
        snapshot.machines.sort_by_key(|it| it.serial);
        let ids = snapshot.machines.iter().map(|it| it.id);
        snapshot.machine_ids = ids.zip(0..).collect();
        snapshot.take_records(customer);
        snapshot.black_hole = snapshot.choose_black_hole();
        snapshot
    }

    /// Returns the name of a zone by its id, or the name of the primary zone, which comes first.
    pub(crate) fn zone_name(&self, id: Option<&str>) -> Option<String> {
        let wanted = id.map(id_of);
        let said = self.zones.iter().find(|it| Some(it.id) == wanted);
        said.or_else(|| self.zones.first())
            .map(|it| it.name.clone())
    }

    fn take_machines(&mut self, site: &ThenAndNow<'_>, customer: &Customer) {
        let mut live: HashMap<&str, i64> = HashMap::new();
        for session in site.then.iter().flat_map(|it| it.sessions.iter()) {
            let started = moment(session.started);
            let since = live.entry(&session.machine_id).or_insert(started);
            *since = (*since).min(started);
        }
        let (born, mut now) = (self.born, site.now.machines.after(0).peekable());
        let then = site.then.into_iter().flat_map(|it| it.machines.after(0));
        for (serial, machine) in then {
            while let Some((serial, machine)) = now.next_if(|it| it.0 < serial) {
                self.take_machine(site, serial, machine, None, Some(machine));
            }
            let present = now.next_if(|it| it.0 == serial).map(|it| it.1);
            let user = machine.last_user.as_deref();
            // Sessions that have been running since yesterday leave no room for others; older ones are attributed to
            // shared machines.
            let recent = born - 2 * DAY..=born;
            let since = live.get(machine.id()).filter(|it| recent.contains(it));
            let past = Past {
                user: user.map(|name| self.user(name, customer)),
                last_use: machine.last_connection.map(moment),
                until: since.copied().unwrap_or(born),
            };
            self.take_machine(site, serial, machine, Some(past), present);
        }
        for (serial, machine) in now {
            self.take_machine(site, serial, machine, None, Some(machine));
        }
    }

    fn take_machine(
        &mut self,
        site: &ThenAndNow<'_>,
        serial: u64,
        machine: &world::Machine,
        past: Option<Past>,
        present: Option<&world::Machine>,
    ) {
        let serial = site.machine_number(serial);
        let it = present.unwrap_or(machine);
        let id = id_of(it.id());
        let size = self.catalog_sizes.entry(id_of(&it.catalog_id));
        *size.or_default() += 1;
        self.machines.push(Machine {
            serial,
            uid: it.uid(),
            id,
            name: it.name().to_owned(),
            catalog: id_of(&it.catalog_id),
            group: it.delivery_group_id.as_deref().map(id_of),
            seed: hash(&[site.seed(), hash_text(machine.name())]),
            past,
            now: present.map(|it| Now {
                power: it.power_state,
                registration: it.registration_state,
                in_maintenance: it.in_maintenance_mode,
                is_managed: it.power_managed,
                sessions: it.session_count,
                deregistered: it.last_deregistration.map(moment),
            }),
        });
    }

    fn take_records(&mut self, customer: &Customer) {
        for (place, record) in std::mem::take(&mut self.records).into_iter().enumerate() {
            self.user(&record.user, customer);
            self.visit_keys.insert(record.key, place);
            let machine = self.machine_ids.get(&record.machine);
            if let Some(machine) = machine.map(|it| self.machines[*it].serial) {
                self.records_of.entry(machine).or_default().push(place);
            }
            self.records.push(record);
        }
        // A site without any past users gets a few.
        if self.users.is_empty() && !self.machines.is_empty() {
            let domain = self.machines[0].name.split('\\').next();
            let domain = domain.unwrap_or("DEMOLAB").to_owned();
            for number in 1..=9 {
                let name = format!(r"{domain}\user{number:05}");
                self.user(&name, customer);
            }
        }
    }

    /// Returns a user by name, and adds new users.
    fn user(&mut self, name: &str, customer: &Customer) -> usize {
        let id = user_id(name);
        if let Some(place) = self.user_ids.get(&id) {
            return *place;
        }
        let mut sites = customer.sites().iter();
        let known = sites.find_map(|it| it.resources(ResourceKind::User).get(name));
        let full_name = known.and_then(|it| it.fields.get("DisplayName")?.as_str());
        self.user_ids.insert(id, self.users.len());
        self.users.push(User {
            id,
            name: name.to_owned(),
            full_name: full_name.map(str::to_owned),
        });
        self.users.len() - 1
    }

    /// With enough machines, one of them makes launches fail.
    fn choose_black_hole(&self) -> Option<u32> {
        const LARGE: usize = 10;
        let usable = self.machines.iter().filter(|it| {
            let is_ready = it.now.is_some_and(|now| {
                now.registration == RegistrationState::Registered && !now.in_maintenance
            });
            // No session runs on it that would show that it works.
            let is_free = it.past.is_some_and(|it| it.until == self.born);
            is_ready && is_free && !self.is_unused(it)
        });
        let worst = usable.min_by_key(|it| it.seed)?;
        (self.machines.len() >= LARGE).then_some(worst.serial)
    }

    /// Returns whether a machine has been unused for a month. A last use before all retained data does not count,
    /// because worlds in tests are often older than their clocks.
    pub(crate) fn is_unused(&self, machine: &Machine) -> bool {
        let unused = self.born - 120 * DAY..self.born - 30 * DAY;
        let last = machine.past.and_then(|it| it.last_use);
        last.is_some_and(|it| unused.contains(&it))
    }

    /// Returns when the site was created, long before the retained data.
    pub(crate) fn founded(&self) -> i64 {
        self.born - 400 * DAY
    }

    pub(crate) fn machine(&self, serial: u32) -> Option<&Machine> {
        let place = self.machines.binary_search_by_key(&serial, |it| it.serial);
        self.machines.get(place.ok()?)
    }

    pub(crate) fn catalog_size(&self, catalog: Uuid) -> usize {
        self.catalog_sizes.get(&catalog).copied().unwrap_or(0)
    }

    pub(crate) fn machine_by_id(&self, id: Uuid) -> Option<&Machine> {
        self.machines.get(*self.machine_ids.get(&id)?)
    }

    pub(crate) fn user_place(&self, id: i64) -> Option<usize> {
        self.user_ids.get(&id).copied()
    }

    pub(crate) fn visit_by_key(&self, key: Uuid) -> Option<&SessionRecord> {
        self.records.get(*self.visit_keys.get(&key)?)
    }

    pub(crate) fn visit_by_number(&self, number: u64) -> Option<&SessionRecord> {
        let place = self.records.binary_search_by_key(&number, |it| it.number);
        self.records.get(place.ok()?)
    }

    pub(crate) fn records_of(&self, machine: u32) -> impl Iterator<Item = &SessionRecord> {
        let places = self.records_of.get(&machine).into_iter().flatten();
        places.map(|place| &self.records[*place])
    }
}

fn object(resource: &Resource, is_there: bool) -> Object {
    Object {
        id: id_of(resource.id()),
        name: resource.name.clone(),
        fields: resource.fields.clone(),
        is_there,
    }
}

/// Returns the objects that exist now, followed by those that existed only at the start.
fn objects(sites: &[ThenAndNow<'_>], kind: ResourceKind) -> Vec<Object> {
    let mut objects = Vec::new();
    for site in sites {
        let now = site.now.resources(kind).iter();
        objects.extend(now.map(|it| object(it, true)));
    }
    for site in sites {
        let then = site.then.into_iter();
        let then = then.flat_map(|it| it.resources(kind).iter());
        let gone = then.filter(|it| !site.now.resources(kind).contains(it.id()));
        objects.extend(gone.map(|it| object(it, false)));
    }
    objects
}
