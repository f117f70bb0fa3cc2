//! How a command ends, and the exit code of it.

use std::fmt;
use std::io;
use std::process::ExitCode;

use citrix_cloud::ErrorKind;

use crate::errors::of_the_program;

/// The one table of exit codes; every command's help ends with it.
pub(crate) const EXIT_CODES: &str = "\
Exit codes, the first that applies:
  130  interrupted before any change was sent
  2    bad usage, missing credentials or no consent; nothing was changed
  3    some objects failed, are unknown, or may have been left in maintenance mode, or a limit such
       as --max-failures kept them from being attempted
  5    a machine named with --ids, or with --name without * and ?, was skipped because it is in use,
       and --skip-ok was not given
  4    something named does not exist, and --allow-empty was not given
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

impl Exit {
    /// Its number in the table.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::SomeFailed => 3,
            Self::Missing => 4,
            Self::InUse => 5,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
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
    /// Any of these, and what to do about it.
    Advised(Box<Self>, String),
}

impl Failure {
    /// The exit code, given whether any request was sent.
    pub(crate) fn code(&self, sent: bool) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Service(error)
                if !sent && matches!(error.kind(), ErrorKind::Config | ErrorKind::Input) =>
            {
                2
            }
            Self::Missing(_) => Exit::Missing.code(),
            Self::Service(error) if error.is_not_found() => Exit::Missing.code(),
            Self::Interrupted => Exit::Interrupted.code(),
            Self::Service(_) | Self::Machine(_) => Exit::Failed.code(),
            Self::Advised(failure, _) => failure.code(sent),
        }
    }

    /// The same with what to do about it.
    pub(crate) fn advised(self, hint: impl Into<String>) -> Self {
        Self::Advised(Box::new(self), hint.into())
    }
}

/// All of it in one text. [`Told`](crate::errors::Told) says it to people and programs.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Missing(text) => f.write_str(text),
            Self::Interrupted => f.write_str("interrupted; nothing was changed"),
            Self::Service(error) => f.write_str(&of_the_program(&error.to_string())),
            Self::Machine(error) => write!(f, "{error}"),
            Self::Advised(failure, hint) => write!(f, "{failure}; {hint}"),
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
