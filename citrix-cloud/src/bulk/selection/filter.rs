//! The filters of a selection, and how they apply to objects.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use wildmatch::WildMatch;

use crate::DateTime;
use crate::bulk::snapshot::MACHINE_FIELDS;
use crate::models::{Machine, PowerState, RegistrationState, Session, SessionState, SummaryState};

/// The properties that a check of a session requests.
const SESSION_FIELDS: [&str; 9] = [
    "Id",
    "User",
    "UntrustedUserName",
    "Machine",
    "State",
    "StateChangeTime",
    "FormattedStateChangeTime",
    "LogoffInProgress",
    "IsHidden",
];

/// The filters of a selection. Filters of different kinds narrow it, and several of one kind widen
/// it. A filter that is not set matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::bulk) struct Filter {
    pub(super) catalogs: Vec<String>,
    pub(super) groups: Vec<String>,
    /// Patterns for machine names.
    pub(super) names: Vec<String>,
    /// Patterns for user names.
    pub(super) users: Vec<String>,
    pub(super) zones: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) powers: Vec<PowerState>,
    pub(super) registrations: Vec<RegistrationState>,
    pub(super) summaries: Vec<SummaryState>,
    pub(super) sessions: Vec<SessionState>,
    pub(super) idle_for: Option<Duration>,
    pub(super) disconnected_for: Option<Duration>,
    pub(super) ids: Option<Vec<String>>,
}

impl Filter {
    /// Returns the properties needed to decide whether a machine matches.
    pub(super) fn machine_match_fields(&self) -> Vec<&'static str> {
        // A list of one catalog contains only its machines, so the catalog need not be requested.
        let by_catalog = self.ids.is_none() && self.is_one_catalog();
        let mut needed = self.place_match_fields();
        needed.retain(|it| !(by_catalog && *it == "MachineCatalog"));
        let mut add = |is_needed: bool, more: &[&'static str]| {
            if is_needed {
                needed.extend(more);
            }
        };
        add(!self.users.is_empty(), &["Id"]);
        add(self.ids.is_some(), &["Id", "Name"]);
        add(!self.summaries.is_empty(), &["SummaryState"]);
        let last = [
            "SessionCount",
            "LastConnectionTime",
            "FormattedLastConnectionTime",
        ];
        add(self.idle_for.is_some(), &last);
        let changed = [
            "SessionState",
            "SessionStateChangeTime",
            "FormattedSessionStateChangeTime",
        ];
        add(self.disconnected_for.is_some(), &changed);
        needed
    }

    /// Returns the properties needed to decide whether a session matches.
    pub(super) fn session_match_fields(&self) -> Vec<&'static str> {
        let mut needed = Vec::new();
        let mut add = |is_needed: bool, more: &[&'static str]| {
            if is_needed {
                needed.extend(more);
            }
        };
        add(!self.place_match_fields().is_empty(), &["Machine"]);
        add(self.ids.is_some(), &["Id"]);
        add(!self.users.is_empty(), &["User", "UntrustedUserName"]);
        add(!self.sessions.is_empty(), &["State"]);
        let changed = ["State", "StateChangeTime", "FormattedStateChangeTime"];
        add(self.disconnected_for.is_some(), &changed);
        needed
    }

    /// Returns the machine properties that both machines and sessions are matched by.
    fn place_match_fields(&self) -> Vec<&'static str> {
        let kinds = [
            (self.catalogs.is_empty(), "MachineCatalog"),
            (self.groups.is_empty(), "DeliveryGroup"),
            (self.zones.is_empty(), "Zone"),
            (self.names.is_empty(), "Name"),
            (self.tags.is_empty(), "Tags"),
            (self.powers.is_empty(), "PowerState"),
            (self.registrations.is_empty(), "RegistrationState"),
        ];
        let needed = kinds.into_iter().filter(|(unused, _)| !unused);
        needed.map(|(_, property)| property).collect()
    }

    /// Returns the properties that an action on machines needs.
    pub(super) fn machine_fields(&self) -> BTreeSet<&'static str> {
        let needed = self.machine_match_fields();
        MACHINE_FIELDS.into_iter().chain(needed).collect()
    }

    /// Returns the properties that an action on sessions needs.
    pub(super) fn session_fields(&self) -> BTreeSet<&'static str> {
        let needed = self.session_match_fields();
        SESSION_FIELDS.into_iter().chain(needed).collect()
    }

    /// Returns whether it selects the machines of exactly one catalog.
    pub(super) fn is_one_catalog(&self) -> bool {
        let others = Self {
            catalogs: Vec::new(),
            ids: None,
            ..self.clone()
        };
        self.catalogs.len() == 1 && others == Self::default()
    }

    /// Returns whether it selects everything.
    pub(super) fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the matcher for objects; `machines` are the ids of machines with a session of the
    /// given users.
    pub(super) fn matcher(&self, machines: Option<HashSet<String>>) -> Matcher {
        let patterns = |texts: &[String]| {
            let patterns = texts.iter().map(|it| WildMatch::new_case_insensitive(it));
            patterns.collect()
        };
        Matcher {
            filter: self.clone(),
            names: patterns(&self.names),
            users: patterns(&self.users),
            machines,
            now: Timestamp::now(),
        }
    }
}

/// Decides whether objects match.
pub(super) struct Matcher {
    filter: Filter,
    names: Vec<WildMatch>,
    users: Vec<WildMatch>,
    machines: Option<HashSet<String>>,
    now: Timestamp,
}

impl Matcher {
    pub(super) fn matches_machine(&self, machine: &Machine) -> bool {
        let filter = &self.filter;
        let id = machine.id.clone().unwrap_or_default();
        self.place(machine)
            && in_any(&filter.summaries, machine.summary_state.as_ref())
            && self.machines.as_ref().is_none_or(|it| it.contains(&id))
            && filter.idle_for.is_none_or(|least| {
                let last = machine.formatted_last_connection_time.as_ref();
                let last = moment(last, machine.last_connection_time.as_ref());
                machine.session_count == Some(0) && self.is_older(last, least)
            })
            && filter.disconnected_for.is_none_or(|least| {
                let changed = machine.formatted_session_state_change_time.as_ref();
                let changed = moment(changed, machine.session_state_change_time.as_ref());
                machine.session_state == Some(SessionState::Disconnected)
                    && self.is_older(changed, least)
            })
    }

    pub(super) fn matches_session(&self, session: &Session) -> bool {
        let filter = &self.filter;
        let nowhere = Machine::default();
        let user = session.user.as_ref();
        let names = [
            user.and_then(|it| it.sam_name.as_ref()),
            user.and_then(|it| it.principal_name.as_ref()),
            user.and_then(|it| it.display_name.as_ref()),
            session.untrusted_user_name.as_ref(),
        ];
        self.place(session.machine.as_ref().unwrap_or(&nowhere))
            && in_any(&filter.sessions, session.state.as_ref())
            && matches_any(&self.users, names.into_iter().flatten())
            && filter.disconnected_for.is_none_or(|least| {
                let changed = session.formatted_state_change_time.as_ref();
                let changed = moment(changed, session.state_change_time.as_ref());
                session.state == Some(SessionState::Disconnected) && self.is_older(changed, least)
            })
    }

    /// Returns whether an object with these ids and names is among those selected by id.
    pub(super) fn is_named<'a>(&self, names: impl IntoIterator<Item = Option<&'a str>>) -> bool {
        let Some(ids) = &self.filter.ids else {
            return true;
        };
        let mut names = names.into_iter().flatten();
        names.any(|it| contains(ids, it) || contains(ids, short(it)))
    }

    /// Returns whether a machine, or the machine of a session, matches.
    fn place(&self, machine: &Machine) -> bool {
        let filter = &self.filter;
        // Both references have the same generated type.
        macro_rules! is_one_of {
            ($wanted:expr, $reference:expr) => {{
                let known = $reference.as_ref().map(|it| [&it.id, &it.name]);
                let mut known = known.iter().flatten().copied().flatten();
                $wanted.is_empty() || known.any(|it| contains(&$wanted, it))
            }};
        }
        let listed_by_catalog =
            filter.ids.is_none() && filter.is_one_catalog() && machine.machine_catalog.is_none();
        let mut tags = machine.tags.iter().flatten();
        (listed_by_catalog || is_one_of!(filter.catalogs, machine.machine_catalog))
            && is_one_of!(filter.groups, machine.delivery_group)
            && is_one_of!(filter.zones, machine.zone)
            && in_any(&filter.powers, machine.power_state.as_ref())
            && in_any(&filter.registrations, machine.registration_state.as_ref())
            && (filter.tags.is_empty() || tags.any(|it| contains(&filter.tags, it)))
            && matches_any(&self.names, machine.name.iter())
    }

    /// Returns whether a time is known to be at least `least` ago.
    fn is_older(&self, time: Option<Timestamp>, least: Duration) -> bool {
        time.is_some_and(|time| {
            let age = Duration::try_from(self.now.duration_since(time));
            age.is_ok_and(|age| age >= least)
        })
    }
}

/// Returns a time from its formatted property, or else from the other one, which must state its
/// time zone.
fn moment(formatted: Option<&DateTime>, other: Option<&String>) -> Option<Timestamp> {
    match formatted {
        Some(formatted) => formatted.timestamp(),
        None => other?.parse().ok(),
    }
}

fn contains(wanted: &[String], known: &str) -> bool {
    wanted.iter().any(|it| it.eq_ignore_ascii_case(known))
}

fn in_any<T: PartialEq>(wanted: &[T], known: Option<&T>) -> bool {
    wanted.is_empty() || known.is_some_and(|it| wanted.contains(it))
}

/// Returns whether a pattern matches a name, with or without its domain.
fn matches_any<'a>(patterns: &[WildMatch], mut names: impl Iterator<Item = &'a String>) -> bool {
    let matches = |name: &String| {
        let mut patterns = patterns.iter();
        patterns.any(|pattern| pattern.matches(name) || pattern.matches(short(name)))
    };
    patterns.is_empty() || names.any(matches)
}

/// Returns a name without its domain.
fn short(name: &str) -> &str {
    name.rsplit('\\').next().unwrap_or_default()
}
