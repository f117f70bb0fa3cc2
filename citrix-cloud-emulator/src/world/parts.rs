//! A world as a list of changes, so that it can be written down and put together again.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::Error;
use serde_json::value::RawValue;

use super::collection::{Collection, Member};
use super::resource::Kind;
use super::{Administrator, World};

/// One member of one collection as it became; without a document, it is gone.
#[derive(Debug, Deserialize)]
pub(crate) struct Change<'a>(
    #[serde(borrow)] pub(crate) std::borrow::Cow<'a, str>,
    pub(crate) u64,
    #[serde(borrow)] pub(crate) Option<&'a RawValue>,
);

/// What can be done to every collection alike.
trait Visitor {
    fn visit<T>(&mut self, part: &str, collection: &mut Collection<T>) -> Result<(), Error>
    where
        T: Member + Serialize + DeserializeOwned;
}

impl World {
    /// A world with nothing in it, to be filled.
    pub(crate) fn empty(administrator: Administrator) -> Self {
        Self {
            clients: Collection::default(),
            administrator,
            customers: Collection::default(),
            services: Collection::default(),
            resource_locations: Collection::default(),
            notifications: Collection::default(),
            service_principals: Collection::default(),
            catalogs: Collection::default(),
            machines: Collection::default(),
            sessions: Collection::default(),
            jobs: Collection::default(),
            resources: super::Resources::default(),
            schedule: super::Schedule::default(),
            identity: super::Identity::default(),
        }
    }

    fn visit(&mut self, visitor: &mut impl Visitor) -> Result<(), Error> {
        self.visit_typed(visitor)?;
        for (kind, resources) in self.resources.by_kind_mut() {
            visitor.visit(&kind.name(), resources)?;
        }
        Ok(())
    }

    fn visit_typed(&mut self, visitor: &mut impl Visitor) -> Result<(), Error> {
        // Without `..`, so that a new member cannot be forgotten.
        let Self {
            clients,
            administrator: _,
            customers,
            services,
            resource_locations,
            notifications,
            service_principals,
            catalogs,
            machines,
            sessions,
            jobs,
            resources: _,
            schedule,
            identity: _,
        } = self;
        visitor.visit("clients", clients)?;
        visitor.visit("customers", customers)?;
        visitor.visit("services", services)?;
        visitor.visit("resourceLocations", resource_locations)?;
        visitor.visit("notifications", notifications)?;
        visitor.visit("servicePrincipals", service_principals)?;
        visitor.visit("catalogs", catalogs)?;
        visitor.visit("machines", machines)?;
        visitor.visit("sessions", sessions)?;
        visitor.visit("jobs", jobs)?;
        visitor.visit("schedule", schedule.planned_mut())
    }

    /// Takes everything as it is now for known: from here on, only new changes are changes.
    pub(crate) fn settle(&mut self) {
        struct Settle;
        impl Visitor for Settle {
            fn visit<T: Member>(&mut self, _: &str, it: &mut Collection<T>) -> Result<(), Error> {
                it.settle();
                Ok(())
            }
        }
        // Settling cannot fail.
        let _ = self.visit(&mut Settle);
    }

    /// Writes what changed since [`settle`](Self::settle), as [`Change`]s with commas between them.
    pub(crate) fn write_changes(&mut self) -> Result<Vec<u8>, Error> {
        struct Changes(Vec<u8>);
        impl Visitor for Changes {
            fn visit<T: Member + Serialize>(
                &mut self,
                part: &str,
                it: &mut Collection<T>,
            ) -> Result<(), Error> {
                let mut changes = it.changes();
                changes.try_for_each(|(serial, member)| write(&mut self.0, part, serial, member))
            }
        }
        let mut changes = Changes(Vec::new());
        self.visit(&mut changes)?;
        Ok(changes.0)
    }

    /// Writes everything, as [`Change`]s with commas between them, a bounded number in each text.
    pub(crate) fn write_all(&mut self) -> Result<Vec<Vec<u8>>, Error> {
        const ENOUGH: usize = 256 * 1024;
        struct All(Vec<Vec<u8>>);
        impl Visitor for All {
            fn visit<T: Member + Serialize>(
                &mut self,
                part: &str,
                it: &mut Collection<T>,
            ) -> Result<(), Error> {
                for (serial, member) in it.after(0) {
                    if self.0.last().is_none_or(|text| text.len() > ENOUGH) {
                        self.0.push(Vec::with_capacity(ENOUGH));
                    }
                    if let Some(text) = self.0.last_mut() {
                        write(text, part, serial, Some(member))?;
                    }
                }
                Ok(())
            }
        }
        let mut all = All(Vec::new());
        self.visit(&mut all)?;
        Ok(all.0)
    }

    /// Makes one member what a change says that it became.
    pub(crate) fn restore(&mut self, change: &Change<'_>) -> Result<(), Error> {
        struct Restore<'a>(&'a Change<'a>, bool);
        impl Visitor for Restore<'_> {
            fn visit<T: Member + DeserializeOwned>(
                &mut self,
                part: &str,
                it: &mut Collection<T>,
            ) -> Result<(), Error> {
                let Change(wanted, serial, document) = self.0;
                if wanted == part {
                    let member = document.map(|it| serde_json::from_str(it.get()));
                    it.restore(*serial, member.transpose()?);
                    self.1 = true;
                }
                Ok(())
            }
        }
        let mut restore = Restore(change, false);
        match Kind::named(&change.0) {
            Some(kind) => restore.visit(&change.0, self.resources_mut(kind))?,
            None => self.visit_typed(&mut restore)?,
        }
        if restore.1 {
            Ok(())
        } else {
            Err(Error::custom(format_args!(
                "there is nothing called '{}'",
                change.0
            )))
        }
    }
}

fn write<T: Serialize>(
    out: &mut Vec<u8>,
    part: &str,
    serial: u64,
    member: Option<&T>,
) -> Result<(), Error> {
    if !out.is_empty() {
        out.push(b',');
    }
    serde_json::to_writer(out, &(part, serial, member))
}
