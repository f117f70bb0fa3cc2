//! Sessions that come and go by themselves: when, and how long they stay.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// Sessions that come and go: when, and how far chance has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arrivals {
    pub(crate) every: Duration,
    pub(crate) stay: Duration,
    pub(crate) seed: u64,
}

impl Arrivals {
    /// Takes this many steps of chance at once.
    pub(crate) fn chance(&mut self) -> fastrand::Rng {
        let mut random = fastrand::Rng::with_seed(self.seed);
        self.seed = random.u64(..);
        random
    }
}

/// A time around a mean, as the time between events that know nothing of one another.
pub(crate) fn around(mean: Duration, random: &mut fastrand::Rng) -> SignedDuration {
    let times = -(1.0 - random.f64()).ln();
    let seconds = (mean.as_secs_f64() * times).clamp(0.001, 1e9);
    SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX)
}
