//! Who would be rebooted, and why not.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::time::Instant;

use crate::daas::Site;
use crate::models::{Machine, MachineDetail, PowerState};

/// What would happen to each machine of a catalog, in the catalog's order.
#[derive(Debug, Clone)]
#[must_use = "a plan that is not run changes nothing"]
pub struct Plan {
    pub(super) site: Site,
    pub(super) steps: Vec<Step>,
    pub(super) concurrency: NonZeroUsize,
    pub(super) fresh_for: Duration,
}

impl Plan {
    /// Every machine with its decision, in the catalog's order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The machines that would be rebooted.
    pub fn to_reboot(&self) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .filter(|step| step.decision == Decision::Reboot)
    }
}

/// One machine of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The machine's id; empty when the service gave none.
    pub id: String,
    /// The machine's name, `DOMAIN\NAME`; its id when the service gave none.
    pub name: String,
    /// What would be done.
    pub decision: Decision,
    pub(super) listed: Instant,
}

impl Step {
    /// Whether an answer's id is this machine's; the service does not keep to one case.
    pub(super) fn is(&self, id: Option<&str>) -> bool {
        id.is_some_and(|id| id.eq_ignore_ascii_case(&self.id))
    }

    pub(super) fn new(machine: Machine, listed: Instant) -> Self {
        let decision = match machine.id.as_deref() {
            None | Some("") => Decision::Skip(SkipReason::NoId),
            Some(_) => decide(&Look::from(&machine)),
        };
        let id = machine.id.unwrap_or_default();
        let name = machine
            .name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| id.clone());
        Self {
            id,
            name,
            decision,
            listed,
        }
    }
}

/// What would be done with a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// It is idle and would be rebooted.
    Reboot,
    /// It would be left alone.
    Skip(SkipReason),
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reboot => f.write_str("reboot"),
            Self::Skip(reason) => write!(f, "skip, {reason}"),
        }
    }
}

/// Why a machine is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It has this many sessions.
    InUse(i64),
    /// Its session count is missing, null or negative: in use as far as anybody knows.
    SessionCountUnknown,
    /// It is in maintenance mode: somebody is at work on it.
    InMaintenance,
    /// A power action is under way already.
    PowerActionPending,
    /// It is off.
    PoweredOff,
    /// It is suspended; a reboot would throw away what it holds.
    Suspended,
    /// The service gave no id to ask with.
    NoId,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(sessions) => write!(f, "{sessions} sessions"),
            Self::SessionCountUnknown => f.write_str("session count unknown"),
            Self::InMaintenance => f.write_str("in maintenance mode"),
            Self::PowerActionPending => f.write_str("power action pending"),
            Self::PoweredOff => f.write_str("powered off"),
            Self::Suspended => f.write_str("suspended"),
            Self::NoId => f.write_str("no id"),
        }
    }
}

/// What one look at a machine shows.
pub(super) struct Look {
    sessions: Option<i64>,
    power: Option<PowerState>,
    in_maintenance: Option<bool>,
    pending: Option<bool>,
}

impl From<&Machine> for Look {
    fn from(machine: &Machine) -> Self {
        Self {
            sessions: machine.session_count,
            power: machine.power_state.clone(),
            in_maintenance: machine.in_maintenance_mode,
            pending: machine.power_action_pending,
        }
    }
}

impl From<&MachineDetail> for Look {
    fn from(machine: &MachineDetail) -> Self {
        Self {
            sessions: machine.session_count,
            power: machine.power_state.clone(),
            in_maintenance: machine.in_maintenance_mode,
            pending: machine.power_action_pending,
        }
    }
}

/// The decision that a look leads to.
pub(super) fn decide(look: &Look) -> Decision {
    use PowerState as P;
    let reason = match (look.sessions, &look.power) {
        (None | Some(..=-1), _) => SkipReason::SessionCountUnknown,
        (Some(sessions @ 1..), _) => SkipReason::InUse(sessions),
        _ if look.in_maintenance == Some(true) => SkipReason::InMaintenance,
        _ if look.pending == Some(true) => SkipReason::PowerActionPending,
        (_, Some(P::TurningOn | P::TurningOff | P::Suspending | P::Resuming)) => {
            SkipReason::PowerActionPending
        }
        (_, Some(P::Off)) => SkipReason::PoweredOff,
        (_, Some(P::Suspended)) => SkipReason::Suspended,
        _ => return Decision::Reboot,
    };
    Decision::Skip(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(json: &str) -> Decision {
        decide(&Look::from(&serde_json::from_str::<Machine>(json).unwrap()))
    }

    #[test]
    fn unknown_is_not_zero() {
        for json in ["{}", r#"{"SessionCount":null}"#, r#"{"SessionCount":-1}"#] {
            assert_eq!(
                decision(json),
                Decision::Skip(SkipReason::SessionCountUnknown),
                "{json}"
            );
        }
    }

    #[test]
    fn only_what_is_known_to_forbid_it_keeps_an_idle_machine_from_a_reboot() {
        let cases = [
            (r#""PowerState":"On""#, Decision::Reboot),
            (r#""PowerState":"Unmanaged""#, Decision::Reboot),
            (r#""PowerState":"SomethingNew""#, Decision::Reboot),
            (r#""RegistrationState":"Unregistered""#, Decision::Reboot),
            (
                r#""InMaintenanceMode":null,"PowerActionPending":null"#,
                Decision::Reboot,
            ),
            (
                r#""PowerState":"Off""#,
                Decision::Skip(SkipReason::PoweredOff),
            ),
            (
                r#""PowerState":"Suspended""#,
                Decision::Skip(SkipReason::Suspended),
            ),
            (
                r#""PowerState":"TurningOff""#,
                Decision::Skip(SkipReason::PowerActionPending),
            ),
            (
                r#""InMaintenanceMode":true"#,
                Decision::Skip(SkipReason::InMaintenance),
            ),
            (
                r#""PowerActionPending":true"#,
                Decision::Skip(SkipReason::PowerActionPending),
            ),
        ];
        for (fields, expected) in cases {
            assert_eq!(
                decision(&format!(r#"{{"SessionCount":0,{fields}}}"#)),
                expected,
                "{fields}"
            );
        }
        assert_eq!(
            decision(r#"{"SessionCount":2,"PowerState":"Off"}"#),
            Decision::Skip(SkipReason::InUse(2))
        );
    }
}
