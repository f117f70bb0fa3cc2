//! Connects a world to its state file.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::Rest;
use super::error::{Problem, StateError};
use super::load::load;
use super::log::{self, Log, Snapshot, Tail, beside};
use crate::clock::Clock;
use crate::world::{Identity, World};

/// Keeps a world in a file and, as long as it exists, locks the file against other processes.
#[derive(Debug)]
pub(crate) struct StateStore {
    log: Arc<Log>,
    writer: Option<JoinHandle<()>>,
    known: Mutex<Known>,
}

/// What the file will contain once everything requested has been written.
#[derive(Debug)]
struct Known {
    rest: Rest,
    world: Identity,
}

/// Changes that did not reach the file.
#[derive(Debug)]
pub(crate) struct NotSaved(pub(crate) String);

impl StateStore {
    /// Opens a state file and returns its world and clock setting; creates the file from this world if it does not
    /// exist.
    pub(crate) fn open(
        path: &Path,
        mut world: World,
        clock: &Clock,
    ) -> Result<(Self, World), StateError> {
        let io_error = |error| StateError::new(path, Problem::Io(error));
        // Resolves links, because a link is a name of the same file.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let tail = match opened(path)? {
            None => {
                world.settle();
                let rest = Rest::of(&world, clock);
                let snapshot = snapshot_of(&mut world, &rest).map_err(|it| io_error(it.into()))?;
                Tail::create(path, &snapshot).map_err(|error| match error.kind() {
                    io::ErrorKind::AlreadyExists => StateError::new(path, Problem::InUse),
                    _ => io_error(error),
                })?
            }
            Some(mut file) => {
                let loaded = load(path, &file)?;
                if loaded.torn > 0 {
                    set_aside(path, &mut file, loaded.good, loaded.torn).map_err(io_error)?;
                }
                file.seek(SeekFrom::Start(loaded.good)).map_err(io_error)?;
                clock.set(loaded.clock);
                world = loaded.world;
                Tail::of(path, file, loaded.good, loaded.last)
            }
        };
        let log = Log::new();
        let writer = thread::Builder::new().name("state".to_owned());
        let writer = writer.spawn({
            let log = Arc::clone(&log);
            move || log.run(tail)
        });
        let store = Self {
            log,
            writer: Some(writer.map_err(io_error)?),
            known: Mutex::new(Known {
                rest: Rest::of(&world, clock),
                world: world.identity(),
            }),
        };
        Ok((store, world))
    }

    /// Requests that all changes be written. The caller holds the world's lock.
    pub(crate) fn keep(&self, world: &mut World, clock: &Clock) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = Rest::of(world, clock);
        let outcome =
            if known.world != world.identity() || self.log.progress().borrow().wants_snapshot {
                snapshot_of(world, &rest).map(|it| self.log.replace(it))
            } else {
                world.write_changes().map(|changes| {
                    let new_rest = (known.rest != rest).then(|| rest.clone());
                    if !changes.is_empty() || new_rest.is_some() {
                        self.log.append(&changes, new_rest);
                    }
                })
            };
        if let Err(error) = outcome {
            // Everything here has string keys, so this cannot happen.
            tracing::error!(%error, "cannot write down what changed");
        }
        known.rest = rest;
        known.world = world.identity();
    }

    /// Blocks until everything requested so far is on disk, or has failed for good.
    pub(crate) fn wait(&self) {
        self.log.wait_for(self.log.asked());
    }

    /// Waits until everything requested so far is on disk.
    pub(crate) async fn kept(&self) -> Result<(), NotSaved> {
        let asked = self.log.asked();
        let mut progress = self.log.progress();
        let reached = progress.wait_for(|it| it.written.max(it.failed) >= asked);
        match reached.await {
            Ok(progress) if progress.written >= asked => Ok(()),
            Ok(progress) => Err(NotSaved(progress.failure.clone())),
            Err(closed) => Err(NotSaved(closed.to_string())),
        }
    }
}

impl Drop for StateStore {
    fn drop(&mut self) {
        self.log.close();
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("writing the state file ended in a panic");
        }
    }
}

impl Rest {
    fn of(world: &World, clock: &Clock) -> Self {
        Self {
            administrator: world.administrator.clone(),
            customers: world.outline(),
            clock: clock.setting(),
        }
    }
}

fn snapshot_of(world: &mut World, rest: &Rest) -> Result<Snapshot, serde_json::Error> {
    Snapshot::of(&world.write_all()?, rest)
}

/// Opens and locks the file, if it exists. If the file was replaced in the meantime, the lock is on the wrong one.
fn opened(path: &Path) -> Result<Option<File>, StateError> {
    let io_error = |error| StateError::new(path, Problem::Io(error));
    loop {
        let file = match log::private().read(true).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(io_error)?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StateError::new(path, Problem::InUse)),
            Err(TryLockError::Error(error)) => return Err(io_error(error)),
        }
        if is_at(&file, path).map_err(io_error)? {
            return Ok(Some(file));
        }
    }
}

/// Returns whether a path still leads to this file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (ours, there) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino()))
}

/// On other systems, another process cannot replace an open file.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Moves an incomplete end to a file of its own, so that nothing is discarded silently.
fn set_aside(path: &Path, file: &mut File, good: u64, torn: u64) -> io::Result<()> {
    let aside = beside(path, ".torn");
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(good))?;
    file.read_to_end(&mut bytes)?;
    let mut copy = log::private()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&aside)?;
    copy.write_all(&bytes)?;
    file.set_len(good)?;
    file.sync_all()?;
    tracing::warn!(
        path = %path.display(),
        bytes = torn,
        aside = %aside.display(),
        "the last change had not been written whole, and its call got no response; it is set aside"
    );
    Ok(())
}
