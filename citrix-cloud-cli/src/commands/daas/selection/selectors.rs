//! The selectors of machines and sessions, for lists and actions alike.
//!
//! Selectors of different kinds narrow the selection, and a repeated one widens it.

use std::collections::BTreeSet;
use std::time::Duration;

use citrix_cloud::Error;
use citrix_cloud::bulk::{MachineSelection, Selection, SessionSelection};
use citrix_cloud::daas::Site;
use citrix_cloud::models::{PowerState, RegistrationState, SessionState, SummaryState};
use citrix_cloud::paging::Items;
use clap::Args;
use serde_json::value::RawValue;

use super::named::Named;
use crate::arguments::{duration, id_or_name, one_of};
use crate::completion::NameKind;

/// The selectors of one kind of object.
pub(crate) trait Selectors {
    /// Returns the named objects, which must exist.
    fn named(&self) -> Named;

    /// Returns the matching objects with these properties, or with all if none are given.
    async fn rows(
        &self,
        site: &Site,
        fields: BTreeSet<String>,
        limit: Option<usize>,
    ) -> Result<Items<Box<RawValue>>, Error>;
}

/// The heading of the options, which explains how they combine.
const HEADING: &str = "Selectors (different ones narrow the selection, repeated ones widen it)";

/// What machines are chosen by, and sessions by the machine they are on.
#[derive(Debug, Args)]
#[group(skip)]
#[command(next_help_heading = HEADING)]
struct CommonSelectors {
    /// Machine catalog, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = NameKind::CATALOGS.completer())]
    catalog: Vec<String>,
    /// Delivery group, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = NameKind::DELIVERY_GROUPS.completer())]
    delivery_group: Vec<String>,
    /// Zone of the machine, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = NameKind::ZONES.completer())]
    zone: Vec<String>,
    /// Tag of the machine.
    #[arg(long, value_name = "NAME", value_parser = pattern)]
    #[arg(add = NameKind::TAGS.completer())]
    tag: Vec<String>,
    /// Power state of the machine.
    #[arg(long, value_name = "STATE", value_parser = one_of(PowerState::KNOWN), ignore_case = true)]
    power: Vec<String>,
    /// Registration state of the machine.
    #[arg(long, value_name = "STATE", value_parser = one_of(RegistrationState::KNOWN))]
    #[arg(ignore_case = true)]
    registration: Vec<String>,
    /// User with a session, by name with or without the domain; * and ? are wildcards.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    #[arg(add = NameKind::Users.completer())]
    user: Vec<String>,
    /// Session that is known to have been disconnected for at least this long.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    disconnected_for: Option<Duration>,
}

impl CommonSelectors {
    fn named(&self) -> Named {
        Named {
            catalogs: self.catalog.clone(),
            groups: self.delivery_group.clone(),
            tags: self.tag.clone(),
            zones: self.zone.clone(),
            users: self.user.clone(),
            ..Named::default()
        }
    }

    fn narrow<T>(&self, chosen: Selection<T>) -> Selection<T> {
        let chosen = self.named().place(chosen);
        let chosen = texts(&self.power).fold(chosen, Selection::power_state);
        let chosen = texts(&self.registration).fold(chosen, Selection::registration_state);
        let chosen = self.user.iter().fold(chosen, Selection::user);
        self.disconnected_for
            .into_iter()
            .fold(chosen, Selection::disconnected_for)
    }
}

/// What machines are chosen by.
#[derive(Debug, Args)]
#[group(skip)]
#[command(next_help_heading = HEADING)]
pub(crate) struct MachineSelectors {
    /// Machine, by name with or without the domain; * and ? are wildcards.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    #[arg(add = NameKind::Machines.completer())]
    name: Vec<String>,
    #[command(flatten)]
    common: CommonSelectors,
    /// Summary state of the machine.
    #[arg(long, value_parser = one_of(SummaryState::KNOWN), ignore_case = true)]
    state: Vec<String>,
    /// Machine without sessions whose last connection is known to be at least this long ago.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    idle_for: Option<Duration>,
}

impl MachineSelectors {
    /// Returns the matching machines.
    pub(crate) fn of(&self, site: &Site) -> MachineSelection {
        let chosen = self.common.narrow(site.select_machines());
        let chosen = self.name.iter().fold(chosen, Selection::name);
        let chosen = texts(&self.state).fold(chosen, Selection::summary_state);
        self.idle_for.into_iter().fold(chosen, Selection::idle_for)
    }
}

impl Selectors for MachineSelectors {
    fn named(&self) -> Named {
        let patterns = self.name.clone();
        Named {
            patterns,
            ..self.common.named()
        }
    }

    async fn rows(
        &self,
        site: &Site,
        fields: BTreeSet<String>,
        limit: Option<usize>,
    ) -> Result<Items<Box<RawValue>>, Error> {
        self.of(site).raw_items(fields, limit).await
    }
}

/// What sessions are chosen by.
#[derive(Debug, Args)]
#[group(skip)]
#[command(next_help_heading = HEADING)]
pub(crate) struct SessionSelectors {
    /// Machine, by name with or without the domain; * and ? are wildcards.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    #[arg(add = NameKind::Machines.completer())]
    machine: Vec<String>,
    #[command(flatten)]
    common: CommonSelectors,
    /// State of the session.
    #[arg(long, value_parser = one_of(SessionState::KNOWN), ignore_case = true)]
    state: Vec<String>,
}

impl SessionSelectors {
    /// Returns the matching sessions.
    pub(crate) fn of(&self, site: &Site) -> SessionSelection {
        let chosen = self.common.narrow(site.select_sessions());
        let chosen = self.machine.iter().fold(chosen, Selection::machine);
        texts(&self.state).fold(chosen, Selection::state)
    }
}

impl Selectors for SessionSelectors {
    fn named(&self) -> Named {
        let patterns = self.machine.clone();
        Named {
            patterns,
            ..self.common.named()
        }
    }

    async fn rows(
        &self,
        site: &Site,
        fields: BTreeSet<String>,
        limit: Option<usize>,
    ) -> Result<Items<Box<RawValue>>, Error> {
        self.of(site).raw_items(fields, limit).await
    }
}

fn texts(values: &[String]) -> impl Iterator<Item = &str> {
    values.iter().map(String::as_str)
}

fn pattern(text: &str) -> Result<String, String> {
    match text {
        "" => Err("a name or a pattern such as VDA-1*".to_owned()),
        text => Ok(text.to_owned()),
    }
}
