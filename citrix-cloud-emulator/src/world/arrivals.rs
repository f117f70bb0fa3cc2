//! Sessions that start and end by themselves: when, and how long they last.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// Sessions that start and end by themselves, and the state of their random numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arrivals {
    pub(crate) every: Duration,
    pub(crate) stay: Duration,
    pub(crate) seed: u64,
}

impl Arrivals {
    /// Advances the random numbers by a fixed number of steps.
    pub(crate) fn random(&mut self) -> fastrand::Rng {
        let mut random = fastrand::Rng::with_seed(self.seed);
        self.seed = random.u64(..);
        random
    }
}

/// Draws a time around a mean, exponentially distributed like the time between independent events.
pub(crate) fn around(mean: Duration, random: &mut fastrand::Rng) -> SignedDuration {
    let times = -(1.0 - random.f64()).ln();
    let seconds = (mean.as_secs_f64() * times).clamp(0.001, 1e9);
    SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX)
}
