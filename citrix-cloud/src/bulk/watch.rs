//! Waits until a machine has gone down, or is back.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::snapshot::{Deregistration, Snapshot};
use crate::models::PowerState;
use crate::{Error, deadline};

/// The pause before the first check; each further pause is 1.5 times as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two checks.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The condition to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// The action has begun on the machine itself, so no session can interfere any more.
    Gone,
    /// It has deregistered and is registered again.
    Returned,
    /// It is registered and nothing is pending.
    Up,
}

/// Waits for at most `within`, and returns whether it happened.
pub(super) async fn watch<F>(
    before: &Snapshot,
    until: Until,
    within: Duration,
    look: impl Fn() -> F,
) -> bool
where
    F: Future<Output = Result<Snapshot, Error>>,
{
    let end = deadline::after(within);
    let mut pause = FIRST_PAUSE;
    let mut gone = until == Until::Up || (until == Until::Returned && !before.is_registered());
    loop {
        let began = Instant::now();
        match look().await {
            Ok(now) => {
                gone |= match until {
                    Until::Gone => has_gone(before, &now),
                    _ => {
                        now.deregistration_since(before) == Deregistration::Newer
                            || now.in_transition()
                            || !now.is_registered()
                    }
                };
                let quiet = now.pending != Some(true) && !now.in_transition();
                let there = match until {
                    // A registered machine accepts users, whatever happened in between.
                    Until::Gone => quiet || (now.pending != Some(true) && !now.is_registered()),
                    _ => quiet && now.is_registered(),
                };
                if gone && there {
                    return true;
                }
            }
            Err(error) => tracing::debug!(%error, "a check of a restarting machine failed"),
        }
        if began >= end {
            return false;
        }
        sleep(pause.min(end.saturating_duration_since(Instant::now()))).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

/// Returns whether a machine shows that the action has begun, even if it is still pending.
///
/// A machine that was not registered cannot deregister. For such a machine, an action that was
/// pending or in transition counts, and so does its registration.
fn has_gone(before: &Snapshot, now: &Snapshot) -> bool {
    let is_down = matches!(now.power, Some(PowerState::Off | PowerState::Suspended));
    is_down
        || now.deregistration_since(before) == Deregistration::Newer
        || match before.is_registered() {
            true => !now.is_registered(),
            false => now.pending == Some(true) || now.in_transition() || now.is_registered(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::RegistrationState;

    const WITHIN: Duration = Duration::from_secs(600);

    fn up(deregistered: &str) -> Snapshot {
        Snapshot {
            power: Some(PowerState::On),
            registration: Some(RegistrationState::Registered),
            pending: Some(false),
            deregistered: Some(deregistered.into()),
            ..Snapshot::default()
        }
    }

    fn down(deregistered: &str) -> Snapshot {
        Snapshot {
            registration: Some(RegistrationState::Unregistered),
            ..up(deregistered)
        }
    }

    async fn waited(
        before: &Snapshot,
        until: Until,
        seen: impl Fn(u64) -> Snapshot,
    ) -> (bool, u64) {
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
            0..60 => Snapshot {
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
    async fn one_that_deregisters_while_the_action_is_still_pending_is_not_gone_yet() {
        let pending = |look| Snapshot {
            pending: Some(true),
            ..look
        };
        // It loses its registration briefly, and is back before the reboot reaches it.
        let course = |at| match at {
            0..20 => pending(up("2026-01-01T00:00:00Z")),
            20..40 => pending(down("2026-01-01T01:00:00Z")),
            40..60 => pending(up("2026-01-01T01:00:00Z")),
            60..80 => Snapshot {
                power: Some(PowerState::TurningOff),
                ..up("2026-01-01T01:00:00Z")
            },
            _ => down("2026-01-01T02:00:00Z"),
        };
        let (came, took) = waited(&course(0), Until::Gone, course).await;
        assert!(came && (80..91).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_was_not_registered_is_gone_when_something_of_the_action_was_seen() {
        let before = down("2026-01-01T00:00:00Z");
        let course = |at| match at {
            0..20 => before.clone(),
            20..40 => Snapshot {
                pending: Some(true),
                ..before.clone()
            },
            _ => before.clone(),
        };
        let (came, took) = waited(&before, Until::Gone, course).await;
        assert!(came && (40..51).contains(&took), "{took}");
        let course = |at| match at {
            0..100 => before.clone(),
            _ => up("2026-01-01T00:00:00Z"),
        };
        let (came, took) = waited(&before, Until::Gone, course).await;
        assert!(came && (100..111).contains(&took), "{took}");
        let (came, took) = waited(&before, Until::Gone, |_| before.clone()).await;
        assert_eq!((came, took), (false, WITHIN.as_secs()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_was_gone_between_two_polls_is_back() {
        let before = up("2026-01-01T00:00:00Z");
        let (came, took) = waited(&before, Until::Returned, |_| up("2026-01-01T01:00:00Z")).await;
        assert_eq!((came, took), (true, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_does_not_come_back_is_given_up() {
        let before = up("2026-01-01T00:00:00Z");
        let (came, took) = waited(&before, Until::Returned, |_| down("2026-01-01T01:00:00Z")).await;
        assert_eq!((came, took), (false, WITHIN.as_secs()));
        let (came, _) = waited(&before, Until::Up, |_| up("2026-01-01T00:00:00Z")).await;
        assert!(came);
    }
}
