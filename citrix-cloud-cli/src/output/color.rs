//! Colours that tell a state.

use anstyle::{AnsiColor, Style};

/// The last parts of the names of properties whose values are states.
const STATES: [&str; 14] = [
    "FaultState",
    "HealthStatus",
    "InMaintenanceMode",
    "OverallStatus",
    "PowerState",
    "RegistrationState",
    "Result",
    "SessionState",
    "Severity",
    "State",
    "Status",
    "SummaryState",
    "severity",
    "state",
];

const GOOD: [&str; 12] = [
    "Active",
    "Available",
    "Complete",
    "Connected",
    "InUse",
    "None",
    "Ok",
    "On",
    "Production",
    "Registered",
    "Success",
    "Succeeded",
];

const BAD: [&str; 14] = [
    "AgentError",
    "Critical",
    "Error",
    "Failed",
    "FailedToStart",
    "Failure",
    "MaxCapacity",
    "NotSupported",
    "Rejected",
    "StuckOnBoot",
    "Unavailable",
    "Unregistered",
    "VirtualMachineNotFound",
    "Down",
];

const BETWEEN: [&str; 15] = [
    "Canceled",
    "CompleteWithWarning",
    "Disconnected",
    "InProgress",
    "Initializing",
    "NotStarted",
    "Pending",
    "ProductionTrial",
    "Resuming",
    "Suspended",
    "Suspending",
    "TurningOff",
    "TurningOn",
    "Warning",
    "true",
];

const QUIET: [&str; 5] = ["Off", "Unknown", "Unmanaged", "false", "-"];

/// Whether a property of this name is a state.
pub(super) fn is_state(name: &str) -> bool {
    STATES.contains(&name)
}

/// A state in its colour.
pub(super) fn of_state(text: &str) -> String {
    match style(text) {
        Some(style) => format!("{style}{text}{style:#}"),
        None => text.to_owned(),
    }
}

fn style(text: &str) -> Option<Style> {
    let color = |color: AnsiColor| Some(color.on_default());
    match text {
        text if GOOD.contains(&text) => color(AnsiColor::Green),
        text if BAD.contains(&text) => color(AnsiColor::Red),
        text if BETWEEN.contains(&text) => color(AnsiColor::Yellow),
        text if QUIET.contains(&text) => Some(Style::new().dimmed()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_colours_and_other_words_none() {
        assert_eq!(of_state("Registered"), "\u{1b}[32mRegistered\u{1b}[0m");
        assert_eq!(of_state("Unregistered"), "\u{1b}[31mUnregistered\u{1b}[0m");
        assert_eq!(of_state("Disconnected"), "\u{1b}[33mDisconnected\u{1b}[0m");
        assert_eq!(of_state("Off"), "\u{1b}[2mOff\u{1b}[0m");
        assert_eq!(of_state("OSPREY"), "OSPREY");
    }
}
