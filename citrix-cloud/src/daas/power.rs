//! Power actions on a machine.

use std::fmt;
use std::time::Duration;

use citrix_cloud_gen::ops::machines::{
    RebootMachine, ResumeMachine, ShutdownMachine, StartMachine, SuspendMachine,
};

use crate::Request;

/// A power action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PowerAction {
    /// Starts the machine.
    Start,
    /// Shuts the machine down.
    Shutdown,
    /// Restarts the machine.
    Reboot,
    /// Suspends the machine.
    Suspend,
    /// Resumes the suspended machine.
    Resume,
}

impl PowerAction {
    /// Returns the verb that follows `$` in the path.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Shutdown => "shutdown",
            Self::Reboot => "reboot",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }
}

impl fmt::Display for PowerAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Gives the optional parameters of all actions the same names.
macro_rules! options {
    ($($operation:ident $(force $force:ident)? $(delay $delay:ident)?;)*) => {
        $(
            impl Request<$operation> {
                $(
                    /// Forces the action without asking the guest. Unsaved work in sessions is
                    /// lost.
                    ///
                    /// If not set, it is not sent.
                    pub fn $force(self, force: bool) -> Self {
                        self.with(|operation| operation.force(force))
                    }
                )?

                $(
                    /// Delays the action, in whole seconds.
                    pub fn $delay(self, delay: Duration) -> Self {
                        let seconds = i64::try_from(delay.as_secs()).unwrap_or(i64::MAX);
                        self.with(|operation| operation.delay(seconds))
                    }
                )?

                /// Sets whether the response contains all details of the machine; the service's
                /// default is yes.
                pub fn detail(self, detail: bool) -> Self {
                    self.with(|operation| operation.detail_response_required(detail))
                }
            }
        )*
    };
}

options! {
    StartMachine;
    ShutdownMachine force force delay delay;
    RebootMachine force force;
    SuspendMachine delay delay;
    ResumeMachine;
}
