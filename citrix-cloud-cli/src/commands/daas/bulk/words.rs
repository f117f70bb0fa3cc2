//! What each action is called.

use citrix_cloud::bulk::{Action, SkipReason};
use citrix_cloud::daas::PowerAction;

/// The words for one action.
pub(super) struct Words {
    /// What is requested, before the object's name.
    pub(super) request: &'static str,
    /// What would become of the objects.
    pub(super) would: &'static str,
    /// The question before it.
    pub(super) question: &'static str,
    /// The decision to do it, in JSON.
    pub(super) decision: &'static str,
    /// The outcome of having done it, in JSON.
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

/// The objects of an action.
pub(super) fn things(action: &Action) -> &'static str {
    match action {
        Action::LogoffSessions | Action::SendMessage { .. } => "sessions",
        _ => "machines",
    }
}

/// What is said when there is nothing to act on.
pub(super) fn nothing(action: &Action) -> &'static str {
    match things(action) {
        "sessions" => "no sessions",
        _ => "no machines",
    }
}

/// The objects of an action, as many as there are.
pub(super) fn counted(action: &Action, number: usize) -> String {
    let things = things(action);
    match number {
        1 => format!("1 {}", things.trim_end_matches('s')),
        number => format!("{number} {things}"),
    }
}

/// How an object is already as the action would make it.
pub(super) fn already(action: &Action) -> &'static str {
    match action {
        Action::MaintenanceMode(true) => "already in maintenance mode",
        Action::MaintenanceMode(false) => "not in maintenance mode",
        Action::LogoffSessions => "already logging off",
        Action::Power { action, .. } => match action {
            PowerAction::Start | PowerAction::Resume => "already on",
            PowerAction::Shutdown => "already off",
            PowerAction::Suspend => "already suspended",
            _ => "already so",
        },
        _ => "already so",
    }
}

/// What the objects that are skipped for this reason have in common.
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

/// What became of the objects for which the action succeeded, before their number.
pub(super) fn succeeded(action: &Action) -> &'static str {
    match action {
        Action::SendMessage { .. } => "sent",
        action => of(action).would,
    }
}
