//! Writing a state file: one thread, which takes together what came while it was busy.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Rest;
use super::line::{self, Entry};

/// A file may be this much longer than twice its snapshot before a new snapshot is made.
const SLACK: u64 = 64 * 1024 * 1024;

/// What waits to be written, and how far writing has come.
#[derive(Debug)]
pub(super) struct Log {
    waiting: Mutex<Waiting>,
    wake: Condvar,
    advanced: Condvar,
    progress: watch::Sender<Progress>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Changes with commas between them.
    changes: Vec<u8>,
    rest: Option<Rest>,
    /// A whole file, which replaces the one that is there and everything that waits.
    snapshot: Option<Vec<u8>>,
    asked: u64,
    closing: bool,
}

/// How far writing has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) written: u64,
    pub(super) failure: Option<String>,
    pub(super) wants_snapshot: bool,
}

/// The file that is appended to.
#[derive(Debug)]
pub(super) struct Tail {
    path: PathBuf,
    file: File,
    snapshot_bytes: u64,
    bytes: u64,
}

impl Log {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            waiting: Mutex::default(),
            wake: Condvar::new(),
            advanced: Condvar::new(),
            progress: watch::Sender::default(),
        })
    }

    pub(super) fn append(&self, changes: &[u8], rest: Option<Rest>) {
        let mut waiting = self.waiting();
        if !waiting.changes.is_empty() && !changes.is_empty() {
            waiting.changes.push(b',');
        }
        waiting.changes.extend_from_slice(changes);
        waiting.rest = rest.or(waiting.rest.take());
        waiting.asked += 1;
        self.wake.notify_one();
    }

    pub(super) fn replace(&self, snapshot: Vec<u8>) {
        let mut waiting = self.waiting();
        waiting.changes.clear();
        waiting.rest = None;
        waiting.snapshot = Some(snapshot);
        waiting.asked += 1;
        self.wake.notify_one();
    }

    /// Ends [`run`](Self::run) once everything is written.
    pub(super) fn close(&self) {
        self.waiting().closing = true;
        self.wake.notify_one();
    }

    /// Counts what was to be written so far; [`Progress::written`] says how much of it is.
    pub(super) fn asked(&self) -> u64 {
        self.waiting().asked
    }

    pub(super) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Blocks until as much is written, or until nothing can be written any more.
    pub(super) fn wait_for(&self, asked: u64) {
        let is_behind = |_: &mut Waiting| {
            let progress = self.progress.borrow();
            progress.written < asked && progress.failure.is_none()
        };
        let waiting = self.advanced.wait_while(self.waiting(), is_behind);
        drop(waiting.unwrap_or_else(PoisonError::into_inner));
    }

    /// Writes what there is to write until it is closed, or until writing fails.
    pub(super) fn run(&self, mut tail: Tail) {
        loop {
            let mut waiting = self.waiting();
            let is_written = self.progress.borrow().written == waiting.asked;
            if is_written && waiting.closing {
                return;
            }
            if is_written {
                drop(
                    self.wake
                        .wait(waiting)
                        .unwrap_or_else(PoisonError::into_inner),
                );
                continue;
            }
            let (closing, asked) = (waiting.closing, waiting.asked);
            let next = Waiting {
                closing,
                asked,
                ..Waiting::default()
            };
            let taken = std::mem::replace(&mut *waiting, next);
            drop(waiting);
            let outcome = tail.write(&taken);
            let failed = outcome.is_err();
            self.progress.send_modify(|progress| match outcome {
                Ok(()) => {
                    progress.written = asked;
                    progress.wants_snapshot = tail.wants_snapshot();
                }
                Err(error) => {
                    tracing::error!(path = %tail.path.display(), %error, "cannot write the state file");
                    progress.failure = Some(error.to_string());
                }
            });
            drop(self.waiting());
            self.advanced.notify_all();
            if failed {
                return;
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    /// Goes on behind what is there.
    pub(super) fn of(path: &Path, file: File, bytes: u64) -> Self {
        Self {
            path: path.to_owned(),
            file,
            snapshot_bytes: bytes,
            bytes,
        }
    }

    /// Makes the file, or replaces it, so that there is either the old one or the whole new one.
    pub(super) fn create(path: &Path, snapshot: &[u8]) -> io::Result<Self> {
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let mut file = private()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&new)?;
        file.write_all(snapshot)?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            sync_folder(folder)?;
        }
        Ok(Self::of(path, file, snapshot.len() as u64))
    }

    fn write(&mut self, waiting: &Waiting) -> io::Result<()> {
        if let Some(snapshot) = &waiting.snapshot {
            *self = Self::create(&self.path, snapshot)?;
        }
        if waiting.changes.is_empty() && waiting.rest.is_none() {
            return Ok(());
        }
        let mut text = Vec::new();
        let entry = Entry {
            changes: &waiting.changes,
            rest: waiting.rest.as_ref(),
            snapshot_ends: false,
        };
        entry.write(&mut text)?;
        self.file.write_all(&text)?;
        self.file.sync_data()?;
        self.bytes = self.bytes.saturating_add(text.len() as u64);
        Ok(())
    }

    fn wants_snapshot(&self) -> bool {
        self.bytes > self.snapshot_bytes.saturating_mul(2).saturating_add(SLACK)
    }
}

/// Makes the text of a file with nothing but a snapshot.
pub(super) fn snapshot(changes: &[Vec<u8>], rest: &Rest) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = line::title().into_bytes();
    let first = Entry {
        rest: Some(rest),
        ..Entry::default()
    };
    first.write(&mut text)?;
    for changes in changes {
        let entry = Entry {
            changes,
            ..Entry::default()
        };
        entry.write(&mut text)?;
    }
    let last = Entry {
        snapshot_ends: true,
        ..Entry::default()
    };
    last.write(&mut text)?;
    Ok(text)
}

/// Opens files that nobody else can read, for there are secrets in them.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
