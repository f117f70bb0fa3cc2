//! A rate that the caller has set.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::Error;

/// A fixed number of requests per second, evenly spread.
pub(crate) struct FixedRate {
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl FixedRate {
    pub(crate) fn new(per_second: f64) -> Result<Self, Error> {
        let period = Duration::try_from_secs_f64(1.0 / per_second).ok();
        let quota = period
            .filter(|_| per_second > 0.0)
            .and_then(Quota::with_period);
        let quota = quota.ok_or_else(|| {
            Error::config(format!(
                "requests_per_second: {per_second} is no rate; give a number above 0, such as 15"
            ))
        })?;
        Ok(Self {
            limiter: RateLimiter::direct(quota.allow_burst(NonZeroU32::MIN)),
            clock: DefaultClock::default(),
        })
    }

    /// Waits until one more request fits.
    pub(super) async fn wait(&self) {
        while let Err(early) = self.limiter.check() {
            tokio::time::sleep(early.wait_time_from(self.clock.now())).await;
        }
    }
}

impl fmt::Debug for FixedRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FixedRate")
    }
}
