//! The file from which a run can be resumed: one JSON record per line, of which the first identifies the run.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use citrix_cloud::bulk::{Action, JournalEntry};
use citrix_cloud::daas::Site;
use serde_json::{Value, json};

use super::holder;
use crate::exit::Failure;

/// The version of the file format.
const VERSION: u32 = 1;

/// The record of a machine that may still be in maintenance mode when the run is over.
///
/// It is for readers only: the earlier records already show that the machine was drained and not restored.
const LEFT: &str = "leftInMaintenance";

/// A report file that is open for writing, and locked until it is closed.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    /// The first write error.
    failure: OnceLock<io::Error>,
}

/// The report of an earlier run, parsed and locked.
///
/// The lock is on the file itself, so it holds whichever of its names the file was opened by, and it ends with this
/// process.
#[derive(Debug)]
pub(super) struct Earlier {
    path: PathBuf,
    file: File,
    bytes: Vec<u8>,
}

impl Earlier {
    /// Opens, locks and reads the file, in this order.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let option = "--resume";
        let refused = |error: io::Error| refused(option, path, &error.to_string());
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let mut file = opened.map_err(refused)?;
        if !file.metadata().map_err(refused)?.is_file() {
            return Err(self::refused(option, path, "it is not a file"));
        }
        lock(option, path, &file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(refused)?;
        // The run was killed while it wrote a line without an end, before the matching request was sent.
        let end = bytes.iter().rposition(|&byte| byte == b'\n');
        bytes.truncate(end.map_or(0, |last| last + 1));
        let path = path.to_owned();
        Ok(Self { path, file, bytes })
    }

    /// Returns the entries, if they belong to the same action on the same site.
    pub(super) fn entries(
        &self,
        action: &Action,
        site: &Site,
    ) -> Result<Vec<JournalEntry>, Failure> {
        let refused = |words: &str| refused("--resume", &self.path, words);
        let text = str::from_utf8(&self.bytes).map_err(|_| refused("it is not UTF-8 text"))?;
        let mut lines = text.lines().zip(1..);
        let found: Value = lines
            .next()
            .and_then(|(line, _)| serde_json::from_str(line).ok())
            .unwrap_or_default();
        let expected = head(action, site);
        if found != expected {
            let words =
                format!("its first line is not {expected}, so it is not the report of this run");
            return Err(refused(&words));
        }
        let mut entries = Vec::new();
        for (line, number) in lines {
            let bad = |error| refused(&format!("line {number} is not a valid record: {error}"));
            let record: Value = serde_json::from_str(line).map_err(bad)?;
            if record["state"] != LEFT {
                entries.push(serde_json::from_value(record).map_err(bad)?);
            }
        }
        Ok(entries)
    }

    /// Continues the file; an incomplete last line is cut off.
    pub(super) fn into_journal(mut self) -> io::Result<Journal> {
        self.file.set_len(self.bytes.len() as u64)?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(Journal::of(&self.path, self.file))
    }
}

impl Journal {
    /// Creates a new file.
    pub(super) fn create(path: &Path, action: &Action, site: &Site) -> Result<Self, Failure> {
        let option = "--report";
        let mut new = OpenOptions::new();
        let opened = new.read(true).write(true).create_new(true).open(path);
        let file = opened.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                refused(option, path, "the file exists; use --resume to continue it")
            }
            _ => refused(option, path, &error.to_string()),
        })?;
        lock(option, path, &file)?;
        let journal = Self::of(path, file);
        journal.line(&head(action, site).to_string())?;
        Ok(journal)
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

    /// Records a machine that may still be in maintenance mode.
    pub(super) fn left_in_maintenance(&self, id: &str, name: &str, error: &str) {
        let record = json!({ "id": id, "name": name, "state": LEFT, "error": error });
        // A failure is ignored: standard error shows the machine too, and so do the earlier records.
        let _ = self.line(&record.to_string());
    }

    /// Returns why the file is incomplete, if it is.
    pub(super) fn failure(&self) -> Option<io::Error> {
        let failure = self.failure.get()?;
        Some(io::Error::new(failure.kind(), failure.to_string()))
    }

    /// Writes a line with a single write, so that a killed run leaves at most the last line incomplete.
    ///
    /// If writing fails, the partial line is removed, because another line may follow.
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

fn lock(option: &str, path: &Path, file: &File) -> Result<(), Failure> {
    let words = match file.try_lock() {
        Ok(()) => return Ok(()),
        Err(TryLockError::WouldBlock) => match holder::of(file) {
            Some(process) => {
                format!("another run is using it (process {process}); nothing was sent")
            }
            None => "another run is using it, and the system does not say which process that is; \
                     nothing was sent"
                .to_owned(),
        },
        Err(TryLockError::Error(error)) => format!("it cannot be locked: {error}"),
    };
    Err(refused(option, path, &words))
}

fn head(action: &Action, site: &Site) -> Value {
    json!({ "report": VERSION, "action": action.to_string(), "site": site.id() })
}

fn refused(option: &str, path: &Path, words: &str) -> Failure {
    Failure::Usage(format!("{option} {}: {words}", path.display()))
}
