//! Between a world and its state file.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::Rest;
use super::error::{Problem, StateError};
use super::load::load;
use super::log::{self, Log, Tail};
use crate::clock::Clock;
use crate::world::{Identity, World};

/// Keeps a world in a file for as long as it lives; nobody else can use the file meanwhile.
#[derive(Debug)]
pub(crate) struct Keeper {
    log: Arc<Log>,
    writer: Option<JoinHandle<()>>,
    known: Mutex<Known>,
    /// Locked, and never written to: the state file itself is replaced now and then.
    _lock: File,
}

/// What the file says already, as soon as everything asked for is written.
#[derive(Debug)]
struct Known {
    rest: Rest,
    world: Identity,
}

/// Changes that did not reach the file.
#[derive(Debug)]
pub(crate) struct Lost(pub(crate) String);

impl Keeper {
    /// Opens a state file and gives back its world, with the clock as it stood; makes it from this world if it is new.
    pub(crate) fn open(
        path: &Path,
        mut world: World,
        clock: &Clock,
    ) -> Result<(Self, World), StateError> {
        let io_error = |error| StateError::new(path, Problem::Io(error));
        let lock = lock(path)?;
        let tail = match log::private().read(true).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                world.settle();
                let rest = Rest::of(&world, clock);
                let text = text_of(&mut world, &rest).map_err(|it| io_error(it.into()))?;
                Tail::create(path, &text).map_err(io_error)?
            }
            Err(error) => return Err(io_error(error)),
            Ok(mut file) => {
                let loaded = load(path, &file)?;
                if loaded.torn > 0 {
                    set_aside(path, &mut file, loaded.good, loaded.torn).map_err(io_error)?;
                }
                file.seek(SeekFrom::Start(loaded.good)).map_err(io_error)?;
                clock.set(loaded.clock);
                world = loaded.world;
                Tail::of(path, file, loaded.good)
            }
        };
        let log = Log::new();
        let writer = thread::Builder::new().name("state".to_owned());
        let writer = writer.spawn({
            let log = Arc::clone(&log);
            move || log.run(tail)
        });
        let keeper = Self {
            log,
            writer: Some(writer.map_err(io_error)?),
            known: Mutex::new(Known {
                rest: Rest::of(&world, clock),
                world: world.identity(),
            }),
            _lock: lock,
        };
        Ok((keeper, world))
    }

    /// Has everything written that changed; the caller holds the world's lock.
    pub(crate) fn keep(&self, world: &mut World, clock: &Clock) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = Rest::of(world, clock);
        let outcome =
            if known.world != world.identity() || self.log.progress().borrow().wants_snapshot {
                text_of(world, &rest).map(|text| self.log.replace(text))
            } else {
                world.write_changes().map(|changes| {
                    let new_rest = (known.rest != rest).then(|| rest.clone());
                    if !changes.is_empty() || new_rest.is_some() {
                        self.log.append(&changes, new_rest);
                    }
                })
            };
        if let Err(error) = outcome {
            // Everything here has text for keys, so that this cannot happen.
            tracing::error!(%error, "cannot write down what changed");
        }
        known.rest = rest;
        known.world = world.identity();
    }

    /// Blocks until everything that was to be written so far is on the disk, or never will be.
    pub(crate) fn wait(&self) {
        self.log.wait_for(self.log.asked());
    }

    /// Waits until everything that was to be written so far is on the disk.
    pub(crate) async fn kept(&self) -> Result<(), Lost> {
        let asked = self.log.asked();
        let mut progress = self.log.progress();
        let reached = progress.wait_for(|it| it.written >= asked || it.failure.is_some());
        match reached.await {
            Ok(progress) if progress.written >= asked => Ok(()),
            Ok(progress) => Err(Lost(progress.failure.clone().unwrap_or_default())),
            Err(closed) => Err(Lost(closed.to_string())),
        }
    }
}

impl Drop for Keeper {
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
            clock: clock.setting(),
        }
    }
}

fn text_of(world: &mut World, rest: &Rest) -> Result<Vec<u8>, serde_json::Error> {
    log::snapshot(&world.write_all()?, rest)
}

fn lock(path: &Path) -> Result<File, StateError> {
    let io_error = |error| StateError::new(path, Problem::Io(error));
    let file = log::private()
        .write(true)
        .create(true)
        .truncate(false)
        .open(beside(path, ".lock"));
    let file = file.map_err(io_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StateError::new(path, Problem::InUse)),
        Err(TryLockError::Error(error)) => Err(io_error(error)),
    }
}

/// Moves what was torn to a file of its own, so that nothing is thrown away unseen.
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
        "the last change had not been written whole, and nobody was answered for it; it is set aside"
    );
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
