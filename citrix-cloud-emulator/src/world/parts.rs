//! A world as a list of changes, so that it can be saved and restored.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Error;
use serde_json::value::RawValue;

use super::collection::{Collection, Member};
use super::platform::Platform;
use super::resource::ResourceKind;
use super::{Site, World};

/// A changed member of a collection; without a document, it was removed.
#[derive(Debug, Deserialize)]
pub(crate) struct Change<'a>(
    #[serde(borrow)] pub(crate) std::borrow::Cow<'a, str>,
    pub(crate) u64,
    #[serde(borrow)] pub(crate) Option<&'a RawValue>,
);

/// The owner of a collection: the world, a customer, or a site, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    World,
    Customer(usize),
    Site(usize, usize),
}

/// A collection by position and name, such as `0.1.machines`.
struct Path<'a>(At, &'a str);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            At::World => {}
            At::Customer(customer) => write!(f, "{customer}.")?,
            At::Site(customer, site) => write!(f, "{customer}.{site}.")?,
        }
        f.write_str(self.1)
    }
}

impl Serialize for Path<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'a> Path<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.rsplit('.');
        let name = parts.next()?;
        let mut places = parts.map(str::parse);
        let at = match (places.next(), places.next(), places.next()) {
            (None, ..) => At::World,
            (Some(Ok(customer)), None, _) => At::Customer(customer),
            (Some(Ok(site)), Some(Ok(customer)), None) => At::Site(customer, site),
            _ => return None,
        };
        Some(Self(at, name))
    }
}

/// An action on every collection.
trait Visitor {
    fn visit<T>(&mut self, at: At, part: &str, collection: &mut Collection<T>) -> Result<(), Error>
    where
        T: Member + Serialize + DeserializeOwned;
}

impl World {
    fn visit(&mut self, visitor: &mut impl Visitor) -> Result<(), Error> {
        visitor.visit(At::World, "clients", &mut self.clients)?;
        for (place, customer) in self.customers.iter_mut().enumerate() {
            let at = At::Customer(place);
            visit_platform(&mut customer.platform, at, visitor)?;
            for (kind, resources) in customer.platform.resources.by_kind_mut() {
                visitor.visit(at, &kind.name(), resources)?;
            }
            for (number, site) in customer.sites_mut().iter_mut().enumerate() {
                let at = At::Site(place, number);
                visit_site(site, at, visitor)?;
                for (kind, resources) in site.resources.by_kind_mut() {
                    visitor.visit(at, &kind.name(), resources)?;
                }
            }
        }
        Ok(())
    }

    /// Marks the current content as unchanged, so that only later changes are written.
    pub(crate) fn settle(&mut self) {
        struct Settle;
        impl Visitor for Settle {
            fn visit<T: Member>(
                &mut self,
                _: At,
                _: &str,
                it: &mut Collection<T>,
            ) -> Result<(), Error> {
                it.settle();
                Ok(())
            }
        }
        // Settling cannot fail.
        let _ = self.visit(&mut Settle);
    }

    /// Serializes the changes since [`settle`](Self::settle), as [`Change`]s separated by commas.
    pub(crate) fn write_changes(&mut self) -> Result<Vec<u8>, Error> {
        struct Changes(Vec<u8>);
        impl Visitor for Changes {
            fn visit<T: Member + Serialize>(
                &mut self,
                at: At,
                part: &str,
                it: &mut Collection<T>,
            ) -> Result<(), Error> {
                let mut changes = it.changes();
                let path = Path(at, part);
                changes.try_for_each(|(serial, member)| write(&mut self.0, &path, serial, member))
            }
        }
        let mut changes = Changes(Vec::new());
        self.visit(&mut changes)?;
        Ok(changes.0)
    }

    /// Serializes everything, as [`Change`]s separated by commas, with a bounded number in each text.
    pub(crate) fn write_all(&mut self) -> Result<Vec<Vec<u8>>, Error> {
        const ENOUGH: usize = 256 * 1024;
        struct All(Vec<Vec<u8>>);
        impl Visitor for All {
            fn visit<T: Member + Serialize>(
                &mut self,
                at: At,
                part: &str,
                it: &mut Collection<T>,
            ) -> Result<(), Error> {
                for (serial, member) in it.after(0) {
                    if self.0.last().is_none_or(|text| text.len() > ENOUGH) {
                        self.0.push(Vec::with_capacity(ENOUGH));
                    }
                    if let Some(text) = self.0.last_mut() {
                        write(text, &Path(at, part), serial, Some(member))?;
                    }
                }
                Ok(())
            }
        }
        let mut all = All(Vec::new());
        self.visit(&mut all)?;
        Ok(all.0)
    }

    /// Restores one member from a change.
    pub(crate) fn restore(&mut self, change: &Change<'_>) -> Result<(), Error> {
        struct Restore<'a>(&'a str, &'a Change<'a>, bool);
        impl Visitor for Restore<'_> {
            fn visit<T: Member + DeserializeOwned>(
                &mut self,
                _: At,
                part: &str,
                it: &mut Collection<T>,
            ) -> Result<(), Error> {
                let Self(wanted, Change(_, serial, document), found) = self;
                if *wanted == part {
                    let member = document.map(|it| serde_json::from_str(it.get()));
                    it.restore(*serial, member.transpose()?);
                    *found = true;
                }
                Ok(())
            }
        }
        let nothing = || Error::custom(format_args!("there is nothing called '{}'", change.0));
        let Path(at, name) = Path::read(&change.0).ok_or_else(nothing)?;
        let mut restore = Restore(name, change, false);
        match at {
            At::World => restore.visit(at, "clients", &mut self.clients)?,
            At::Customer(customer) => {
                let customer = self.customers.get_mut(customer).ok_or_else(nothing)?;
                let platform = &mut customer.platform;
                match ResourceKind::named(name) {
                    Some(kind) => restore.visit(at, name, platform.resources.of_mut(kind))?,
                    None => visit_platform(platform, at, &mut restore)?,
                }
            }
            At::Site(customer, site) => {
                let customer = self.customers.get_mut(customer).ok_or_else(nothing)?;
                let site = customer.sites_mut().get_mut(site).ok_or_else(nothing)?;
                match ResourceKind::named(name) {
                    Some(kind) => restore.visit(at, name, site.resources.of_mut(kind))?,
                    None => visit_site(site, at, &mut restore)?,
                }
            }
        }
        if restore.2 { Ok(()) } else { Err(nothing()) }
    }
}

/// Visits the collections that do not hold a [`Resource`](super::Resource).
fn visit_platform(
    platform: &mut Platform,
    at: At,
    visitor: &mut impl Visitor,
) -> Result<(), Error> {
    // Destructured without `..`, so that a new field cannot be forgotten.
    let Platform {
        services,
        resource_locations,
        notifications,
        service_principals,
        resources: _,
    } = platform;
    visitor.visit(at, "services", services)?;
    visitor.visit(at, "resourceLocations", resource_locations)?;
    visitor.visit(at, "notifications", notifications)?;
    visitor.visit(at, "servicePrincipals", service_principals)
}

/// Visits the collections that do not hold a [`Resource`](super::Resource).
fn visit_site(site: &mut Site, at: At, visitor: &mut impl Visitor) -> Result<(), Error> {
    // Destructured without `..`, so that a new field cannot be forgotten.
    let Site {
        id: _,
        name: _,
        machines,
        sessions,
        jobs,
        resources: _,
        schedule,
        primary_zone: _,
        hypervisor: _,
    } = site;
    visitor.visit(at, "machines", machines)?;
    visitor.visit(at, "sessions", sessions)?;
    visitor.visit(at, "jobs", jobs)?;
    visitor.visit(at, "schedule", schedule.planned_mut())
}

fn write<T: Serialize>(
    out: &mut Vec<u8>,
    path: &Path<'_>,
    serial: u64,
    member: Option<&T>,
) -> Result<(), Error> {
    if !out.is_empty() {
        out.push(b',');
    }
    serde_json::to_writer(out, &(path, serial, member))
}
