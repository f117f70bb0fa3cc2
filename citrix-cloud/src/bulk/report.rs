//! The outcomes of a run.

use std::fmt;
use std::time::Duration;

use super::decision::SkipReason;
use crate::{Error, ErrorKind};

/// The report about one object.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The outcome.
    pub outcome: Outcome,
    /// Why a drained machine may still be in maintenance mode; `None` if it has been restored.
    pub left_in_maintenance: Option<Error>,
}

/// The outcome for an object.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// The service has accepted the request, or evidence shows that it ran. If the run waits for
    /// registration, the machine has registered again.
    Done,
    /// It was skipped by the plan, or because of a later check.
    Skipped(SkipReason),
    /// The service refused the request or could not be reached; nothing was changed.
    Failed(Error),
    /// The request was sent, and neither a response nor a later check shows for certain whether it
    /// ran.
    Unknown(Error),
    /// The service has accepted the request, but the machine did not register within this time.
    NotReady(Duration),
    /// No request was sent, or evidence shows that none ran.
    NotAttempted(NotAttempted),
}

/// Why an object was not attempted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAttempted {
    /// The number of failures that [`Bulk::max_failures`](super::Bulk::max_failures) allows was
    /// reached.
    TooManyFailures,
    /// Too few machines of its delivery group would have remained registered.
    TooFewRegistered,
    /// The registered machines of the delivery groups could not be counted.
    RegisteredUnknown,
    /// No connection could be made for many consecutive objects before.
    Unreachable,
    /// The run was aborted before its request was sent.
    Aborted,
    /// Its request was sent, evidence shows that it did not run, and the run was stopped before it
    /// could be sent again.
    Stopped,
    /// The request could not be recorded before sending it, for this reason.
    NotRecorded(String),
}

impl Outcome {
    /// Returns whether it counts towards [`Bulk::max_failures`](super::Bulk::max_failures).
    pub(super) fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Unknown(_) | Self::NotReady(_))
    }

    /// Returns whether there was a response about the object, if the outcome says so.
    pub(super) fn got_response(&self) -> Option<bool> {
        match self {
            Self::Failed(error) => {
                let broken = matches!(error.kind(), ErrorKind::Connect | ErrorKind::Network);
                Some(!broken)
            }
            Self::Done | Self::Skipped(_) | Self::NotReady(_) => Some(true),
            Self::Unknown(_) | Self::NotAttempted(_) => None,
        }
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
            Self::NotAttempted(reason) => write!(f, "not attempted, {reason}"),
        }
    }
}

impl fmt::Display for NotAttempted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooManyFailures => "too many failures",
            Self::TooFewRegistered => "too few registered machines in its delivery group",
            Self::Unreachable => "the service could not be reached",
            Self::RegisteredUnknown => "the registered machines could not be counted",
            Self::Aborted => "the run was aborted",
            Self::Stopped => "it did not run, and the run was stopped",
            Self::NotRecorded(reason) => return write!(f, "it could not be recorded: {reason}"),
        })
    }
}
