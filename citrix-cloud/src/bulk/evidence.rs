//! Decides whether a request ran, from snapshots before and after it.
//!
//! The absence of a change only proves that nothing ran if running would have left a trace on this
//! particular object that would still be visible. A machine that is not registered cannot
//! deregister, and a queued action is only visible if the service reports whether one is pending.

use super::action::Action;
use super::snapshot::{Deregistration, Snapshot};
use crate::daas::PowerAction;
use crate::models::PowerState;

/// The conclusion from a later snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// It ran.
    Ran,
    /// Nothing has changed, and running would show. The request has not run, or not yet.
    Nothing,
    /// Something inconclusive has changed, or running would not show.
    Unclear,
}

/// Compares what was read before the request with what is read now.
///
/// The request was accepted if a power action is pending now and was known not to be before. It was
/// also accepted if its lasting effect is visible: a newer deregistration after a reboot, or the power
/// state after other actions.
pub(super) fn assess(action: &Action, before: &Snapshot, now: &Snapshot) -> Evidence {
    let power = match action {
        Action::RebootIdle => PowerAction::Reboot,
        Action::Power { action, .. } => *action,
        Action::MaintenanceMode(on) if now.in_maintenance == Some(*on) => return Evidence::Ran,
        Action::LogoffSessions if now.logging_off == Some(true) => return Evidence::Ran,
        Action::DisconnectSessions => return disconnection(before, now),
        Action::HideSessions(on) if now.hidden == Some(*on) => return Evidence::Ran,
        _ => return Evidence::Nothing,
    };
    if now.pending == Some(true) {
        // If this was unknown before, it may have another cause.
        return match before.pending {
            Some(false) => Evidence::Ran,
            _ => Evidence::Unclear,
        };
    }
    let moved = now.power != before.power;
    let evidence = match power {
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
    };
    match evidence {
        Evidence::Nothing if !leaves_trace(power, before, now) => Evidence::Unclear,
        evidence => evidence,
    }
}

/// Returns whether running would have left a trace on this object that is visible now.
///
/// A queued action shows as pending, if both snapshots report whether one is. After that, a reboot
/// shows in the deregistration time of a machine that was registered, and any other power action in
/// a power state that the service manages.
fn leaves_trace(action: PowerAction, before: &Snapshot, now: &Snapshot) -> bool {
    let queue_shows = before.pending == Some(false) && now.pending == Some(false);
    queue_shows
        && match action {
            PowerAction::Reboot => deregistration_shows(before) && deregistration_shows(now),
            _ => power_shows(before) && power_shows(now),
        }
}

/// Returns whether the effect of an earlier run's request would still be visible, however long ago
/// that was.
///
/// A power state may have changed back in the meantime; the time of a deregistration remains.
pub(super) fn leaves_lasting_trace(action: &Action, before: &Snapshot) -> bool {
    match action.power_action() {
        Some(PowerAction::Start | PowerAction::Resume) => false,
        Some(_) => deregistration_shows(before),
        None => action.leaves_evidence(),
    }
}

fn deregistration_shows(snapshot: &Snapshot) -> bool {
    snapshot.is_registered() && snapshot.deregistered.is_some()
}

fn power_shows(snapshot: &Snapshot) -> bool {
    use PowerState as P;
    let managed = [
        P::On,
        P::Off,
        P::Suspended,
        P::TurningOn,
        P::TurningOff,
        P::Suspending,
        P::Resuming,
    ];
    snapshot
        .power
        .as_ref()
        .is_some_and(|it| managed.contains(it))
}

fn reboot(before: &Snapshot, now: &Snapshot) -> Evidence {
    match now.deregistration_since(before) {
        Deregistration::Newer => Evidence::Ran,
        Deregistration::Older => Evidence::Unclear,
        Deregistration::Same if now.in_transition() && !before.in_transition() => Evidence::Ran,
        // Newly registered, gone or back without a deregistration time, or off: something else
        // happened.
        Deregistration::Same
            if now.is_registered() != before.is_registered()
                || (now.power != before.power && now.power.is_some() && before.power.is_some()) =>
        {
            Evidence::Unclear
        }
        Deregistration::Same => Evidence::Nothing,
    }
}

/// A session that is in another state than before, or has been in one meanwhile, may have been
/// disconnected and reconnected: its user is not cut off twice.
fn disconnection(before: &Snapshot, now: &Snapshot) -> Evidence {
    if now.is_disconnected() {
        return Evidence::Ran;
    }
    match now.state == before.state && now.state_changed == before.state_changed {
        true => Evidence::Nothing,
        false => Evidence::Unclear,
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
    use crate::models::{Machine, Session};

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
                assess(&Action::RebootIdle, &look(UP), &look(now)),
                expected,
                "{now}"
            );
        }
    }

    #[test]
    fn contradictory_evidence_proves_nothing() {
        let cases = [
            // The clock of the controller that responds now is behind.
            r#"{"PowerState":"On","RegistrationState":"Registered","PowerActionPending":false,
                "FormattedLastDeregistrationTime":"2026-01-05T08:29:00Z"}"#,
            // A property that was reported before is now missing.
            r#"{"PowerState":"On","RegistrationState":"Registered","PowerActionPending":false}"#,
            "{}",
            // Not registered, although it has not deregistered since.
            r#"{"PowerState":"On","RegistrationState":"Unregistered","PowerActionPending":false,
                "FormattedLastDeregistrationTime":"2026-01-05T08:30:00Z"}"#,
            r#"{"PowerState":"Off","RegistrationState":"Registered","PowerActionPending":false,
                "FormattedLastDeregistrationTime":"2026-01-05T08:30:00Z"}"#,
        ];
        for now in cases {
            let evidence = assess(&Action::RebootIdle, &look(UP), &look(now));
            assert_eq!(evidence, Evidence::Unclear, "{now}");
        }
        let unsaid = look(r#"{"PowerState":"On"}"#);
        let pending = look(r#"{"PowerActionPending":true}"#);
        assert_eq!(
            assess(&Action::RebootIdle, &unsaid, &pending),
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
            let state = |power| {
                look(&format!(
                    r#"{{"PowerState":"{power}","PowerActionPending":false}}"#
                ))
            };
            let power = Action::Power {
                action,
                in_use: true,
                force: false,
            };
            let evidence = assess(&power, &state(before), &state(now));
            assert_eq!(evidence, expected, "{action} {before} {now}");
        }
    }

    #[test]
    fn settings_show_themselves() {
        let on = look(r#"{"InMaintenanceMode":true}"#);
        let off = look(r#"{"InMaintenanceMode":false}"#);
        let wanted = Action::MaintenanceMode(true);
        assert_eq!(assess(&wanted, &off, &on), Evidence::Ran);
        assert_eq!(assess(&wanted, &off, &off), Evidence::Nothing);
        let session = |hidden| Snapshot {
            hidden,
            ..Snapshot::default()
        };
        let (on, off, unsaid) = (session(Some(true)), session(Some(false)), session(None));
        let (hide, unhide) = (Action::HideSessions(true), Action::HideSessions(false));
        assert_eq!(assess(&hide, &off, &on), Evidence::Ran);
        assert_eq!(assess(&hide, &off, &off), Evidence::Nothing);
        assert_eq!(assess(&hide, &unsaid, &unsaid), Evidence::Nothing);
        assert_eq!(assess(&unhide, &on, &off), Evidence::Ran);
        assert_eq!(assess(&unhide, &on, &on), Evidence::Nothing);
    }

    #[test]
    fn a_session_that_was_connected_to_again_is_not_disconnected_twice() {
        let look = |state: &str, changed: &str| {
            let json = format!(
                r#"{{"State":"{state}","FormattedStateChangeTime":"2026-01-05T{changed}Z"}}"#
            );
            Snapshot::from(&serde_json::from_str::<Session>(&json).unwrap())
        };
        let before = look("Active", "08:30:00");
        for (now, expected) in [
            (look("Disconnected", "09:00:00"), Evidence::Ran),
            (look("Active", "08:30:00"), Evidence::Nothing),
            (look("Active", "09:00:05"), Evidence::Unclear),
            (look("Connected", "09:00:05"), Evidence::Unclear),
            (Snapshot::default(), Evidence::Unclear),
        ] {
            let evidence = assess(&Action::DisconnectSessions, &before, &now);
            assert_eq!(evidence, expected, "{now:?}");
        }
    }

    #[test]
    fn no_change_means_not_run_only_for_actions_that_leave_a_trace() {
        use PowerAction as A;
        let whole = [
            (r#""PowerState""#, r#""On""#),
            (r#""RegistrationState""#, r#""Registered""#),
            (r#""PowerActionPending""#, "false"),
            (
                r#""FormattedLastDeregistrationTime""#,
                r#""2026-01-05T08:30:00Z""#,
            ),
        ];
        let with = |changed: &str, value: Option<&str>| {
            let fields: Vec<String> = whole
                .iter()
                .filter_map(|(name, usual)| {
                    let value = match name.contains(changed) {
                        true => value?,
                        false => usual,
                    };
                    Some(format!("{name}:{value}"))
                })
                .collect();
            look(&format!("{{{}}}", fields.join(",")))
        };
        // The state before and after; then whether a reboot and a shutdown would show.
        let cases = [
            ("none", None, [true, true]),
            (
                "RegistrationState",
                Some(r#""Unregistered""#),
                [false, true],
            ),
            (
                "RegistrationState",
                Some(r#""Initializing""#),
                [false, true],
            ),
            ("RegistrationState", Some("null"), [false, true]),
            ("RegistrationState", None, [false, true]),
            ("PowerActionPending", Some("null"), [false, false]),
            ("PowerActionPending", None, [false, false]),
            ("LastDeregistrationTime", Some("null"), [false, true]),
            ("LastDeregistrationTime", None, [false, true]),
            ("PowerState", Some(r#""Unmanaged""#), [true, false]),
            ("PowerState", Some(r#""Unknown""#), [true, false]),
            ("PowerState", Some(r#""SomethingNew""#), [true, false]),
            ("PowerState", None, [true, false]),
        ];
        for (changed, value, shows) in cases {
            let same = with(changed, value);
            for (action, shows) in [A::Reboot, A::Shutdown].into_iter().zip(shows) {
                let expected = match shows {
                    true => Evidence::Nothing,
                    false => Evidence::Unclear,
                };
                let action = Action::Power {
                    action,
                    in_use: true,
                    force: false,
                };
                let evidence = assess(&action, &same, &same);
                assert_eq!(evidence, expected, "{action}: {changed} {value:?}");
            }
        }
    }

    #[test]
    fn long_after_only_a_deregistration_still_shows() {
        use PowerAction as A;
        let registered = look(UP);
        let unregistered = look(&UP.replace("Registered", "Unregistered"));
        let lasts = |action, before: &Snapshot| {
            let action = Action::Power {
                action,
                in_use: true,
                force: false,
            };
            leaves_lasting_trace(&action, before)
        };
        for action in [A::Reboot, A::Shutdown, A::Suspend] {
            assert!(lasts(action, &registered), "{action}");
            assert!(!lasts(action, &unregistered), "{action}");
        }
        for action in [A::Start, A::Resume] {
            assert!(!lasts(action, &registered), "{action}");
        }
        assert!(leaves_lasting_trace(&Action::LogoffSessions, &registered));
    }
}
