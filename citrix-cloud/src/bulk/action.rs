//! The actions: which objects each one skips, and which request it sends.

use std::fmt;
use std::time::Duration;

use super::decision::{Decision, SkipReason};
use super::snapshot::{MACHINE_FIELDS, Snapshot};
use crate::daas::{PowerAction, Site};
use crate::error::Inner;
use crate::models::{MachineDetail, MessageStyle, PowerState};
use crate::pipeline::PermitUse;
use crate::{BoxRequest, Error, ErrorKind};

/// An action on every object of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Reboots machines that nobody is using.
    RebootIdle,
    /// Changes the power of machines.
    Power {
        /// The power action.
        action: PowerAction,
        /// Whether to include machines with sessions, which the action would end or cut off;
        /// default no.
        in_use: bool,
        /// Whether to shut down or reboot without asking the guest; default no.
        force: bool,
    },
    /// Turns maintenance mode on or off.
    MaintenanceMode(bool),
    /// Logs users off.
    LogoffSessions,
    /// Disconnects sessions; they keep running.
    DisconnectSessions,
    /// Hides sessions, so that their users cannot reconnect to them, or unhides them.
    HideSessions(bool),
    /// Shows a message to users.
    SendMessage {
        /// The title of the window.
        title: String,
        /// The text; must not be empty.
        text: String,
        /// The icon.
        style: MessageStyle,
    },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RebootIdle => "reboot-idle",
            Self::Power { action, .. } => action.as_str(),
            Self::MaintenanceMode(true) => "maintenance-on",
            Self::MaintenanceMode(false) => "maintenance-off",
            Self::LogoffSessions => "logoff",
            Self::DisconnectSessions => "disconnect",
            Self::HideSessions(true) => "hide",
            Self::HideSessions(false) => "unhide",
            Self::SendMessage { .. } => "message",
        })
    }
}

/// How the service responded to a request.
#[derive(Debug)]
pub(super) enum SubmitResult {
    /// It has accepted it.
    Accepted,
    /// It refused, or could not be reached; nothing ran.
    Refused(Error),
    /// No response says for certain.
    Unsure(Error),
}

impl Action {
    /// Returns whether the objects are machines rather than sessions.
    #[must_use]
    pub fn is_for_machines(&self) -> bool {
        match self {
            Self::RebootIdle | Self::Power { .. } | Self::MaintenanceMode(_) => true,
            Self::LogoffSessions
            | Self::DisconnectSessions
            | Self::HideSessions(_)
            | Self::SendMessage { .. } => false,
        }
    }

    /// Returns whether a machine registers afterwards.
    pub(super) fn ends_registered(&self) -> bool {
        use PowerAction as P;
        match self {
            Self::RebootIdle => true,
            Self::Power { action, .. } => matches!(action, P::Reboot | P::Start | P::Resume),
            _ => false,
        }
    }

    /// Returns whether a machine that accepts sessions stops doing so at some point afterwards.
    pub(super) fn takes_out_of_service(&self) -> bool {
        use PowerAction as P;
        match self {
            Self::RebootIdle => true,
            Self::Power { action, .. } => matches!(action, P::Reboot | P::Shutdown | P::Suspend),
            Self::MaintenanceMode(on) => *on,
            _ => false,
        }
    }

    /// Returns whether the request is idempotent.
    pub(super) fn can_be_repeated(&self) -> bool {
        matches!(
            self,
            Self::MaintenanceMode(_)
                | Self::LogoffSessions
                | Self::DisconnectSessions
                | Self::HideSessions(_)
        )
    }

    /// Returns whether a later snapshot can show that the action ran.
    pub(super) fn leaves_evidence(&self) -> bool {
        !matches!(self, Self::SendMessage { .. })
    }

    /// Returns the power action that is requested from the service, if it is one.
    pub(super) fn power_action(&self) -> Option<PowerAction> {
        match self {
            Self::RebootIdle => Some(PowerAction::Reboot),
            Self::Power { action, .. } => Some(*action),
            _ => None,
        }
    }

    /// Returns whether it is forced although the service can force only shutdowns and reboots.
    pub(super) fn is_forced_in_vain(&self) -> bool {
        use PowerAction as P;
        match self {
            Self::Power { action, force, .. } => {
                *force && !matches!(action, P::Reboot | P::Shutdown)
            }
            _ => false,
        }
    }

    /// Returns whether machines with sessions are skipped.
    fn spares_sessions(&self) -> bool {
        use PowerAction as P;
        match self {
            Self::RebootIdle => true,
            Self::Power { action, in_use, .. } => {
                !in_use && matches!(action, P::Reboot | P::Shutdown | P::Suspend)
            }
            _ => false,
        }
    }

    /// Returns the decision for a snapshot; `ours` is true if this run put the machine into
    /// maintenance mode.
    pub(super) fn decide(&self, look: &Snapshot, ours: bool) -> Decision {
        match self.reason_against(look, ours) {
            Some(reason) => Decision::Skip(reason),
            None => Decision::Act,
        }
    }

    fn reason_against(&self, look: &Snapshot, ours: bool) -> Option<SkipReason> {
        use PowerAction as A;
        use PowerState as P;
        use SkipReason as S;
        if self.spares_sessions() {
            match look.sessions {
                None | Some(..=-1) => return Some(S::SessionCountUnknown),
                Some(sessions @ 1..) => return Some(S::InUse(sessions)),
                Some(0) => {}
            }
        }
        let action = match self {
            Self::RebootIdle if look.in_maintenance == Some(true) && !ours => {
                return Some(S::InMaintenance);
            }
            Self::RebootIdle => A::Reboot,
            Self::Power { action, .. } => *action,
            Self::MaintenanceMode(on) => {
                return (look.in_maintenance == Some(*on)).then_some(S::AlreadySo);
            }
            Self::LogoffSessions => {
                return (look.logging_off == Some(true)).then_some(S::AlreadySo);
            }
            Self::DisconnectSessions => return look.is_disconnected().then_some(S::AlreadySo),
            Self::HideSessions(on) => {
                return (look.hidden == Some(*on)).then_some(S::AlreadySo);
            }
            Self::SendMessage { .. } => return None,
        };
        if look.pending == Some(true) || look.in_transition() {
            return Some(S::PowerActionPending);
        }
        match (action, look.power.as_ref()?) {
            (A::Start | A::Resume, P::On) | (A::Shutdown, P::Off) | (A::Suspend, P::Suspended) => {
                Some(S::AlreadySo)
            }
            (A::Reboot | A::Suspend, P::Off) => Some(S::PoweredOff),
            (A::Reboot, P::Suspended) => Some(S::Suspended),
            _ => None,
        }
    }

    /// Takes a snapshot of one object.
    pub(super) async fn look(
        &self,
        site: &Site,
        id: &str,
        permit: PermitUse,
    ) -> Result<Snapshot, Error> {
        let (snapshot, seen) = if self.is_for_machines() {
            let request = site.machine(id).get().fields(MACHINE_FIELDS);
            let machine = request.permit(permit).await?;
            (Snapshot::from(&machine), machine.id)
        } else {
            let session = site.session(id).get().permit(permit).await?;
            (Snapshot::from(&session), session.id)
        };
        match seen {
            Some(seen) if seen.eq_ignore_ascii_case(id) => Ok(snapshot),
            _ => Err(Error::decode(
                "the response to a check names another object",
            )),
        }
    }

    /// Returns the request for one object; its response may have no body, or contain the id of the
    /// object.
    pub(super) fn request(&self, site: &Site, id: &str) -> BoxRequest<SubmitResponse> {
        let power = |request: BoxRequest<Option<MachineDetail>>| {
            request.map(|machine| machine.map(|machine| machine.id))
        };
        let (machine, session) = (site.machine(id), site.session(id));
        match self {
            Self::RebootIdle => power(machine.reboot().boxed()),
            Self::Power {
                action: PowerAction::Reboot,
                force: true,
                ..
            } => power(machine.reboot().force(true).boxed()),
            Self::Power {
                action: PowerAction::Shutdown,
                force: true,
                ..
            } => power(machine.shutdown().force(true).boxed()),
            Self::Power { action, .. } => power(machine.power(*action)),
            Self::MaintenanceMode(on) => {
                let request = machine.maintenance_mode(*on).idempotent();
                request.map(|()| None)
            }
            Self::LogoffSessions => session.logoff().map(|()| None),
            Self::DisconnectSessions => {
                let request = session.disconnect();
                request.map(|session| session.map(|session| session.id))
            }
            Self::HideSessions(true) => session.hide().idempotent().map(|()| None),
            Self::HideSessions(false) => session.unhide().idempotent().map(|()| None),
            Self::SendMessage { title, text, style } => {
                let request = session.send_message(title, text, style.clone());
                request.map(|session| session.map(|session| session.id))
            }
        }
    }
}

/// `None` if there is no body, or else the id in it, if any.
pub(super) type SubmitResponse = Option<Option<String>>;

/// Checks that a response has no body or names the object; ids are compared ignoring case, because
/// the service is inconsistent.
fn names(response: SubmitResponse, id: &str) -> Result<(), Error> {
    match response {
        None => Ok(()),
        Some(Some(seen)) if seen.eq_ignore_ascii_case(id) => Ok(()),
        Some(_) => Err(unsure("the response does not name the object")),
    }
}

/// Converts the response to the request for an object.
pub(super) fn submit_result(response: Result<SubmitResponse, Error>, id: &str) -> SubmitResult {
    match response.and_then(|response| names(response, id)) {
        Ok(()) => SubmitResult::Accepted,
        Err(error) => match error.kind() {
            ErrorKind::JobStarted => SubmitResult::Accepted,
            // The job of a batch item is still running.
            ErrorKind::Timeout if error.job_id().is_some() => SubmitResult::Accepted,
            // A success in a form that the service does not use came from something else.
            ErrorKind::Decode | ErrorKind::OutcomeUnknown => SubmitResult::Unsure(error),
            _ => SubmitResult::Refused(error),
        },
    }
}

pub(super) fn unsure(message: &str) -> Error {
    Inner::new(ErrorKind::OutcomeUnknown, message).into_error()
}

/// Returns the error for a request that was retried in vain: each time, evidence shows that it did
/// not run.
pub(super) fn never_ran(last: &Error, times: u32, within: Duration) -> Error {
    let message = format!(
        "requested {times} times; nothing within {within:?} of each request shows that it ran; the last \
         time: {}",
        last.message()
    );
    let mut inner = Inner::new(ErrorKind::Unavailable, message);
    inner.transaction_id = last.transaction_id().map(str::to_owned);
    inner.operation = last.operation();
    inner.attempts = last.attempts();
    inner.into_error()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Machine, Session};

    fn decision(action: &Action, json: &str) -> Decision {
        let machine = serde_json::from_str::<Machine>(json).unwrap();
        action.decide(&Snapshot::from(&machine), false)
    }

    fn power(action: PowerAction, in_use: bool) -> Action {
        let force = false;
        Action::Power {
            action,
            in_use,
            force,
        }
    }

    #[test]
    fn unknown_is_not_zero() {
        for json in ["{}", r#"{"SessionCount":null}"#, r#"{"SessionCount":-1}"#] {
            for action in [Action::RebootIdle, power(PowerAction::Shutdown, false)] {
                assert_eq!(
                    decision(&action, json),
                    Decision::Skip(SkipReason::SessionCountUnknown),
                    "{action} {json}"
                );
            }
        }
    }

    #[test]
    fn only_known_obstacles_keep_an_idle_machine_from_a_reboot() {
        use SkipReason as S;
        let cases = [
            (r#""PowerState":"On""#, None),
            (r#""PowerState":"Unmanaged""#, None),
            (r#""PowerState":"SomethingNew""#, None),
            (r#""RegistrationState":"Unregistered""#, None),
            (
                r#""InMaintenanceMode":null,"PowerActionPending":null"#,
                None,
            ),
            (r#""PowerState":"Off""#, Some(S::PoweredOff)),
            (r#""PowerState":"Suspended""#, Some(S::Suspended)),
            (r#""PowerState":"TurningOff""#, Some(S::PowerActionPending)),
            (r#""InMaintenanceMode":true"#, Some(S::InMaintenance)),
            (r#""PowerActionPending":true"#, Some(S::PowerActionPending)),
        ];
        for (fields, expected) in cases {
            let expected = expected.map_or(Decision::Act, Decision::Skip);
            let json = format!(r#"{{"SessionCount":0,{fields}}}"#);
            assert_eq!(decision(&Action::RebootIdle, &json), expected, "{fields}");
        }
        assert_eq!(
            decision(
                &Action::RebootIdle,
                r#"{"SessionCount":2,"PowerState":"Off"}"#
            ),
            Decision::Skip(S::InUse(2))
        );
    }

    #[test]
    fn other_actions_skip_machines_already_in_that_state_or_with_sessions() {
        use PowerAction as A;
        use SkipReason as S;
        let (off, on) = (r#"{"PowerState":"Off"}"#, r#"{"PowerState":"On"}"#);
        let used = r#"{"PowerState":"On","SessionCount":1,"InMaintenanceMode":true}"#;
        let cases = [
            (power(A::Start, false), off, None),
            (power(A::Start, false), on, Some(S::AlreadySo)),
            (power(A::Shutdown, true), off, Some(S::AlreadySo)),
            (power(A::Shutdown, false), used, Some(S::InUse(1))),
            (power(A::Shutdown, true), used, None),
            (power(A::Suspend, false), used, Some(S::InUse(1))),
            (power(A::Reboot, true), off, Some(S::PoweredOff)),
            (
                power(A::Resume, false),
                r#"{"PowerState":"Suspended"}"#,
                None,
            ),
            (Action::MaintenanceMode(true), used, Some(S::AlreadySo)),
            (Action::MaintenanceMode(false), used, None),
            (Action::MaintenanceMode(true), "{}", None),
        ];
        for (action, json, expected) in cases {
            let expected = expected.map_or(Decision::Act, Decision::Skip);
            assert_eq!(decision(&action, json), expected, "{action:?} {json}");
        }
    }

    #[test]
    fn a_session_is_left_alone_only_when_it_is_known_to_be_so_already() {
        use Action::{DisconnectSessions, HideSessions, LogoffSessions};
        let cases = [
            (LogoffSessions, r#"{"LogoffInProgress":true}"#, true),
            (LogoffSessions, r#"{"State":"Disconnected"}"#, false),
            (DisconnectSessions, r#"{"State":"Disconnected"}"#, true),
            (DisconnectSessions, r#"{"State":"Connected"}"#, false),
            (DisconnectSessions, r#"{"State":"SomethingNew"}"#, false),
            (DisconnectSessions, "{}", false),
            (HideSessions(true), r#"{"IsHidden":true}"#, true),
            (HideSessions(true), r#"{"IsHidden":false}"#, false),
            (HideSessions(true), r#"{"IsHidden":null}"#, false),
            (HideSessions(false), r#"{"IsHidden":false}"#, true),
            (HideSessions(false), "{}", false),
        ];
        for (action, json, is_so) in cases {
            let session = serde_json::from_str::<Session>(json).unwrap();
            let decision = action.decide(&Snapshot::from(&session), false);
            let expected = match is_so {
                true => Decision::Skip(SkipReason::AlreadySo),
                false => Decision::Act,
            };
            assert_eq!(decision, expected, "{action} {json}");
        }
    }

    #[test]
    fn our_own_maintenance_mode_does_not_prevent_a_reboot() {
        let look = Snapshot {
            sessions: Some(0),
            in_maintenance: Some(true),
            ..Snapshot::default()
        };
        assert_eq!(Action::RebootIdle.decide(&look, true), Decision::Act);
    }
}
