//! Which machines or sessions to act on, as options.

use citrix_cloud::bulk::{MachineSelection, SessionSelection};
use citrix_cloud::daas::Site;
use clap::Args;

use super::named::Named;
use super::names;
use super::selectors::{MachineSelectors, Selectors as _, SessionSelectors};
use crate::arguments::id_or_name;
use crate::completion::NameKind;
use crate::exit::Failure;
use crate::source::{Source, source};

/// Which machines to act on; at least one of the options is needed.
#[derive(Debug, Args)]
#[group(id = "machine-choice", required = true, multiple = true, args = MACHINES)]
pub(crate) struct MachineChoice {
    /// Machines by id, or by name with or without the domain.
    #[arg(value_name = "MACHINE", value_parser = id_or_name)]
    #[arg(add = NameKind::Machines.completer())]
    machine: Vec<String>,
    #[command(flatten)]
    selectors: MachineSelectors,
    /// Machines listed in this file by id or name, one per line, as CSV or as JSON; - reads standard
    /// input.
    #[arg(long, value_name = "FILE", value_parser = source)]
    ids: Option<Source>,
    /// All machines of the site.
    #[arg(long)]
    all: bool,
}

/// The arguments that select machines.
const MACHINES: [&str; 14] = [
    "machine",
    "name",
    "catalog",
    "delivery_group",
    "zone",
    "tag",
    "power",
    "registration",
    "user",
    "disconnected_for",
    "state",
    "idle_for",
    "ids",
    "all",
];

impl MachineChoice {
    /// Returns the named objects, which must exist.
    pub(crate) fn named(&self) -> Result<Named, Failure> {
        Ok(Named {
            short_names: true,
            ids: ids(&self.machine, self.ids.as_ref())?,
            ..self.selectors.named()
        })
    }

    /// Returns the machines; `named` was parsed from this choice before.
    pub(crate) fn of(&self, site: &Site, named: &Named) -> MachineSelection {
        named.one_by_one(self.selectors.of(site))
    }
}

/// Which sessions to act on; at least one of the options is needed.
#[derive(Debug, Args)]
#[group(id = "session-choice", required = true, multiple = true, args = SESSIONS)]
pub(crate) struct SessionChoice {
    /// Sessions by id.
    #[arg(value_name = "ID", value_parser = id_or_name)]
    session: Vec<String>,
    #[command(flatten)]
    selectors: SessionSelectors,
    /// Sessions listed in this file by id, one per line, as CSV or as JSON; - reads standard input.
    #[arg(long, value_name = "FILE", value_parser = source)]
    ids: Option<Source>,
    /// All sessions of the site.
    #[arg(long)]
    all: bool,
}

/// The arguments that select sessions.
const SESSIONS: [&str; 13] = [
    "session",
    "machine",
    "catalog",
    "delivery_group",
    "zone",
    "tag",
    "power",
    "registration",
    "user",
    "disconnected_for",
    "state",
    "ids",
    "all",
];

impl SessionChoice {
    /// Returns the named objects, which must exist.
    pub(crate) fn named(&self) -> Result<Named, Failure> {
        Ok(Named {
            ids: ids(&self.session, self.ids.as_ref())?,
            ..self.selectors.named()
        })
    }

    /// Returns the sessions; `named` was parsed from this choice before.
    pub(crate) fn of(&self, site: &Site, named: &Named) -> SessionSelection {
        named.one_by_one(self.selectors.of(site))
    }
}

/// Returns the objects named one by one, as arguments or in a file, if any were given.
fn ids(given: &[String], file: Option<&Source>) -> Result<Option<Vec<String>>, Failure> {
    let mut ids = given.to_vec();
    if let Some(source) = file {
        ids.extend(listed(source)?);
    }
    Ok((!ids.is_empty()).then_some(ids))
}

fn listed(source: &Source) -> Result<Vec<String>, Failure> {
    let refused = |words: String| Failure::Usage(format!("--ids {source}: {words}"));
    let text = source.read().map_err(refused)?;
    let mut ids = Vec::new();
    for (id, place) in names::of(&text).map_err(refused)? {
        let id = id_or_name(&id).map_err(|words| refused(format!("{place}: {words}")))?;
        ids.push(id);
    }
    match ids.is_empty() {
        true => Err(refused("it contains no ids or names".to_owned())),
        false => Ok(ids),
    }
}
