//! What machines or sessions are chosen by, for lists and actions alike.
//!
//! Options of different kinds narrow each other, and a repeated one widens.

use std::time::Duration;

use citrix_cloud::bulk::{MachineSelection, SessionSelection};
use citrix_cloud::daas::Site;
use citrix_cloud::models::{PowerState, RegistrationState, SessionState, SummaryState};
use clap::Args;

use super::named::Named;
use crate::arguments::{duration, id_or_name, one_of};
use crate::completion::Kind;

/// What machines are chosen by.
#[derive(Debug, Args)]
#[group(skip)]
#[command(next_help_heading = HEADING)]
pub(crate) struct MachineSelectors {
    /// Those of this catalog, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = Kind::CATALOGS.completer())]
    catalog: Vec<String>,
    /// Those of this delivery group, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = Kind::DELIVERY_GROUPS.completer())]
    delivery_group: Vec<String>,
    /// Those whose name, with or without its domain, matches this pattern with * and ?.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    #[arg(add = Kind::Machines.completer())]
    name: Vec<String>,
    /// Those with a session of a user whose name, with or without its domain, matches this pattern.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    #[arg(add = Kind::Users.completer())]
    user: Vec<String>,
    /// Those whose state in one word is this one.
    #[arg(long, value_parser = one_of(SummaryState::KNOWN), ignore_case = true)]
    state: Vec<String>,
    /// Those in this power state.
    #[arg(long, value_name = "STATE", value_parser = one_of(PowerState::KNOWN), ignore_case = true)]
    power: Vec<String>,
    /// Those in this registration state.
    #[arg(long, value_name = "STATE", value_parser = one_of(RegistrationState::KNOWN))]
    #[arg(ignore_case = true)]
    registration: Vec<String>,
    /// Those with this tag.
    #[arg(long, value_name = "NAME", value_parser = pattern)]
    #[arg(add = Kind::TAGS.completer())]
    tag: Vec<String>,
    /// Those in this zone, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = Kind::ZONES.completer())]
    zone: Vec<String>,
    /// Those without sessions whose last connection is known to be at least this long ago.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    idle_for: Option<Duration>,
    /// Those whose one session is known to have been disconnected for at least this long.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    disconnected_for: Option<Duration>,
}

/// Above the options, so that it is said once how they go together.
const HEADING: &str = "Selectors (different ones narrow the selection, repeated ones widen it)";

impl MachineSelectors {
    /// What of them is named, so that it must exist.
    pub(crate) fn named(&self) -> Named {
        Named {
            catalogs: self.catalog.clone(),
            groups: self.delivery_group.clone(),
            tags: self.tag.clone(),
            zones: self.zone.clone(),
            patterns: self.name.clone(),
            users: self.user.clone(),
            ..Named::default()
        }
    }

    /// The machines.
    pub(crate) fn of(&self, site: &Site) -> MachineSelection {
        let mut chosen = site.select_machines();
        for catalog in &self.catalog {
            chosen = chosen.machine_catalog(catalog);
        }
        for group in &self.delivery_group {
            chosen = chosen.delivery_group(group);
        }
        for pattern in &self.name {
            chosen = chosen.name(pattern);
        }
        for pattern in &self.user {
            chosen = chosen.user(pattern);
        }
        for state in &self.state {
            chosen = chosen.summary_state(state.as_str());
        }
        for state in &self.power {
            chosen = chosen.power_state(state.as_str());
        }
        for state in &self.registration {
            chosen = chosen.registration_state(state.as_str());
        }
        for tag in &self.tag {
            chosen = chosen.tag(tag);
        }
        for zone in &self.zone {
            chosen = chosen.zone(zone);
        }
        if let Some(least) = self.idle_for {
            chosen = chosen.idle_for(least);
        }
        if let Some(least) = self.disconnected_for {
            chosen = chosen.disconnected_for(least);
        }
        chosen
    }
}

/// What sessions are chosen by.
#[derive(Debug, Args)]
#[group(skip)]
#[command(next_help_heading = HEADING)]
pub(crate) struct SessionSelectors {
    /// Those on machines of this catalog, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = Kind::CATALOGS.completer())]
    catalog: Vec<String>,
    /// Those on machines of this delivery group, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = Kind::DELIVERY_GROUPS.completer())]
    delivery_group: Vec<String>,
    /// Those on machines whose name, with or without its domain, matches this pattern with * and ?.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    #[arg(add = Kind::Machines.completer())]
    machine: Vec<String>,
    /// Those of users whose name, with or without its domain, matches this pattern.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    #[arg(add = Kind::Users.completer())]
    user: Vec<String>,
    /// Those in this state.
    #[arg(long, value_parser = one_of(SessionState::KNOWN), ignore_case = true)]
    state: Vec<String>,
    /// Those on machines in this power state.
    #[arg(long, value_name = "STATE", value_parser = one_of(PowerState::KNOWN), ignore_case = true)]
    power: Vec<String>,
    /// Those on machines in this registration state.
    #[arg(long, value_name = "STATE", value_parser = one_of(RegistrationState::KNOWN))]
    #[arg(ignore_case = true)]
    registration: Vec<String>,
    /// Those on machines with this tag.
    #[arg(long, value_name = "NAME", value_parser = pattern)]
    #[arg(add = Kind::TAGS.completer())]
    tag: Vec<String>,
    /// Those on machines in this zone, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = Kind::ZONES.completer())]
    zone: Vec<String>,
    /// Those that are known to have been disconnected for at least this long.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    disconnected_for: Option<Duration>,
}

impl SessionSelectors {
    /// What of them is named, so that it must exist.
    pub(crate) fn named(&self) -> Named {
        Named {
            catalogs: self.catalog.clone(),
            groups: self.delivery_group.clone(),
            tags: self.tag.clone(),
            zones: self.zone.clone(),
            patterns: self.machine.clone(),
            users: self.user.clone(),
            ..Named::default()
        }
    }

    /// The sessions.
    pub(crate) fn of(&self, site: &Site) -> SessionSelection {
        let mut chosen = site.select_sessions();
        for catalog in &self.catalog {
            chosen = chosen.machine_catalog(catalog);
        }
        for group in &self.delivery_group {
            chosen = chosen.delivery_group(group);
        }
        for pattern in &self.machine {
            chosen = chosen.machine(pattern);
        }
        for pattern in &self.user {
            chosen = chosen.user(pattern);
        }
        for state in &self.state {
            chosen = chosen.state(state.as_str());
        }
        for state in &self.power {
            chosen = chosen.power_state(state.as_str());
        }
        for state in &self.registration {
            chosen = chosen.registration_state(state.as_str());
        }
        for tag in &self.tag {
            chosen = chosen.tag(tag);
        }
        for zone in &self.zone {
            chosen = chosen.zone(zone);
        }
        if let Some(least) = self.disconnected_for {
            chosen = chosen.disconnected_for(least);
        }
        chosen
    }
}

fn pattern(text: &str) -> Result<String, String> {
    match text {
        "" => Err("a name or a pattern such as VDA-1*".to_owned()),
        text => Ok(text.to_owned()),
    }
}
