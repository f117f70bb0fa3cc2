//! What two looks, one before a request and one after it, say about whether it ran.

use super::action::Action;
use super::snapshot::{Deregistration, Snapshot};
use crate::daas::PowerAction;
use crate::models::PowerState;

/// What a later look proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// It ran.
    Ran,
    /// Nothing has changed; it did not run, or not yet.
    Nothing,
    /// Something has changed that is neither.
    Unclear,
}

/// Judges by what was read before the request and what is read now.
///
/// A power action that is pending now and was known not to be shows that it was taken up. So does
/// what lasts after it: a newer deregistration for a reboot, the power state for the others.
pub(super) fn judge(action: &Action, before: &Snapshot, now: &Snapshot) -> Evidence {
    let power = match action {
        Action::RebootIdle => PowerAction::Reboot,
        Action::Power { action, .. } => *action,
        Action::MaintenanceMode(on) if now.in_maintenance == Some(*on) => return Evidence::Ran,
        Action::LogoffSessions if now.logging_off == Some(true) => return Evidence::Ran,
        _ => return Evidence::Nothing,
    };
    if now.pending == Some(true) {
        // Unknown before, it may have been there for another reason.
        return match before.pending {
            Some(false) => Evidence::Ran,
            _ => Evidence::Unclear,
        };
    }
    let moved = now.power != before.power;
    match power {
        PowerAction::Reboot => reboot(before, now),
        PowerAction::Start | PowerAction::Resume => toward(
            now,
            moved,
            &[PowerState::TurningOn, PowerState::Resuming, PowerState::On],
        ),
        PowerAction::Shutdown => toward(now, moved, &[PowerState::TurningOff, PowerState::Off]),
        PowerAction::Suspend => {
            toward(now, moved, &[PowerState::Suspending, PowerState::Suspended])
        }
    }
}

fn reboot(before: &Snapshot, now: &Snapshot) -> Evidence {
    match now.deregistration_since(before) {
        Deregistration::Newer => Evidence::Ran,
        Deregistration::Older => Evidence::Unclear,
        Deregistration::Same if now.in_transition() && !before.in_transition() => Evidence::Ran,
        // Registered, gone or back without a time of it, or switched off: somebody did something.
        Deregistration::Same
            if now.is_registered() != before.is_registered()
                || (now.power != before.power && now.power.is_some() && before.power.is_some()) =>
        {
            Evidence::Unclear
        }
        Deregistration::Same => Evidence::Nothing,
    }
}

fn toward(now: &Snapshot, moved: bool, states: &[PowerState]) -> Evidence {
    match &now.power {
        _ if !moved => Evidence::Nothing,
        Some(power) if states.contains(power) => Evidence::Ran,
        _ => Evidence::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Machine;

    fn look(json: &str) -> Snapshot {
        Snapshot::from(&serde_json::from_str::<Machine>(json).unwrap())
    }

    const UP: &str = r#"{"PowerState":"On","RegistrationState":"Registered","PowerActionPending":false,
        "FormattedLastDeregistrationTime":"2026-01-05T08:30:00Z"}"#;

    #[test]
    fn a_reboot_ran_when_it_is_pending_or_the_machine_has_deregistered_since() {
        let cases = [
            (r#"{"PowerActionPending":true}"#, Evidence::Ran),
            (
                r#"{"PowerState":"On","RegistrationState":"Registered","PowerActionPending":false,
                    "FormattedLastDeregistrationTime":"2026-01-05T08:30:01Z"}"#,
                Evidence::Ran,
            ),
            (
                r#"{"PowerState":"TurningOn","PowerActionPending":false,
                    "FormattedLastDeregistrationTime":"2026-01-05T08:30:00Z"}"#,
                Evidence::Ran,
            ),
            (UP, Evidence::Nothing),
        ];
        for (now, expected) in cases {
            assert_eq!(
                judge(&Action::RebootIdle, &look(UP), &look(now)),
                expected,
                "{now}"
            );
        }
    }

    #[test]
    fn what_contradicts_itself_proves_nothing() {
        let cases = [
            // The clock of the controller that answers now is behind.
            r#"{"PowerState":"On","RegistrationState":"Registered","PowerActionPending":false,
                "FormattedLastDeregistrationTime":"2026-01-05T08:29:00Z"}"#,
            // What was read before is not said any more.
            r#"{"PowerState":"On","RegistrationState":"Registered","PowerActionPending":false}"#,
            "{}",
            // Not registered, and yet never deregistered since.
            r#"{"PowerState":"On","RegistrationState":"Unregistered","PowerActionPending":false,
                "FormattedLastDeregistrationTime":"2026-01-05T08:30:00Z"}"#,
            r#"{"PowerState":"Off","RegistrationState":"Registered","PowerActionPending":false,
                "FormattedLastDeregistrationTime":"2026-01-05T08:30:00Z"}"#,
        ];
        for now in cases {
            let verdict = judge(&Action::RebootIdle, &look(UP), &look(now));
            assert_eq!(verdict, Evidence::Unclear, "{now}");
        }
        let unsaid = look(r#"{"PowerState":"On"}"#);
        let pending = look(r#"{"PowerActionPending":true}"#);
        assert_eq!(
            judge(&Action::RebootIdle, &unsaid, &pending),
            Evidence::Unclear
        );
    }

    #[test]
    fn other_power_actions_show_in_the_power_state() {
        use PowerAction as A;
        let cases = [
            (A::Shutdown, "On", "Off", Evidence::Ran),
            (A::Shutdown, "On", "TurningOff", Evidence::Ran),
            (A::Shutdown, "On", "On", Evidence::Nothing),
            (A::Shutdown, "On", "Suspended", Evidence::Unclear),
            (A::Start, "Off", "TurningOn", Evidence::Ran),
            (A::Start, "Off", "Off", Evidence::Nothing),
            (A::Resume, "Suspended", "On", Evidence::Ran),
            (A::Suspend, "On", "Suspending", Evidence::Ran),
            (A::Suspend, "On", "Off", Evidence::Unclear),
        ];
        for (action, before, now, expected) in cases {
            let state = |power| look(&format!(r#"{{"PowerState":"{power}"}}"#));
            let power = Action::Power {
                action,
                in_use: true,
            };
            let verdict = judge(&power, &state(before), &state(now));
            assert_eq!(verdict, expected, "{action} {before} {now}");
        }
    }

    #[test]
    fn settings_show_themselves() {
        let on = look(r#"{"InMaintenanceMode":true}"#);
        let off = look(r#"{"InMaintenanceMode":false}"#);
        let wanted = Action::MaintenanceMode(true);
        assert_eq!(judge(&wanted, &off, &on), Evidence::Ran);
        assert_eq!(judge(&wanted, &off, &off), Evidence::Nothing);
    }
}
