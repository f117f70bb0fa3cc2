//! Power actions.

use serde::{Deserialize, Serialize};

use super::machine::PowerState;

/// A power action on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PowerAction {
    /// Powers it on (`$start`).
    Start,
    /// Shuts it down (`$shutdown`).
    Shutdown,
    /// Restarts it (`$reboot`).
    Reboot,
    /// Suspends it (`$suspend`).
    Suspend,
    /// Resumes it (`$resume`).
    Resume,
}

impl PowerAction {
    /// Returns the power state during the action.
    pub(super) fn between(self) -> PowerState {
        match self {
            Self::Start | Self::Reboot => PowerState::TurningOn,
            Self::Shutdown => PowerState::TurningOff,
            Self::Suspend => PowerState::Suspending,
            Self::Resume => PowerState::Resuming,
        }
    }

    pub(super) fn after(self) -> PowerState {
        match self {
            Self::Start | Self::Reboot | Self::Resume => PowerState::On,
            Self::Shutdown => PowerState::Off,
            Self::Suspend => PowerState::Suspended,
        }
    }

    pub(super) fn ends_sessions(self) -> bool {
        matches!(self, Self::Shutdown | Self::Reboot)
    }
}

/// Why a power action was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PowerRefusal {
    NoSuchMachine,
    NotSupported,
}
