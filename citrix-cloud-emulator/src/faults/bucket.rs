//! The state of a rate limit.

use jiff::Timestamp;
use tokio::time::Instant;

use super::kind::{RateLimit, Time};

#[derive(Debug)]
pub(super) struct Bucket {
    filled: f64,
    since: Reading,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    real: Instant,
    emulated: Timestamp,
}

impl Bucket {
    pub(super) fn full(limit: &RateLimit, now: Timestamp) -> Self {
        Self {
            filled: room(limit),
            since: Reading {
                real: Instant::now(),
                emulated: now,
            },
        }
    }

    /// Takes a token, and returns whether there was one.
    pub(super) fn take(&mut self, limit: &RateLimit, now: Timestamp) -> bool {
        let reading = Reading {
            real: Instant::now(),
            emulated: now,
        };
        let passed = match limit.time {
            Time::Real => (reading.real - self.since.real).as_secs_f64(),
            Time::Emulated => reading
                .emulated
                .duration_since(self.since.emulated)
                .as_secs_f64(),
        };
        self.since = reading;
        let more = passed.max(0.0) * limit.per_second.max(0.0);
        self.filled = (self.filled + more).min(room(limit));
        if self.filled < 1.0 {
            return false;
        }
        self.filled -= 1.0;
        true
    }
}

fn room(limit: &RateLimit) -> f64 {
    f64::from(limit.burst.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_fills_with_the_emulators_time() {
        let limit = RateLimit {
            burst: 2,
            time: Time::Emulated,
            ..RateLimit::per_second(10.0)
        };
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        let mut bucket = Bucket::full(&limit, at(0));
        let taken: Vec<_> = [0, 0, 0, 50, 100, 150, 10_000, 10_000, 10_000]
            .map(|time| bucket.take(&limit, at(time)))
            .into();
        assert_eq!(
            taken,
            [true, true, false, false, true, false, true, true, false]
        );
    }
}
