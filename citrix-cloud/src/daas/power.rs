//! Power actions on a machine.

use std::fmt;
use std::time::Duration;

use citrix_cloud_gen::ops::machines::{
    RebootMachine, ResumeMachine, ShutdownMachine, StartMachine, SuspendMachine,
};

use crate::Request;

/// What can be done to a machine's power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PowerAction {
    /// Start it.
    Start,
    /// Shut it down.
    Shutdown,
    /// Restart it.
    Reboot,
    /// Suspend it.
    Suspend,
    /// Resume it.
    Resume,
}

impl PowerAction {
    /// The verb, as it stands in the path after `$`.
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

/// The optional parameters of each action, under one name each.
macro_rules! options {
    ($($operation:ident $(force $force:ident)? $(delay $delay:ident)?;)*) => {
        $(
            impl Request<$operation> {
                $(
                    /// Forces it without asking the guest. Unsaved work in sessions is lost.
                    ///
                    /// Not sent unless set.
                    pub fn $force(self, force: bool) -> Self {
                        self.with(|operation| operation.force(force))
                    }
                )?

                $(
                    /// Delays it, in whole seconds.
                    pub fn $delay(self, delay: Duration) -> Self {
                        let seconds = i64::try_from(delay.as_secs()).unwrap_or(i64::MAX);
                        self.with(|operation| operation.delay(seconds))
                    }
                )?

                /// Sets whether the answer has all details of the machine; the service's default is
                /// yes.
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
