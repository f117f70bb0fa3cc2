//! The results of commands, and their exit codes.

use std::fmt;
use std::io;
use std::process::ExitCode;

use citrix_cloud::ErrorKind;

use crate::errors::of_the_program;

/// The table of exit codes; every command's help ends with it.
pub(crate) const EXIT_CODES: &str = "\
Exit codes, the first that applies:
  130  interrupted before any change was sent
  2    bad usage, missing credentials or no consent; nothing was changed
  3    some objects failed, are unknown, or may have been left in maintenance mode, or a limit such
       as --max-failures kept them from being attempted
  5    a machine given by name or id, not by a pattern, was skipped because it is in use, and
       --skip-ok was not given
  4    something named does not exist, and --allow-empty was not given
  1    anything else: the service refused or could not be reached, or the run was interrupted and
       everything sent until then succeeded
  0    success: every selected object was processed or deliberately skipped, or it was a dry run";

/// The result of a command that did its work, or did part of it and reported the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything succeeded.
    Done,
    /// Something failed, and was reported.
    Failed,
    /// Some of many objects failed, or their outcome is unknown.
    SomeFailed,
    /// A named object does not exist.
    Missing,
    /// A named object was skipped because it is in use.
    InUse,
    /// The user stopped it before anything was sent.
    Interrupted,
}

impl Exit {
    /// Returns the exit code.
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

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage, or missing confirmation; nothing was changed.
    Usage(String),
    /// A named object does not exist.
    Missing(String),
    /// The user stopped it before anything was sent.
    Interrupted,
    /// An error of the SDK or the service.
    Service(citrix_cloud::Error),
    /// A local failure: writing, reading, listening.
    Machine(io::Error),
    /// Any of these, with a hint.
    Advised(Box<Self>, String),
}

impl Failure {
    /// Returns the exit code, which depends on whether any request was sent.
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

    /// Adds a hint.
    pub(crate) fn advised(self, hint: impl Into<String>) -> Self {
        Self::Advised(Box::new(self), hint.into())
    }
}

/// Formats it as one text. [`ErrorReport`](crate::errors::ErrorReport) formats it for people and programs.
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
