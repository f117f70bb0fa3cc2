//! A snapshot of a machine or session.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use crate::DateTime;
use crate::models::{Machine, MachineDetail, PowerState, RegistrationState, Session, SessionState};

/// The properties that a check of a machine requests; requesting only these keeps pages small.
pub(super) const MACHINE_FIELDS: [&str; 10] = [
    "Id",
    "Name",
    "SessionCount",
    "PowerState",
    "RegistrationState",
    "InMaintenanceMode",
    "PowerActionPending",
    "LastDeregistrationTime",
    "FormattedLastDeregistrationTime",
    "DeliveryGroup",
];

/// The state of a machine or session on which decisions are based, and which later shows whether a
/// request ran.
///
/// A property that the service did not return is `None`, which means unknown, not zero or false.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The number of sessions.
    pub sessions: Option<i64>,
    /// The power state.
    pub power: Option<PowerState>,
    /// Whether the agent is registered.
    pub registration: Option<RegistrationState>,
    /// Whether the machine is in maintenance mode and accepts no new sessions.
    pub in_maintenance: Option<bool>,
    /// Whether a power action is pending.
    pub pending: Option<bool>,
    /// When the machine last deregistered, as the service wrote it.
    pub deregistered: Option<String>,
    /// The state of a session.
    pub state: Option<SessionState>,
    /// When the state of a session last changed, as the service sent it.
    pub state_changed: Option<String>,
    /// Whether a session is being logged off.
    pub logging_off: Option<bool>,
    /// Whether a session is hidden from its user.
    pub hidden: Option<bool>,
    /// The machine's delivery group, by id or else name. It is not serialized.
    pub group: Option<String>,
}

citrix_cloud_gen::model! {
    Snapshot {
        0 sessions "sessions" present,
        1 power "power" present,
        2 registration "registration" present,
        3 in_maintenance "inMaintenance" present,
        4 pending "pending" present,
        5 deregistered "deregistered" present,
        6 state "state" present,
        7 state_changed "stateChanged" present,
        8 logging_off "loggingOff" present,
        9 hidden "hidden" present,
    }
}

macro_rules! look_at_machine {
    ($($model:ty),+) => {$(
        impl From<&$model> for Snapshot {
            fn from(machine: &$model) -> Self {
                let group = machine.delivery_group.as_ref();
                let formatted = machine.formatted_last_deregistration_time.as_ref();
                let formatted = formatted.map(ToString::to_string);
                Self {
                    sessions: machine.session_count,
                    power: machine.power_state.clone(),
                    registration: machine.registration_state.clone(),
                    in_maintenance: machine.in_maintenance_mode,
                    pending: machine.power_action_pending,
                    deregistered: formatted.or_else(|| machine.last_deregistration_time.clone()),
                    group: group.and_then(|it| it.id.clone().or_else(|| it.name.clone())),
                    ..Self::default()
                }
            }
        }
    )+};
}

look_at_machine!(Machine, MachineDetail);

impl From<&Session> for Snapshot {
    fn from(session: &Session) -> Self {
        let formatted = session.formatted_state_change_time.as_ref();
        let formatted = formatted.map(ToString::to_string);
        Self {
            state: session.state.clone(),
            state_changed: formatted.or_else(|| session.state_change_time.clone()),
            logging_off: session.logoff_in_progress,
            hidden: session.is_hidden,
            ..Self::default()
        }
    }
}

/// How a machine's last deregistration compares with an earlier snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deregistration {
    /// There has been another deregistration since.
    Newer,
    /// It is the same, or neither snapshot has one.
    Same,
    /// Time went backwards, because of two clocks or two machines.
    Older,
}

impl Snapshot {
    /// Returns whether the agent is known to be registered.
    pub(super) fn is_registered(&self) -> bool {
        self.registration == Some(RegistrationState::Registered)
    }

    /// Returns whether the session is known to be disconnected.
    pub(super) fn is_disconnected(&self) -> bool {
        self.state == Some(SessionState::Disconnected)
    }

    /// Returns whether it accepts sessions, as far as is known.
    pub(super) fn serves(&self) -> bool {
        self.is_registered() && self.in_maintenance != Some(true)
    }

    /// Returns whether the power is changing from one state to another.
    pub(super) fn in_transition(&self) -> bool {
        use PowerState as P;
        let between = [P::TurningOn, P::TurningOff, P::Suspending, P::Resuming];
        self.power.as_ref().is_some_and(|it| between.contains(it))
    }

    /// Compares the service's times with each other, never with our own clock.
    pub(super) fn deregistration_since(&self, before: &Self) -> Deregistration {
        use Deregistration as D;
        match (&before.deregistered, &self.deregistered) {
            (None, None) => D::Same,
            (Some(before), Some(after)) if before == after => D::Same,
            (Some(before), Some(after)) => match (instant(before), instant(after)) {
                (Some(before), Some(after)) if after < before => D::Older,
                (Some(before), Some(after)) if after == before => D::Same,
                _ => D::Newer,
            },
            (None, Some(_)) => D::Newer,
            (Some(_), None) => D::Older,
        }
    }
}

/// Parses a time in the format of the formatted properties, or of the others.
fn instant(text: &str) -> Option<Timestamp> {
    DateTime::from(text).timestamp().or_else(|| {
        let other = civil::DateTime::strptime("%m/%d/%Y %I:%M:%S %p", text).ok()?;
        Some(other.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(before: Option<&str>, after: Option<&str>) -> Deregistration {
        let look = |text: Option<&str>| Snapshot {
            deregistered: text.map(str::to_owned),
            ..Snapshot::default()
        };
        look(after).deregistration_since(&look(before))
    }

    #[test]
    fn deregistrations_compare_in_every_spelling() {
        use Deregistration as D;
        let cases = [
            (None, None, D::Same),
            (None, Some("2026-01-05T08:30:00Z"), D::Newer),
            (Some("2026-01-05T08:30:00Z"), None, D::Older),
            (
                Some("2026-01-05T08:30:00Z"),
                Some("2026-01-05T08:30:01Z"),
                D::Newer,
            ),
            (
                Some("2026-01-05T08:30:00Z"),
                Some("2026-01-05T09:30:00+01:00"),
                D::Same,
            ),
            (
                Some("2026-01-05T08:30:02Z"),
                Some("2026-01-05T08:30:01Z"),
                D::Older,
            ),
            (
                Some("2026-01-05T08:30:00"),
                Some("2026-01-05T08:30:00.5"),
                D::Newer,
            ),
            (
                Some("1/5/2026 11:59:59 AM"),
                Some("1/5/2026 12:00:00 PM"),
                D::Newer,
            ),
            (
                Some("1/5/2026 1:00:00 PM"),
                Some("1/5/2026 12:59:59 PM"),
                D::Older,
            ),
            (Some("gestern"), Some("heute"), D::Newer),
        ];
        for (before, after, expected) in cases {
            assert_eq!(compared(before, after), expected, "{before:?} {after:?}");
        }
    }
}
