//! The journal of all requests and responses, for tests and people to inspect.

mod exchange;
mod mask;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

pub use exchange::Exchange;

/// The maximum number of exchanges. The oldest are dropped beyond it, and beyond the limit in bytes.
const CAPACITY: usize = 100_000;

/// How many exchanges a slow listener may fall behind before it loses the oldest.
const BACKLOG: usize = 1024;

/// All requests received, oldest first. Clones share the same journal.
///
/// It keeps the last 100,000 exchanges, or fewer if they use more memory than
/// [`Limits::journal_bytes`](crate::Limits::journal_bytes).
#[derive(Debug, Clone)]
pub struct Journal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    entries: Mutex<Entries>,
    capacity_bytes: usize,
    live: broadcast::Sender<Arc<Exchange>>,
}

#[derive(Debug, Default)]
struct Entries {
    kept: VecDeque<Arc<Exchange>>,
    bytes: usize,
    recorded: u64,
}

impl Journal {
    pub(crate) fn new(capacity_bytes: usize) -> Self {
        Self(Arc::new(Inner {
            entries: Mutex::default(),
            capacity_bytes,
            live: broadcast::Sender::new(BACKLOG),
        }))
    }

    /// Returns copies of all recorded exchanges.
    #[must_use]
    pub fn entries(&self) -> Vec<Exchange> {
        let entries = self.lock();
        entries.kept.iter().map(|it| it.as_ref().clone()).collect()
    }

    /// Removes all recorded exchanges. Numbering continues.
    pub fn clear(&self) {
        let mut entries = self.lock();
        entries.kept.clear();
        entries.bytes = 0;
    }

    /// Stores an exchange, gives it the next number, and notifies listeners.
    pub(crate) fn record(&self, mut exchange: Exchange) -> u64 {
        let mut entries = self.lock();
        entries.recorded += 1;
        exchange.number = entries.recorded;
        let exchange = Arc::new(exchange);
        entries.bytes += exchange.bytes();
        entries.kept.push_back(exchange.clone());
        while entries.kept.len() > CAPACITY || entries.bytes > self.0.capacity_bytes {
            let Some(oldest) = entries.kept.pop_front() else {
                break;
            };
            entries.bytes = entries.bytes.saturating_sub(oldest.bytes());
        }
        let number = exchange.number;
        // Sent under the lock, so that every listener sees the same order. It is no error if nobody listens.
        let _ = self.0.live.send(exchange);
        number
    }

    /// Returns the number of exchanges since the start.
    pub(crate) fn recorded(&self) -> u64 {
        self.lock().recorded
    }

    /// Returns the recorded exchanges without copying them.
    pub(crate) fn shared(&self) -> Vec<Arc<Exchange>> {
        self.lock().kept.iter().cloned().collect()
    }

    /// Subscribes to every exchange from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<Exchange>> {
        self.0.live.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        let entries = &self.0.entries;
        entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
