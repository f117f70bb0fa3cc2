//! The lines of the walkthrough's scripts, and more of their kind.

use citrix_cloud::reboot_idle::{Outcome, SkipReason};

use crate::output::escaped;

/// The line for a machine and what became of it.
pub(crate) fn line(name: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Skipped(reason) => skipped(name, reason),
        told => format!(
            "Requesting reboot for {}... {}",
            escaped(name),
            escaped(&told.to_string())
        ),
    }
}

/// The line for a machine that would be rebooted.
pub(crate) fn would_reboot(name: &str) -> String {
    format!("Would request reboot for {}", escaped(name))
}

/// The line for a machine that is left alone.
pub(crate) fn skipped(name: &str, reason: &SkipReason) -> String {
    use SkipReason as R;
    let name = escaped(name);
    let what = match reason {
        R::InUse(sessions) => format!("{sessions} sessions on {name}"),
        R::SessionCountUnknown => format!("session count of {name} is unknown"),
        R::InMaintenance => format!("{name} is in maintenance mode"),
        R::PowerActionPending => format!("a power action is pending on {name}"),
        R::PoweredOff => format!("{name} is powered off"),
        R::Suspended => format!("{name} is suspended"),
        R::NoId => "a machine without an id".to_owned(),
        other => format!("{name}: {other}"),
    };
    format!("{what} - skipping")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_line() {
        use SkipReason as R;
        let cases = [
            (R::InUse(2), r"2 sessions on D\X - skipping"),
            (
                R::SessionCountUnknown,
                r"session count of D\X is unknown - skipping",
            ),
            (R::InMaintenance, r"D\X is in maintenance mode - skipping"),
            (
                R::PowerActionPending,
                r"a power action is pending on D\X - skipping",
            ),
            (R::PoweredOff, r"D\X is powered off - skipping"),
            (R::Suspended, r"D\X is suspended - skipping"),
            (R::NoId, "a machine without an id - skipping"),
        ];
        for (reason, expected) in cases {
            assert_eq!(skipped(r"D\X", &reason), expected);
        }
    }
}
