//! What would be done with an object, and why not.

use std::fmt;

/// What would be done with an object.
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
    /// Its session count is missing, null or negative: in use as far as anybody knows.
    SessionCountUnknown,
    /// It is in maintenance mode: somebody is working on it.
    InMaintenance,
    /// Whether it is in maintenance mode is not known, so that could not be restored.
    MaintenanceUnknown,
    /// A power action is under way already.
    PowerActionPending,
    /// It is off.
    PoweredOff,
    /// It is suspended; a reboot would throw away what it holds.
    Suspended,
    /// It is already in the requested state.
    AlreadySo,
    /// It does not exist any more.
    Gone,
    /// The run that is resumed has dealt with it.
    DoneBefore,
    /// The service gave no id to ask with.
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
