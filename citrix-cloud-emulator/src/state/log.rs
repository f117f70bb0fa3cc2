//! Writes a state file: a single thread, which combines everything that arrived while it was busy.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Rest;
use super::line::{self, Entry};

/// How much longer than twice its snapshot a file may be before a new snapshot is made.
const SLACK: u64 = 64 * 1024 * 1024;

/// The queue of changes, and the progress of the writer.
#[derive(Debug)]
pub(super) struct Log {
    waiting: Mutex<Waiting>,
    wake: Condvar,
    advanced: Condvar,
    progress: watch::Sender<Progress>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Changes, separated by commas.
    changes: Vec<u8>,
    rest: Option<Rest>,
    /// A complete file, which replaces the existing one and all queued changes.
    snapshot: Option<Snapshot>,
    asked: u64,
    closing: bool,
}

/// The progress of the writer.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) written: u64,
    /// How much could not be written. The next snapshot includes it, so a later success makes up for it.
    pub(super) failed: u64,
    pub(super) failure: String,
    pub(super) wants_snapshot: bool,
}

/// The file to append to.
#[derive(Debug)]
pub(super) struct Tail {
    path: PathBuf,
    file: File,
    snapshot_bytes: u64,
    bytes: u64,
    /// The checksum of the last line.
    last: u32,
    /// Whether changes were not written; only a snapshot can follow then.
    is_behind: bool,
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

    pub(super) fn replace(&self, snapshot: Snapshot) {
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

    /// Counts the requests to write so far; [`Progress::written`] counts how many are done.
    pub(super) fn asked(&self) -> u64 {
        self.waiting().asked
    }

    pub(super) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Blocks until that many requests are done or have failed.
    pub(super) fn wait_for(&self, asked: u64) {
        let is_behind = |_: &mut Waiting| {
            let progress = self.progress.borrow();
            progress.written.max(progress.failed) < asked
        };
        let waiting = self.advanced.wait_while(self.waiting(), is_behind);
        drop(waiting.unwrap_or_else(PoisonError::into_inner));
    }

    /// Writes queued changes until it is closed. If writing fails, for example because the disk is full, it requests
    /// everything again as a snapshot.
    pub(super) fn run(&self, mut tail: Tail) {
        loop {
            let mut waiting = self.waiting();
            let is_written = self.progress.borrow().reached() == waiting.asked;
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
            self.progress.send_modify(|progress| match outcome {
                Ok(()) => {
                    progress.written = asked;
                    progress.wants_snapshot = tail.wants_snapshot();
                }
                Err(error) => {
                    tracing::error!(path = %tail.path.display(), %error, "cannot write the state file");
                    progress.failed = asked;
                    progress.failure = error.to_string();
                    progress.wants_snapshot = true;
                }
            });
            drop(self.waiting());
            self.advanced.notify_all();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// Returns how many requests were tried, whether they succeeded or not.
    fn reached(&self) -> u64 {
        self.written.max(self.failed)
    }
}

impl Tail {
    /// Continues after the existing content.
    pub(super) fn of(path: &Path, file: File, bytes: u64, last: u32) -> Self {
        Self {
            path: path.to_owned(),
            file,
            snapshot_bytes: bytes,
            bytes,
            last,
            is_behind: false,
        }
    }

    /// Creates the file and locks it; fails if it already exists.
    pub(super) fn create(path: &Path, snapshot: &Snapshot) -> io::Result<Self> {
        let own = format!(".{}.new", std::process::id());
        let new = beside(path, &own);
        let file = written(&new, snapshot).and_then(|file| {
            // A rename would replace a file that another process created in the meantime.
            match std::fs::hard_link(&new, path) {
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    std::fs::rename(&new, path)?;
                }
                linked => linked?,
            }
            Ok(file)
        });
        // After a rename, it no longer exists.
        let _ = std::fs::remove_file(&new);
        let file = file?;
        sync_folder_of(path)?;
        Ok(Self::of(
            path,
            file,
            snapshot.text.len() as u64,
            snapshot.last,
        ))
    }

    /// Replaces the file, so that there is always either the old file or the complete new one, which is locked before
    /// it is in place.
    fn replace(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        let new = beside(&self.path, ".new");
        let file = written(&new, snapshot).and_then(|file| {
            std::fs::rename(&new, &self.path)?;
            Ok(file)
        });
        let file = file.inspect_err(|_| drop(std::fs::remove_file(&new)))?;
        *self = Self::of(&self.path, file, snapshot.text.len() as u64, snapshot.last);
        sync_folder_of(&self.path)
    }

    fn write(&mut self, waiting: &Waiting) -> io::Result<()> {
        let outcome = self.try_to_write(waiting);
        if outcome.is_err() {
            self.is_behind = true;
            // A partly written line is not lost data, but the next start would set it aside.
            let _ = self.file.set_len(self.bytes);
        }
        outcome
    }

    fn try_to_write(&mut self, waiting: &Waiting) -> io::Result<()> {
        if let Some(snapshot) = &waiting.snapshot {
            self.replace(snapshot)?;
        }
        if self.is_behind {
            return Err(io::Error::other("changes before this one were not written"));
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
        let sum = entry.write(&mut text, self.last)?;
        self.file.write_all(&text)?;
        self.file.sync_data()?;
        self.bytes = self.bytes.saturating_add(text.len() as u64);
        self.last = sum;
        Ok(())
    }

    fn wants_snapshot(&self) -> bool {
        self.bytes > self.snapshot_bytes.saturating_mul(2).saturating_add(SLACK)
    }
}

/// The text of a file that is nothing but a snapshot, and the checksum of its last line.
#[derive(Debug)]
pub(super) struct Snapshot {
    text: Vec<u8>,
    last: u32,
}

impl Snapshot {
    pub(super) fn of(changes: &[Vec<u8>], rest: &Rest) -> Result<Self, serde_json::Error> {
        let mut text = line::title().into_bytes();
        let first = Entry {
            rest: Some(rest),
            ..Entry::default()
        };
        let mut last = first.write(&mut text, line::FIRST)?;
        for changes in changes {
            let entry = Entry {
                changes,
                ..Entry::default()
            };
            last = entry.write(&mut text, last)?;
        }
        let end = Entry {
            snapshot_ends: true,
            ..Entry::default()
        };
        last = end.write(&mut text, last)?;
        Ok(Self { text, last })
    }
}

/// Writes a snapshot to a new file, flushed to disk and locked.
fn written(path: &Path, snapshot: &Snapshot) -> io::Result<File> {
    let mut file = private()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)?;
    file.try_lock()?;
    file.write_all(&snapshot.text)?;
    file.sync_all()?;
    Ok(file)
}

/// Returns a file name next to another.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent().filter(|it| !it.as_os_str().is_empty()) {
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}

/// Options for files that nobody else can read, because they contain secrets.
pub(super) fn private() -> OpenOptions {
    #[cfg_attr(not(unix), allow(unused_mut))]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_that_failed_on_a_full_disk_are_written_once_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("world.state");
        std::fs::write(&path, "").unwrap();
        // Writing fails, because the file is open only for reading.
        let tail = Tail::of(&path, File::open(&path).unwrap(), 0, line::FIRST);
        let log = Log::new();
        let writer = std::thread::spawn({
            let log = Arc::clone(&log);
            move || log.run(tail)
        });
        for asked in 1..3 {
            log.append(br#"["tags",7,null]"#, None);
            log.wait_for(asked);
            let progress = log.progress();
            let progress = progress.borrow();
            assert_eq!((progress.written, progress.failed), (0, asked));
            assert!(progress.wants_snapshot && !progress.failure.is_empty());
        }
        let snapshot = Snapshot {
            text: b"whole\n".to_vec(),
            last: 3,
        };
        log.replace(snapshot);
        log.append(br#"["tags",8,null]"#, None);
        log.wait_for(4);
        assert_eq!(log.progress().borrow().written, 4);
        log.close();
        writer.join().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let (first, second) = text.split_once('\n').unwrap();
        assert_eq!(first, "whole");
        assert_eq!(line::checked(second.as_bytes()).unwrap().before, 3);
    }
}
