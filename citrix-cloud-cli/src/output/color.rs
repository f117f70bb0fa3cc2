//! Colors that show a state.

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

/// Returns whether a property of this name is a state.
pub(super) fn is_state(name: &str) -> bool {
    STATES.contains(&name)
}

/// Colors the visible part of a state.
pub(super) fn of_state(state: &str, shown: &str) -> String {
    match style(state) {
        Some(style) => format!("{style}{shown}{style:#}"),
        None => shown.to_owned(),
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
    fn states_have_colors_and_other_words_none() {
        for (state, shown, expected) in [
            ("Registered", "Registered", "\u{1b}[32mRegistered\u{1b}[0m"),
            ("Unregistered", "Unregis…", "\u{1b}[31mUnregis…\u{1b}[0m"),
            (
                "Disconnected",
                "Disconnected",
                "\u{1b}[33mDisconnected\u{1b}[0m",
            ),
            ("Off", "Off", "\u{1b}[2mOff\u{1b}[0m"),
            ("OSPREY", "OSPREY", "OSPREY"),
        ] {
            assert_eq!(of_state(state, shown), expected);
        }
    }
}
