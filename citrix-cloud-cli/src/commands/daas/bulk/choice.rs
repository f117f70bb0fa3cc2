//! Which machines or sessions, as options.

use citrix_cloud::bulk::{MachineSelection, SessionSelection};
use citrix_cloud::daas::Site;
use clap::Args;

use super::named::Named;
use super::names;
use super::selectors::{MachineSelectors, SessionSelectors};
use crate::arguments::id_or_name;
use crate::exit::Failure;
use crate::source::{Source, source};

/// Which machines to act on; at least one of the options is needed.
#[derive(Debug, Args)]
#[group(id = "machine-choice", required = true, multiple = true, args = MACHINES)]
pub(crate) struct MachineChoice {
    #[command(flatten)]
    selectors: MachineSelectors,
    /// Those listed in this file by id or name, one per line, as CSV or as JSON; - reads standard
    /// input.
    #[arg(long, value_name = "FILE", value_parser = source)]
    ids: Option<Source>,
    /// All machines of the site.
    #[arg(long)]
    all: bool,
}

/// The options that choose machines.
const MACHINES: [&str; 13] = [
    "catalog",
    "delivery_group",
    "name",
    "user",
    "state",
    "power",
    "registration",
    "tag",
    "zone",
    "idle_for",
    "disconnected_for",
    "ids",
    "all",
];

impl MachineChoice {
    /// What of it is named, so that it must exist.
    pub(crate) fn named(&self) -> Result<Named, Failure> {
        Ok(Named {
            short_names: true,
            ids: self.ids.as_ref().map(ids).transpose()?,
            ..self.selectors.named()
        })
    }

    /// The machines; `named` is what was read of this choice before.
    pub(crate) fn of(&self, site: &Site, named: &Named) -> MachineSelection {
        let chosen = self.selectors.of(site);
        match &named.ids {
            Some(ids) => chosen.ids(ids),
            None => chosen,
        }
    }
}

/// Which sessions to act on; at least one of the options is needed.
#[derive(Debug, Args)]
#[group(id = "session-choice", required = true, multiple = true, args = SESSIONS)]
pub(crate) struct SessionChoice {
    #[command(flatten)]
    selectors: SessionSelectors,
    /// Those listed in this file by id, one per line, as CSV or as JSON; - reads standard input.
    #[arg(long, value_name = "FILE", value_parser = source)]
    ids: Option<Source>,
    /// All sessions of the site.
    #[arg(long)]
    all: bool,
}

/// The options that choose sessions.
const SESSIONS: [&str; 12] = [
    "catalog",
    "delivery_group",
    "machine",
    "user",
    "state",
    "power",
    "registration",
    "tag",
    "zone",
    "disconnected_for",
    "ids",
    "all",
];

impl SessionChoice {
    /// What of it is named, so that it must exist.
    pub(crate) fn named(&self) -> Result<Named, Failure> {
        Ok(Named {
            ids: self.ids.as_ref().map(ids).transpose()?,
            ..self.selectors.named()
        })
    }

    /// The sessions; `named` is what was read of this choice before.
    pub(crate) fn of(&self, site: &Site, named: &Named) -> SessionSelection {
        let chosen = self.selectors.of(site);
        match &named.ids {
            Some(ids) => chosen.ids(ids),
            None => chosen,
        }
    }
}

fn ids(source: &Source) -> Result<Vec<String>, Failure> {
    let refused = |words: String| Failure::Usage(format!("--ids {source}: {words}"));
    let text = source.read().map_err(refused)?;
    let mut ids = Vec::new();
    for (id, place) in names::of(&text).map_err(refused)? {
        let id = id_or_name(&id).map_err(|words| refused(format!("{place}: {words}")))?;
        ids.push(id);
    }
    match ids.is_empty() {
        true => Err(refused("it names nothing".to_owned())),
        false => Ok(ids),
    }
}
