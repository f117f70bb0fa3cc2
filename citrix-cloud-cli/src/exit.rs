//! How a command ends, and the exit code of it.

use std::fmt;
use std::io;
use std::process::ExitCode;

use citrix_cloud::ErrorKind;

use crate::output::escaped_lines;

/// The end of a command that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything went well.
    Done,
    /// Some of many objects failed, or nobody knows.
    SomeFailed,
    /// The user stopped it half-way.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::SomeFailed => Self::from(3),
            Exit::Interrupted => Self::FAILURE,
        }
    }
}

/// Why a command did not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was used wrongly, or consent was not given; nothing was changed.
    Usage(String),
    /// The SDK or the service refused.
    Service(citrix_cloud::Error),
    /// The service's answer cannot be shown.
    Answer(String),
    /// This machine failed: writing, reading, listening.
    Machine(io::Error),
}

impl Failure {
    /// The exit code, given whether any request was sent.
    pub(crate) fn code(&self, sent: bool) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Service(error)
                if !sent && matches!(error.kind(), ErrorKind::Config | ErrorKind::Input) =>
            {
                ExitCode::from(2)
            }
            _ => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Answer(text) => f.write_str(&escaped_lines(text)),
            // An error of the SDK says its cause itself, so the chain would repeat it.
            Self::Service(error) => f.write_str(&escaped_lines(&error.to_string())),
            Self::Machine(error) => write!(f, "{error}"),
        }
    }
}

impl From<citrix_cloud::Error> for Failure {
    fn from(error: citrix_cloud::Error) -> Self {
        Self::Service(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Machine(error)
    }
}
