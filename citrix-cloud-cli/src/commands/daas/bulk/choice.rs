//! Which machines or sessions, as options.

use citrix_cloud::bulk::{MachineSelection, SessionSelection};
use citrix_cloud::daas::Site;
use citrix_cloud::models::SessionState;
use clap::Args;

use super::named::Named;
use super::names;
use crate::arguments::id_or_name;
use crate::exit::Failure;
use crate::source::{Source, source};

/// Which machines; the options add up.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct MachineChoice {
    /// Those of this catalog, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    catalog: Option<String>,
    /// Those of this delivery group, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    delivery_group: Option<String>,
    /// Those whose name, with or without its domain, matches this pattern with * and ?.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    name: Option<String>,
    /// Those that this file names, by id or name, one a line or as CSV; - reads standard input.
    #[arg(long, value_name = "FILE", value_parser = source)]
    ids: Option<Source>,
    /// All machines of the site.
    #[arg(long)]
    all: bool,
}

impl MachineChoice {
    /// What of it is named, so that it must exist.
    pub(crate) fn named(&self) -> Result<Named, Failure> {
        Ok(Named {
            catalog: self.catalog.clone(),
            group: self.delivery_group.clone(),
            pattern: self.name.clone(),
            short_names: true,
            ids: self.ids.as_ref().map(ids).transpose()?,
        })
    }

    /// The machines; `named` is what was read of this choice before.
    pub(crate) fn of(&self, site: &Site, named: &Named) -> MachineSelection {
        let mut chosen = site.select_machines();
        if let Some(catalog) = &self.catalog {
            chosen = chosen.machine_catalog(catalog);
        }
        if let Some(group) = &self.delivery_group {
            chosen = chosen.delivery_group(group);
        }
        if let Some(pattern) = &self.name {
            chosen = chosen.name(pattern);
        }
        if let Some(ids) = &named.ids {
            chosen = chosen.ids(ids);
        }
        chosen
    }
}

/// Which sessions; the options add up.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct SessionChoice {
    /// Those on machines of this catalog, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    catalog: Option<String>,
    /// Those on machines of this delivery group, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    delivery_group: Option<String>,
    /// Those on machines whose name, with or without its domain, matches this pattern with * and ?.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    machine: Option<String>,
    /// Those whose user has gone.
    #[arg(long)]
    disconnected: bool,
    /// Those that this file names, by id, one a line or as CSV; - reads standard input.
    #[arg(long, value_name = "FILE", value_parser = source)]
    ids: Option<Source>,
    /// All sessions of the site.
    #[arg(long)]
    all: bool,
}

impl SessionChoice {
    /// What of it is named, so that it must exist.
    pub(crate) fn named(&self) -> Result<Named, Failure> {
        Ok(Named {
            catalog: self.catalog.clone(),
            group: self.delivery_group.clone(),
            pattern: self.machine.clone(),
            short_names: false,
            ids: self.ids.as_ref().map(ids).transpose()?,
        })
    }

    /// The sessions; `named` is what was read of this choice before.
    pub(crate) fn of(&self, site: &Site, named: &Named) -> SessionSelection {
        let mut chosen = site.select_sessions();
        if let Some(catalog) = &self.catalog {
            chosen = chosen.machine_catalog(catalog);
        }
        if let Some(group) = &self.delivery_group {
            chosen = chosen.delivery_group(group);
        }
        if let Some(pattern) = &self.machine {
            chosen = chosen.machine(pattern);
        }
        if self.disconnected {
            chosen = chosen.state(SessionState::Disconnected);
        }
        if let Some(ids) = &named.ids {
            chosen = chosen.ids(ids);
        }
        chosen
    }
}

fn pattern(text: &str) -> Result<String, String> {
    match text {
        "" => Err("a pattern such as VDA-1*".to_owned()),
        text => Ok(text.to_owned()),
    }
}

fn ids(source: &Source) -> Result<Vec<String>, Failure> {
    let refused = |words: String| Failure::Usage(format!("--ids {source}: {words}"));
    let text = source.read().map_err(refused)?;
    let mut ids = Vec::new();
    for (id, line) in names::of(&text) {
        let id = id_or_name(&id).map_err(|words| refused(format!("line {line}: {words}")))?;
        ids.push(id);
    }
    match ids.is_empty() {
        true => Err(refused("it names nothing".to_owned())),
        false => Ok(ids),
    }
}
