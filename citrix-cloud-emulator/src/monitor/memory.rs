//! The service's state between calls, separate for each customer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::history::{SessionLog, Snapshot};
use super::in_flight::InFlight;
use super::kept::Kept;
use crate::world::{Customer, Identity, Session, World};

/// The service's state: sessions that ended since the start, and the previous state of each customer's sites.
#[derive(Debug)]
pub(crate) struct Monitor {
    born: Timestamp,
    /// By customer id.
    memories: Mutex<Memories>,
    pub(crate) in_flight: InFlight,
    pub(super) kept: Kept,
}

type Memories = BTreeMap<String, Memory>;

#[derive(Debug, Default)]
struct Memory {
    session_log: SessionLog,
    snapshot: Option<(Identity, Arc<Snapshot>)>,
}

impl Monitor {
    /// Starts recording; everything before this time is generated.
    pub(crate) fn new(born: Timestamp) -> Self {
        Self {
            born,
            memories: Mutex::default(),
            in_flight: InFlight::default(),
            kept: Kept::default(),
        }
    }

    /// Records the end of a session, possibly before its start was observed.
    pub(crate) fn departed(&self, customer: &str, session: &Session, at: Timestamp) {
        let mut memories = self.memories();
        memory(&mut memories, customer)
            .session_log
            .departed(session, at);
    }

    /// Records what changed in the world since it was last settled.
    pub(crate) fn notice(&self, first: &World, world: &World, now: Timestamp) {
        let mut memories = self.memories();
        for customer in world.customers() {
            let memory = memory(&mut memories, customer.id());
            let first = first.customer(customer.id());
            if memory.session_log.notice(first, customer, now) {
                memory.snapshot = None;
            }
        }
    }

    /// Clears the record when the world is reset.
    pub(crate) fn forget(&self) {
        self.memories().clear();
        self.kept.forget();
    }

    /// Takes a snapshot of a customer's current state.
    pub(super) fn snapshot(
        &self,
        first: &World,
        world: &World,
        customer: &Customer,
    ) -> Arc<Snapshot> {
        let mut memories = self.memories();
        let memory = memory(&mut memories, customer.id());
        let identity = world.identity();
        if let Some((of, snapshot)) = &memory.snapshot
            && *of == identity
        {
            return Arc::clone(snapshot);
        }
        let first = first.customer(customer.id());
        let snapshot = Snapshot::of(first, customer, &memory.session_log, self.born);
        let snapshot = Arc::new(snapshot);
        memory.snapshot = Some((identity, Arc::clone(&snapshot)));
        snapshot
    }

    fn memories(&self) -> MutexGuard<'_, Memories> {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn memory<'m>(memories: &'m mut Memories, customer: &str) -> &'m mut Memory {
    memories.entry(customer.to_owned()).or_default()
}
