//! The Monitor service: what happened in a site, by `OData`.
//!
//! It looks at the same world as the rest of the emulator through [`Monitor::notice`] and [`Picture`], and makes up what
//! happened before the emulator started.

mod history;
mod in_flight;
mod metadata;
mod odata;
mod schema;
mod service;
mod value;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::shared::Shared;
use crate::world::{Identity, Session, World};
use history::{Ledger, Picture};
pub(crate) use in_flight::InFlight;
pub(crate) use service::{DIRECT, answer, operation};

/// What the service remembers: sessions that ended since the start, and how the world looked last time.
#[derive(Debug)]
pub(crate) struct Monitor {
    born: Timestamp,
    memory: Mutex<Memory>,
    pub(crate) in_flight: InFlight,
}

#[derive(Debug, Default)]
struct Memory {
    ledger: Ledger,
    picture: Option<(Identity, Arc<Picture>)>,
}

impl Monitor {
    /// Begins to watch; everything before this moment is made up.
    pub(crate) fn new(born: Timestamp) -> Self {
        Self {
            born,
            memory: Mutex::default(),
            in_flight: InFlight::default(),
        }
    }

    /// Notes that a session is about to end at a moment, which may be before anybody looks.
    pub(crate) fn departing(&self, session: Option<&Session>, at: Timestamp) {
        if let Some(session) = session {
            self.memory().ledger.departing(session, at);
        }
    }

    /// Notes what changed in the world since it was last settled.
    pub(crate) fn notice(&self, first: &World, world: &World, now: Timestamp) {
        let mut memory = self.memory();
        if memory.ledger.notice(first, world, now) {
            memory.picture = None;
        }
    }

    /// Forgets what happened, as the world does when it starts anew.
    pub(crate) fn forget(&self) {
        *self.memory() = Memory::default();
    }

    /// Looks at the world as it is.
    fn picture(&self, shared: &Shared, world: &World) -> Arc<Picture> {
        let mut memory = self.memory();
        let identity = world.identity();
        if let Some((of, picture)) = &memory.picture
            && *of == identity
        {
            return Arc::clone(picture);
        }
        let picture = Picture::of(shared.first(), world, &memory.ledger, self.born);
        let picture = Arc::new(picture);
        memory.picture = Some((identity, Arc::clone(&picture)));
        picture
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a text as every part of a query. Not for programs: a fuzzer needs a way in.
#[cfg(feature = "__fuzz")]
#[doc(hidden)]
pub fn fuzz_query(text: &str) {
    odata::fuzz(text);
}
