//! Waiting until a machine has gone, or is back.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::look::{Deregistration, Look};
use crate::Error;

/// The time to the first look; each further one takes half as long again.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest time between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// It has deregistered, so that nobody can log on.
    Gone,
    /// It has deregistered and is registered again.
    Returned,
    /// It is registered and nothing is pending.
    Up,
}

/// Waits, at most for `within`; whether it came.
pub(super) async fn watch<F>(
    before: &Look,
    until: Until,
    within: Duration,
    look: impl Fn() -> F,
) -> bool
where
    F: Future<Output = Result<Look, Error>>,
{
    let end = Instant::now() + within;
    let mut pause = FIRST_PAUSE;
    let mut gone = until == Until::Up || !before.is_registered();
    loop {
        if gone && until == Until::Gone {
            return true;
        }
        let began = Instant::now();
        match look().await {
            Ok(now) => {
                gone |= now.deregistration_since(before) == Deregistration::Newer
                    || now.in_transition()
                    || !now.is_registered();
                let up = now.is_registered() && now.pending != Some(true) && !now.in_transition();
                if gone && (up || until == Until::Gone) {
                    return true;
                }
            }
            Err(error) => tracing::debug!(%error, "a look at a machine on its way failed"),
        }
        if began >= end {
            return false;
        }
        sleep(pause.min(end.saturating_duration_since(Instant::now()))).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{PowerState, RegistrationState};

    const WITHIN: Duration = Duration::from_secs(600);

    fn up(deregistered: &str) -> Look {
        Look {
            power: Some(PowerState::On),
            registration: Some(RegistrationState::Registered),
            pending: Some(false),
            deregistered: Some(deregistered.into()),
            ..Look::default()
        }
    }

    fn down(deregistered: &str) -> Look {
        Look {
            registration: Some(RegistrationState::Unregistered),
            ..up(deregistered)
        }
    }

    async fn waited(before: &Look, until: Until, seen: impl Fn(u64) -> Look) -> (bool, u64) {
        let began = Instant::now();
        let look = || {
            let now = seen(began.elapsed().as_secs());
            async { Ok(now) }
        };
        let came = watch(before, until, WITHIN, look).await;
        (came, began.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_has_not_gone_yet_is_not_back() {
        let course = |at| match at {
            0..60 => Look {
                pending: Some(true),
                ..up("2026-01-01T00:00:00Z")
            },
            60..120 => down("2026-01-01T01:00:00Z"),
            _ => up("2026-01-01T01:00:00Z"),
        };
        let (came, took) = waited(&course(0), Until::Gone, course).await;
        assert!(came && (60..71).contains(&took), "{took}");
        let (came, took) = waited(&course(0), Until::Returned, course).await;
        assert!(came && (120..131).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_was_gone_between_two_looks_is_back() {
        let before = up("2026-01-01T00:00:00Z");
        let (came, took) = waited(&before, Until::Returned, |_| up("2026-01-01T01:00:00Z")).await;
        assert_eq!((came, took), (true, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_does_not_come_back_is_given_up() {
        let before = up("2026-01-01T00:00:00Z");
        let (came, took) = waited(&before, Until::Returned, |_| down("2026-01-01T01:00:00Z")).await;
        assert_eq!((came, took), (false, WITHIN.as_secs()));
        let (came, _) = waited(&before, Until::Up, |_| up("2026-01-01T00:00:00Z")).await;
        assert!(came);
    }
}
