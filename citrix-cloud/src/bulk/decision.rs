//! What happens to an object, or why it is skipped.

use std::fmt;

/// What would happen to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// The action would be requested.
    Act,
    /// It would be skipped.
    Skip(SkipReason),
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act => f.write_str("act"),
            Self::Skip(reason) => write!(f, "skip, {reason}"),
        }
    }
}

/// Why an object is skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It has this many sessions.
    InUse(i64),
    /// Its session count is missing, null or negative, so it may be in use.
    SessionCountUnknown,
    /// It is in maintenance mode, so somebody is working on it.
    InMaintenance,
    /// It is not known whether it is in maintenance mode, so the mode could not be restored
    /// afterwards.
    MaintenanceUnknown,
    /// A power action is already pending.
    PowerActionPending,
    /// It is off.
    PoweredOff,
    /// It is suspended; a reboot would discard its state.
    Suspended,
    /// It is already in the requested state.
    AlreadySo,
    /// It no longer exists.
    Gone,
    /// The resumed run has already processed it.
    DoneBefore,
    /// The service returned no id for it.
    NoId,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InUse(sessions) => return write!(f, "{sessions} sessions"),
            Self::SessionCountUnknown => "session count unknown",
            Self::InMaintenance => "in maintenance mode",
            Self::MaintenanceUnknown => "maintenance mode unknown",
            Self::PowerActionPending => "power action pending",
            Self::PoweredOff => "powered off",
            Self::Suspended => "suspended",
            Self::AlreadySo => "already in the requested state",
            Self::Gone => "does not exist",
            Self::DoneBefore => "done before",
            Self::NoId => "no id",
        })
    }
}
