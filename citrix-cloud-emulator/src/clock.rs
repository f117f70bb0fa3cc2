//! The emulator's own time, so that tests do not have to sleep.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A clock that follows the system clock until it is frozen, and that can be moved forward.
///
/// Clones share the same time. Token lifetimes, jobs and power actions all follow it.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Mutex<Reading>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Reading {
    Ahead(SignedDuration),
    Frozen(Timestamp),
}

impl Clock {
    /// Creates a clock that follows the system clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Reading::Ahead(SignedDuration::ZERO))
    }

    /// Creates a clock that stands still at `start` until it is advanced.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self::new(Reading::Frozen(start))
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.reading().now()
    }

    /// Moves the time forward, whether the clock runs or stands still.
    pub fn advance(&self, by: Duration) {
        let mut reading = self.reading();
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        *reading = match *reading {
            Reading::Ahead(offset) => Reading::Ahead(offset.saturating_add(by)),
            Reading::Frozen(at) => Reading::Frozen(later(at, by)),
        };
    }

    /// Stops the clock at its current time; from then on, only [`advance`](Self::advance) moves it.
    pub fn freeze(&self) {
        let mut reading = self.reading();
        *reading = Reading::Frozen(reading.now());
    }

    /// Lets the clock run again from its current time.
    pub fn run(&self) {
        let mut reading = self.reading();
        if let Reading::Frozen(at) = *reading {
            *reading = Reading::Ahead(at.duration_since(Timestamp::now()));
        }
    }

    /// Returns whether the clock is frozen.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(*self.reading(), Reading::Frozen(_))
    }

    /// Returns the clock's setting, so that it can be saved.
    pub(crate) fn setting(&self) -> Reading {
        *self.reading()
    }

    /// Restores a saved setting.
    pub(crate) fn set(&self, reading: Reading) {
        *self.reading() = reading;
    }

    fn new(reading: Reading) -> Self {
        Self(Arc::new(Mutex::new(reading)))
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Reading {
    fn now(self) -> Timestamp {
        match self {
            Self::Ahead(offset) => later(Timestamp::now(), offset),
            Self::Frozen(at) => at,
        }
    }
}

/// Adds a duration, and saturates instead of failing.
pub(crate) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_advanced() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        clock.clone().advance(Duration::from_secs(90));
        assert_eq!(clock.now().as_second(), 90);
        assert_eq!(clock.now().as_second(), 90);
    }

    #[test]
    fn a_clock_that_runs_again_does_not_jump() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        clock.run();
        assert!(!clock.is_frozen());
        assert!(clock.now().as_second() < 1_000);
    }

    #[test]
    fn no_advance_is_too_far() {
        let clock = Clock::system();
        clock.advance(Duration::MAX);
        clock.freeze();
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
