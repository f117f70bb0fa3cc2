//! May a request be sent again, and when?
//!
//! What is known about an attempt decides, not the status alone: a request that never left and one
//! that was refused before anything ran may be sent again whatever it is; one that may have run is
//! sent again only if that does no harm.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use super::Shared;
use crate::error::delay;

/// What is known about a request once an attempt is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was answered for good, with success or with an error that another attempt would repeat.
    Final,
    /// It never left this machine.
    NeverSent,
    /// The token was refused, so nothing ran.
    Unauthorized,
    /// It was refused before anything ran, perhaps with the time to wait.
    Refused(Option<Duration>),
    /// It was sent, and nobody knows whether it ran.
    Doubtful,
}

/// What a status says about a request; `delay` is the time that the service asks to wait.
///
/// 408 and 503 are refusals only where the service names a delay: gateways send them for back ends
/// that were too slow as well.
pub(super) fn fate(status: StatusCode, delay: Option<Duration>) -> Fate {
    match status.as_u16() {
        401 => Fate::Unauthorized,
        429 => Fate::Refused(delay),
        408 | 425 | 503 if delay.is_some() => Fate::Refused(delay),
        408 | 425 => Fate::Doubtful,
        501 => Fate::Final,
        500.. => Fate::Doubtful,
        _ => Fate::Final,
    }
}

/// What a whole answer says about its request.
pub(crate) fn fate_of(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Fate {
    let may_name_delay = matches!(status.as_u16(), 408 | 425 | 429 | 503);
    let delay = may_name_delay.then(|| delay::of(headers, body)).flatten();
    fate(status, delay)
}

impl Shared {
    /// Waits until what failed so may be asked for again; false when it may not.
    ///
    /// `harmless` says whether that may run twice, `failures` counts those so far, and `share` is
    /// random in 0..1.
    pub(crate) async fn wait_for_another(
        &self,
        fate: Fate,
        harmless: bool,
        failures: u32,
        deadline: Instant,
        share: f64,
    ) -> bool {
        let (repeatable, delay) = match fate {
            Fate::NeverSent => (true, None),
            Fate::Refused(delay) => (true, delay),
            Fate::Doubtful => (harmless, None),
            Fate::Final | Fate::Unauthorized => (false, None),
        };
        if !repeatable {
            return false;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let delay = delay.map(|delay| delay::allowed(delay, left));
        let wait = wait(failures, delay, share);
        let Some(until) = Instant::now().checked_add(wait) else {
            return false;
        };
        if until >= deadline {
            tracing::debug!(?wait, "the next attempt would be after the deadline");
            return false;
        }
        // Being told to wait is no outage: only the deadline ends that.
        let told = matches!(fate, Fate::Refused(_));
        if !told && failures >= self.settings.max_attempts {
            return false;
        }
        if !told && !self.budget.take() {
            tracing::warn!("not repeated: too many calls are failing");
            return false;
        }
        tracing::debug!(wait_ms = wait.as_millis() as u64, failures, "waiting");
        tokio::time::sleep_until(until).await;
        true
    }
}

const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How long to wait before the next attempt: exponential with full jitter, and never less than the
/// service's own word.
///
/// `failures` counts the attempts that failed so far; `share` is random in 0..1. Where the service
/// has said a time, the jitter comes on top, so that not all who were told "5 seconds" return at once.
pub(super) fn wait(failures: u32, delay: Option<Duration>, share: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let own = FIRST_WAIT
        .saturating_mul(1 << doublings)
        .min(LONGEST_WAIT)
        .mul_f64(share);
    match delay {
        Some(delay) => delay.saturating_add(own.min(delay / 4)).max(own),
        None => own,
    }
}

/// What is known about a request that got no answer.
pub(super) fn unanswered(error: &reqwest::Error) -> Fate {
    match error.is_connect() {
        true => Fate::NeverSent,
        false => Fate::Doubtful,
    }
}

/// What keeps an outage from being made worse by repeats: clones of a client share it.
///
/// Every answer that is no failure pays a part of a repeat in, every repeat of a failure takes a
/// whole one out. Waiting as the service asked to (429, 503 with a delay) is free.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<Account>);

#[derive(Debug)]
struct Account {
    repeats: f64,
    at: Instant,
}

/// Repeats that are always there at the start of an outage.
const MOST: f64 = 100.0;
/// What an answer pays in: three calls in ten may fail for ever.
const PER_ANSWER: f64 = 0.5;
/// What comes back without any answer, so that the end of an outage is noticed.
const PER_SECOND: f64 = 1.0;

impl Default for Budget {
    fn default() -> Self {
        let (repeats, at) = (MOST, Instant::now());
        Self(Mutex::new(Account { repeats, at }))
    }
}

impl Budget {
    /// Notes an answer that was no failure.
    pub(super) fn pay_in(&self) {
        self.with(|account| account.repeats += PER_ANSWER);
    }

    /// Takes a repeat out, if there is one.
    pub(super) fn take(&self) -> bool {
        self.with(|account| {
            let there = account.repeats >= 1.0;
            if there {
                account.repeats -= 1.0;
            }
            there
        })
    }

    fn with<R>(&self, change: impl FnOnce(&mut Account) -> R) -> R {
        let mut account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        account.repeats += now.duration_since(account.at).as_secs_f64() * PER_SECOND;
        account.at = now;
        let outcome = change(&mut account);
        account.repeats = account.repeats.min(MOST);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_refused_is_known_not_to_have_run() {
        let delay = Some(Duration::from_secs(1));
        let of = |status, delay| fate(StatusCode::from_u16(status).unwrap(), delay);
        for status in [200, 201, 204, 307, 400, 403, 404, 409, 501] {
            assert_eq!(of(status, delay), Fate::Final, "{status}");
        }
        for status in [408, 425, 500, 502, 503, 504, 530, 599] {
            assert_eq!(of(status, None), Fate::Doubtful, "{status}");
        }
        for status in [408, 425, 429, 503] {
            assert_eq!(of(status, delay), Fate::Refused(delay), "{status}");
        }
        for status in [500, 502, 504, 530] {
            assert_eq!(of(status, delay), Fate::Doubtful, "{status}");
        }
        assert_eq!(of(429, None), Fate::Refused(None));
        assert_eq!(of(401, None), Fate::Unauthorized);
    }

    #[test]
    fn waits_double_up_to_ten_seconds_and_never_undercut_the_service() {
        let longest = |failures| wait(failures, None, 1.0).as_millis();
        assert_eq!(
            [1, 2, 3, 8, 60].map(longest),
            [100, 200, 400, 10_000, 10_000]
        );
        assert_eq!(wait(5, None, 0.0), Duration::ZERO, "full jitter");
        let told = Some(Duration::from_secs(4));
        assert_eq!(wait(1, told, 0.0), Duration::from_secs(4));
        assert_eq!(wait(9, told, 1.0), Duration::from_secs(10));
        assert_eq!(wait(6, told, 1.0), Duration::from_secs(5));
        assert_eq!(wait(1, Some(Duration::MAX), 1.0), Duration::MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_not_multiplied_and_its_end_is_noticed() {
        let budget = Budget::default();
        assert_eq!((0..10_000).filter(|_| budget.take()).count(), 100);
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!((0..10_000).filter(|_| budget.take()).count(), 3);
        for _ in 0..20 {
            budget.pay_in();
        }
        assert_eq!((0..10_000).filter(|_| budget.take()).count(), 10);
    }
}
