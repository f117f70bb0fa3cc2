//! What became of the objects, while a run goes on and at its end.

use std::fmt;
use std::time::Duration;

use super::decision::SkipReason;
use crate::Error;

/// What became of one object.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why a machine that was drained is still in maintenance mode; `None` when it is as it was.
    pub left_in_maintenance: Option<Error>,
}

/// What became of an object.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// The service has taken the request up, or evidence shows that it has; where registration is
    /// waited for, the machine has registered again.
    Done,
    /// It was left alone, by the plan or after a second look.
    Skipped(SkipReason),
    /// The service refused, or could not be asked; nothing was changed.
    Failed(Error),
    /// The request was sent, and neither an answer nor a later look says for sure whether it ran.
    Unknown(Error),
    /// The service has taken the request up, and the machine did not register within this time.
    NotReady(Duration),
    /// It had no turn, or none any more; nothing was done.
    NotAttempted(NotAttempted),
}

/// Why an object had no turn, or none any more.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAttempted {
    /// So many failed before that the run was ended.
    TooManyFailures,
    /// Too few machines of its delivery group would have been left registered.
    TooFewRegistered,
    /// The registered machines of the delivery groups could not be counted.
    RegisteredUnknown,
    /// Nothing was waited for any more when it was not asked for yet.
    Aborted,
    /// It was asked for, evidence shows that nothing ran, and the run was stopped before it could be
    /// asked for again.
    Stopped,
    /// What is about to be asked could not be written down, for this reason.
    NotRecorded(String),
}

impl Outcome {
    /// Whether it counts towards [`Bulk::max_failures`](super::Bulk::max_failures).
    pub(super) fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Unknown(_) | Self::NotReady(_))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("success"),
            Self::Skipped(reason) => write!(f, "skipped, {reason}"),
            Self::Failed(error) => write!(f, "failure: {}", error.message()),
            Self::Unknown(error) => write!(f, "unknown: {}", error.message()),
            Self::NotReady(within) => {
                write!(f, "failure: did not register again within {within:?}")
            }
            Self::NotAttempted(NotAttempted::Stopped) => {
                write!(f, "not done, {}", NotAttempted::Stopped)
            }
            Self::NotAttempted(reason) => write!(f, "not asked, {reason}"),
        }
    }
}

impl fmt::Display for NotAttempted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooManyFailures => "too many failures",
            Self::TooFewRegistered => "too few registered machines in its delivery group",
            Self::RegisteredUnknown => "the registered machines could not be counted",
            Self::Aborted => "the run was given up",
            Self::Stopped => "it did not run, and the run was stopped",
            Self::NotRecorded(reason) => return write!(f, "it could not be recorded: {reason}"),
        })
    }
}
