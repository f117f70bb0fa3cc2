//! The wording of each action.

use citrix_cloud::bulk::{Action, SkipReason};
use citrix_cloud::daas::PowerAction;

/// The words for one action.
pub(super) struct Words {
    /// The request, before the object's name.
    pub(super) request: &'static str,
    /// What would happen to the objects.
    pub(super) would: &'static str,
    /// The question before a run.
    pub(super) question: &'static str,
    /// The planned decision, in JSON.
    pub(super) decision: &'static str,
    /// The outcome of success, in JSON.
    pub(super) outcome: &'static str,
}

const fn words(
    request: &'static str,
    would: &'static str,
    question: &'static str,
    decision: &'static str,
    outcome: &'static str,
) -> Words {
    Words {
        request,
        would,
        question,
        decision,
        outcome,
    }
}

pub(super) fn of(action: &Action) -> Words {
    use PowerAction as P;
    match action {
        Action::Power {
            action: P::Reboot,
            force: true,
            ..
        } => words(
            "forced reboot for",
            "rebooted by force",
            "Reboot by force",
            "reboot",
            "rebooted",
        ),
        Action::Power {
            action: P::Shutdown,
            force: true,
            ..
        } => words(
            "forced shutdown for",
            "shut down by force",
            "Shut down by force",
            "shutdown",
            "shutDown",
        ),
        Action::RebootIdle => words("reboot for", "rebooted", "Reboot", "reboot", "rebooted"),
        Action::Power { action, .. } => match action {
            P::Start => words("start for", "started", "Start", "start", "started"),
            P::Shutdown => words(
                "shutdown for",
                "shut down",
                "Shut down",
                "shutdown",
                "shutDown",
            ),
            P::Reboot => words("reboot for", "rebooted", "Reboot", "reboot", "rebooted"),
            P::Suspend => words(
                "suspension for",
                "suspended",
                "Suspend",
                "suspend",
                "suspended",
            ),
            P::Resume => words("resumption for", "resumed", "Resume", "resume", "resumed"),
            _ => words("power action for", "changed", "Change", "act", "done"),
        },
        Action::MaintenanceMode(true) => words(
            "maintenance mode for",
            "put into maintenance mode",
            "Put into maintenance mode",
            "maintenanceOn",
            "inMaintenance",
        ),
        Action::MaintenanceMode(false) => words(
            "the end of maintenance mode for",
            "taken out of maintenance mode",
            "Take out of maintenance mode",
            "maintenanceOff",
            "outOfMaintenance",
        ),
        Action::LogoffSessions => words(
            "log-off for",
            "logged off",
            "Log off",
            "logoff",
            "loggedOff",
        ),
        Action::DisconnectSessions => words(
            "disconnect for",
            "disconnected",
            "Disconnect",
            "disconnect",
            "disconnected",
        ),
        Action::HideSessions(true) => words("hide for", "hidden", "Hide", "hide", "hidden"),
        Action::HideSessions(false) => words(
            "unhide for",
            "shown again",
            "Show again",
            "unhide",
            "unhidden",
        ),
        Action::SendMessage { .. } => words(
            "a message for",
            "sent the message",
            "Send",
            "message",
            "sent",
        ),
        _ => words("action for", "changed", "Act", "act", "done"),
    }
}

/// Returns what users or machines lose by an action, if anything.
pub(super) fn loss(action: &Action) -> Option<&'static str> {
    use PowerAction as P;
    match action {
        Action::Power {
            action: P::Shutdown | P::Reboot,
            force: true,
            ..
        } => Some(
            "the guest is not asked, so whatever it has not written to its disk is lost: users' unsaved \
             work, updates in progress",
        ),
        Action::Power {
            action: P::Shutdown | P::Reboot,
            in_use: true,
            ..
        } => Some("sessions on these machines end, and users lose unsaved work"),
        Action::Power {
            action: P::Suspend,
            in_use: true,
            ..
        } => Some("users with sessions on these machines are cut off until they are resumed"),
        Action::LogoffSessions => Some("users lose unsaved work"),
        _ => None,
    }
}

/// Returns the name of an action's objects.
pub(super) fn things(action: &Action) -> &'static str {
    match action.is_for_machines() {
        true => "machines",
        false => "sessions",
    }
}

/// Returns the message if there is nothing to act on.
pub(super) fn nothing(action: &Action) -> &'static str {
    match action.is_for_machines() {
        true => "no machines",
        false => "no sessions",
    }
}

/// Returns the number and name of an action's objects.
pub(super) fn counted(action: &Action, number: usize) -> String {
    let things = things(action);
    match number {
        1 => format!("1 {}", things.trim_end_matches('s')),
        number => format!("{number} {things}"),
    }
}

/// Returns the state of an object for which the action is unnecessary.
pub(super) fn already(action: &Action) -> &'static str {
    match action {
        Action::MaintenanceMode(true) => "already in maintenance mode",
        Action::MaintenanceMode(false) => "not in maintenance mode",
        Action::LogoffSessions => "already logging off",
        Action::DisconnectSessions => "already disconnected",
        Action::HideSessions(true) => "already hidden",
        Action::HideSessions(false) => "not hidden",
        Action::Power { action, .. } => match action {
            PowerAction::Start | PowerAction::Resume => "already on",
            PowerAction::Shutdown => "already off",
            PowerAction::Suspend => "already suspended",
            _ => "already so",
        },
        _ => "already so",
    }
}

/// Describes the objects that are skipped for a reason.
pub(super) fn class(action: &Action, reason: &SkipReason) -> String {
    match reason {
        SkipReason::InUse(_) => "in use".to_owned(),
        SkipReason::SessionCountUnknown => "with an unknown session count".to_owned(),
        SkipReason::PowerActionPending => "with a power action pending".to_owned(),
        SkipReason::Gone => "not found".to_owned(),
        SkipReason::NoId => "without an id".to_owned(),
        SkipReason::AlreadySo => already(action).to_owned(),
        other => other.to_string(),
    }
}

/// Describes the objects for which the action succeeded, before their number.
pub(super) fn succeeded(action: &Action) -> &'static str {
    match action {
        Action::SendMessage { .. } => "sent",
        action => of(action).would,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_that_lose_something_say_what() {
        use PowerAction as P;
        let power = |action, in_use, force| Action::Power {
            action,
            in_use,
            force,
        };
        for (action, words) in [
            (power(P::Reboot, false, false), None),
            (power(P::Shutdown, true, false), Some("sessions on these")),
            (
                power(P::Shutdown, false, true),
                Some("the guest is not asked"),
            ),
            (power(P::Reboot, true, true), Some("the guest is not asked")),
            (power(P::Suspend, true, false), Some("users with sessions")),
            (power(P::Start, true, false), None),
            (Action::LogoffSessions, Some("users lose unsaved work")),
            (Action::DisconnectSessions, None),
            (Action::HideSessions(true), None),
            (Action::RebootIdle, None),
        ] {
            let loss = loss(&action);
            assert_eq!(loss.is_some(), words.is_some(), "{action:?}: {loss:?}");
            let words = words.unwrap_or_default();
            assert!(
                loss.unwrap_or_default().starts_with(words),
                "{action:?}: {loss:?}"
            );
        }
    }
}
