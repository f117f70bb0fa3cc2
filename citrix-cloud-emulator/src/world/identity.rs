//! The identity of a world.

use std::sync::atomic::{AtomicU64, Ordering};

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Differs for each world of this process, including copies, so that replacing a world is noticed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity(u64);

impl Identity {
    /// Returns the same identity.
    pub(super) fn again(&self) -> Self {
        Self(self.0)
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self(COUNT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self::default()
    }
}
