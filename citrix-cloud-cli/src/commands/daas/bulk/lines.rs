//! The output lines of the walkthrough's scripts, and further lines in the same style.

use citrix_cloud::bulk::{Action, Outcome, SkipReason};

use super::words;
use crate::output::escaped;

/// Returns the line for an object and its outcome.
pub(crate) fn line(action: &Action, name: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Skipped(reason) => skipped(action, name, reason),
        outcome => format!(
            "Requesting {} {}... {}",
            words::of(action).request,
            escaped(name),
            escaped(&outcome.to_string())
        ),
    }
}

/// Returns the line for an object that would be acted on.
pub(crate) fn would(action: &Action, name: &str) -> String {
    format!(
        "Would request {} {}",
        words::of(action).request,
        escaped(name)
    )
}

/// Returns the line for a skipped object.
pub(crate) fn skipped(action: &Action, name: &str, reason: &SkipReason) -> String {
    use SkipReason as R;
    let name = escaped(name);
    let what = match reason {
        R::InUse(1) => format!("1 session on {name}"),
        R::InUse(sessions) => format!("{sessions} sessions on {name}"),
        R::SessionCountUnknown => format!("session count of {name} is unknown"),
        R::InMaintenance => format!("{name} is in maintenance mode"),
        R::MaintenanceUnknown => format!("maintenance mode of {name} is unknown"),
        R::PowerActionPending => format!("a power action is pending on {name}"),
        R::PoweredOff => format!("{name} is powered off"),
        R::Suspended => format!("{name} is suspended"),
        R::AlreadySo => format!("{name} is {}", words::already(action)),
        R::Gone => format!("{name} does not exist"),
        R::DoneBefore => format!("{name} was already done"),
        R::NoId if !action.is_for_machines() => "a session without an id".to_owned(),
        R::NoId => "a machine without an id".to_owned(),
        other => format!("{name}: {other}"),
    };
    format!("{what} - skipping")
}

#[cfg(test)]
mod tests {
    use citrix_cloud::daas::PowerAction;

    use super::*;

    #[test]
    fn every_reason_has_a_line() {
        use SkipReason as R;
        let cases = [
            (R::InUse(1), r"1 session on D\X - skipping"),
            (R::InUse(2), r"2 sessions on D\X - skipping"),
            (
                R::SessionCountUnknown,
                r"session count of D\X is unknown - skipping",
            ),
            (R::InMaintenance, r"D\X is in maintenance mode - skipping"),
            (
                R::MaintenanceUnknown,
                r"maintenance mode of D\X is unknown - skipping",
            ),
            (
                R::PowerActionPending,
                r"a power action is pending on D\X - skipping",
            ),
            (R::PoweredOff, r"D\X is powered off - skipping"),
            (R::Suspended, r"D\X is suspended - skipping"),
            (
                R::AlreadySo,
                r"D\X is already in maintenance mode - skipping",
            ),
            (R::Gone, r"D\X does not exist - skipping"),
            (R::DoneBefore, r"D\X was already done - skipping"),
            (R::NoId, "a machine without an id - skipping"),
        ];
        for (reason, expected) in cases {
            let action = Action::MaintenanceMode(true);
            assert_eq!(skipped(&action, r"D\X", &reason), expected);
        }
    }

    #[test]
    fn each_action_names_the_state_that_needs_no_change() {
        let power = |action| Action::Power {
            action,
            in_use: false,
            force: false,
        };
        for (action, expected) in [
            (power(PowerAction::Start), "already on"),
            (power(PowerAction::Shutdown), "already off"),
            (power(PowerAction::Suspend), "already suspended"),
            (power(PowerAction::Resume), "already on"),
            (Action::MaintenanceMode(false), "not in maintenance mode"),
            (Action::LogoffSessions, "already logging off"),
            (Action::DisconnectSessions, "already disconnected"),
            (Action::HideSessions(true), "already hidden"),
            (Action::HideSessions(false), "not hidden"),
        ] {
            let line = skipped(&action, r"D\X", &SkipReason::AlreadySo);
            assert_eq!(line, format!(r"D\X is {expected} - skipping"));
        }
    }
}
