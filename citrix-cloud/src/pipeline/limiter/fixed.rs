//! A rate set by the caller.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::{Error, deadline};

/// A fixed number of requests per second, evenly spaced.
///
/// Time slots are handed out in advance, so that two requests can be given adjacent ones.
#[derive(Debug)]
pub(crate) struct FixedRate {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl FixedRate {
    pub(crate) fn new(per_second: f64) -> Result<Self, Error> {
        let interval = Duration::try_from_secs_f64(1.0 / per_second).ok();
        let interval = interval.filter(|_| per_second > 0.0).ok_or_else(|| {
            Error::config(format!(
                "requests_per_second must be greater than 0, got {per_second}"
            ))
        })?;
        Ok(Self {
            interval,
            next: Mutex::default(),
        })
    }

    /// Reserves the next free time slot.
    pub(super) fn reserve(&self) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let at = next.map_or(now, |next| next.max(now));
        *next = Some(deadline::after_instant(at, self.interval));
        at
    }
}
