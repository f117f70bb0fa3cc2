//! How a command ends, and the exit code of it.

use std::fmt;
use std::io;
use std::process::ExitCode;

use citrix_cloud::ErrorKind;

use crate::output::escaped_lines;
use crate::wording;

/// The one table of exit codes; every command's help ends with it.
pub(crate) const EXIT_CODES: &str = "\
Exit codes, the first that applies:
  130  interrupted before anything was sent that changes something
  2    bad usage, missing credentials or no consent; nothing was changed
  3    of many: some failed, are unknown, or may have been left in maintenance mode; also those that
       a limit such as --max-failures kept from being attempted
  5    a machine named with --ids was skipped because it is in use, and --skip-ok was not given
  4    something that was named does not exist, and --allow-empty was not given
  1    anything else: the service refused or could not be reached, or the run was interrupted and
       everything sent until then succeeded
  0    success: every selected object was processed or deliberately skipped, or it was a dry run";

/// The end of a command that did its work, or a part of it and said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything went well.
    Done,
    /// Something went wrong, and it was said what.
    Failed,
    /// Some of many objects failed, or their outcome is unknown.
    SomeFailed,
    /// Something that was named does not exist.
    Missing,
    /// Something that was named was skipped because it is in use.
    InUse,
    /// The user stopped it before anything was sent.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::SomeFailed => 3,
            Exit::Missing => 4,
            Exit::InUse => 5,
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command did not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was used wrongly, or consent was not given; nothing was changed.
    Usage(String),
    /// Something that was named does not exist.
    Missing(String),
    /// The user stopped it before anything was sent.
    Interrupted,
    /// The SDK or the service refused.
    Service(citrix_cloud::Error),
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
            Self::Missing(_) => Exit::Missing.into(),
            Self::Service(error) if error.is_not_found() => Exit::Missing.into(),
            Self::Interrupted => Exit::Interrupted.into(),
            _ => Exit::Failed.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Missing(text) => f.write_str(&escaped_lines(text)),
            Self::Interrupted => f.write_str("interrupted; nothing was changed"),
            // An error of the SDK says its cause itself, so the chain would repeat it.
            Self::Service(error) => {
                f.write_str(&escaped_lines(&wording::of_the_program(&error.to_string())))
            }
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
