//! The file that a run can be resumed from: JSON, one record a line, the first says of which run.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use citrix_cloud::bulk::{Action, JournalEntry};
use citrix_cloud::daas::Site;
use serde_json::{Value, json};

use crate::exit::Failure;

/// The version of the file's form.
const VERSION: u32 = 1;

/// A report file that is open for writing.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    /// Why a line could not be written first.
    failure: OnceLock<io::Error>,
}

impl Journal {
    /// Begins a new file.
    pub(super) fn create(path: &Path, action: &Action, site: &Site) -> Result<Self, Failure> {
        let opened = OpenOptions::new().write(true).create_new(true).open(path);
        let file = opened.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => refused(
                "--report",
                path,
                "the file exists; --resume goes on with it",
            ),
            _ => refused("--report", path, &error.to_string()),
        })?;
        let journal = Self::of(path, file);
        journal.line(&head(action, site).to_string())?;
        Ok(journal)
    }

    /// Goes on with a file that was read; a last line without an end is cut off.
    pub(super) fn append(path: &Path) -> Result<Self, Failure> {
        let whole = std::fs::read(path)?;
        let end = whole.iter().rposition(|&byte| byte == b'\n');
        let end = end.map_or(0, |last| last + 1);
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.set_len(end as u64)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self::of(path, file))
    }

    fn of(path: &Path, file: File) -> Self {
        Self {
            path: path.to_owned(),
            file: Mutex::new(file),
            failure: OnceLock::new(),
        }
    }

    pub(super) fn write(&self, record: &JournalEntry) -> io::Result<()> {
        self.line(&serde_json::to_string(record)?)
            .inspect_err(|error| {
                let words = format!("{}: {error}", self.path.display());
                let _ = self.failure.set(io::Error::new(error.kind(), words));
            })
    }

    /// Why not everything that happened is in the file.
    pub(super) fn failure(&self) -> Option<io::Error> {
        let failure = self.failure.get()?;
        Some(io::Error::new(failure.kind(), failure.to_string()))
    }

    /// One write for a line, so that a run that is killed leaves no more than the last one unfinished.
    ///
    /// What was written of one that failed is taken back: another line may follow.
    fn line(&self, text: &str) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let start = file.stream_position()?;
        let written = file.write_all(format!("{text}\n").as_bytes());
        if written.is_err() {
            file.set_len(start)?;
            file.seek(SeekFrom::Start(start))?;
        }
        written
    }
}

/// Reads what an earlier run of the same action on the same site has written.
pub(super) fn read(
    path: &Path,
    action: &Action,
    site: &Site,
) -> Result<Vec<JournalEntry>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| refused("--resume", path, &error.to_string()))?;
    // A line without an end was being written when the run was killed, before anything was asked.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let mut lines = whole.lines().enumerate();
    let found: Value = lines
        .next()
        .and_then(|(_, line)| serde_json::from_str(line).ok())
        .unwrap_or_default();
    let expected = head(action, site);
    if found != expected {
        let words = format!("its first line is not {expected}; it is of another run, or none");
        return Err(refused("--resume", path, &words));
    }
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| {
                let words = format!("line {} is no record of a run: {error}", number + 1);
                refused("--resume", path, &words)
            })
        })
        .collect()
}

fn head(action: &Action, site: &Site) -> Value {
    json!({ "report": VERSION, "action": action.to_string(), "site": site.id() })
}

fn refused(option: &str, path: &Path, words: &str) -> Failure {
    Failure::Usage(format!("{option} {}: {words}", path.display()))
}
