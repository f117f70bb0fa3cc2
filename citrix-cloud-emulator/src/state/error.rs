//! Why a state file cannot be used.

use std::path::{Path, PathBuf};
use std::{error, fmt, io};

/// Why a state file cannot be used. The message names the file and says what to do.
#[derive(Debug)]
pub struct StateError {
    path: PathBuf,
    problem: Problem,
}

/// The problem with a state file.
#[derive(Debug)]
#[non_exhaustive]
pub(super) enum Problem {
    InUse,
    NoState,
    OtherFormat { format: u64, known: u64 },
    Unfinished,
    Damaged { line: u64, offset: u64, why: String },
    Io(io::Error),
}

impl StateError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        let path = path.to_owned();
        Self { path, problem }
    }

    /// Returns whether another process is using the file.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        matches!(self.problem, Problem::InUse)
    }

    /// Returns whether the file's format belongs to another version.
    #[must_use]
    pub fn has_other_format(&self) -> bool {
        matches!(self.problem, Problem::OtherFormat { .. })
    }

    /// Returns whether the file is damaged, so that saved data cannot be read any more.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        matches!(self.problem, Problem::Damaged { .. } | Problem::Unfinished)
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.problem {
            Problem::InUse => write!(
                f,
                "the state file {path} is in use by another emulator; stop that one, or take another file"
            ),
            Problem::NoState => write!(
                f,
                "{path} is not a state file of this emulator and was left unchanged; give another file"
            ),
            Problem::OtherFormat { format, known } => write!(
                f,
                "the state file {path} has format {format}, and this version reads format {known}; use the version \
                 that wrote it, or take another file"
            ),
            Problem::Unfinished => write!(
                f,
                "the state file {path} ends in the middle of its snapshot, so that part of the world is missing; \
                 restore a copy of it, or take another file"
            ),
            Problem::Damaged { line, offset, why } => write!(
                f,
                "the state file {path} is damaged at line {line} ({why}), and changes that were kept follow it; \
                 restore a copy of it, or keep what is before by cutting the file to {offset} bytes"
            ),
            Problem::Io(_) => write!(f, "cannot use the state file {path}"),
        }
    }
}

impl error::Error for StateError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.problem {
            Problem::Io(error) => Some(error),
            _ => None,
        }
    }
}
