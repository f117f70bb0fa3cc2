//! Finds out whether a request without a response ran.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::action::Action;
use super::evidence::{Evidence, assess};
use super::snapshot::Snapshot;
use crate::{Error, deadline};

/// The pause before the second check; each further pause is 1.5 times as long.
///
/// A pending action may come and go quickly, so the first checks are close together.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause between two checks.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How many consecutive checks may fail after the time is up.
const LAST_LOOKS: u32 = 5;

/// The conclusion from the checks.
#[derive(Debug)]
pub(super) enum Confirmation {
    /// It ran.
    Ran,
    /// Nothing changed until the end, and running would have shown. Contains the last snapshot and
    /// its time.
    NotRun(Snapshot, Instant),
    /// The snapshots are contradictory or prove nothing, or there were none.
    Unclear,
}

/// Checks the object repeatedly until it is clear whether the request ran, for at most `within`.
///
/// Only a check that started after the time was up can show that nothing changed. An inconclusive
/// change still counts, even if the next check does not show it.
pub(super) async fn confirm<F>(
    action: &Action,
    before: &Snapshot,
    within: Duration,
    look: impl Fn() -> F,
) -> Confirmation
where
    F: Future<Output = Result<Snapshot, Error>>,
{
    let end = deadline::after(within);
    let mut pause = FIRST_PAUSE;
    let mut unclear = false;
    let mut late_failures = 0;
    loop {
        let began = Instant::now();
        match look().await {
            Ok(now) => match assess(action, before, &now) {
                Evidence::Ran => return Confirmation::Ran,
                // Repeating the request is harmless, so there is nothing to wait for.
                Evidence::Nothing if action.can_be_repeated() => {
                    return Confirmation::NotRun(now, began);
                }
                Evidence::Nothing if began >= end && !unclear => {
                    return Confirmation::NotRun(now, began);
                }
                Evidence::Unclear => unclear = true,
                Evidence::Nothing => {}
            },
            // A session that is gone was logged off, and does not come back; a machine that is gone
            // proves nothing.
            Err(error) if error.is_not_found() => match action {
                Action::LogoffSessions => return Confirmation::Ran,
                action if !action.is_for_machines() => return Confirmation::Unclear,
                _ => unclear = true,
            },
            Err(error) => {
                tracing::debug!(%error, "a check after a request without a response failed");
                late_failures += u32::from(began >= end);
            }
        }
        if began >= end && (unclear || late_failures >= LAST_LOOKS) {
            return Confirmation::Unclear;
        }
        let next = Instant::now() + pause;
        // The check that counts starts as soon as the time is up.
        sleep_until(if began < end {
            next.min(end.max(Instant::now()))
        } else {
            next
        })
        .await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;

    use super::*;
    use crate::ErrorKind;
    use crate::error::Inner;
    use crate::models::{PowerState, RegistrationState};

    const WITHIN: Duration = Duration::from_secs(30);

    fn up() -> Snapshot {
        Snapshot {
            sessions: Some(0),
            power: Some(PowerState::On),
            registration: Some(RegistrationState::Registered),
            in_maintenance: Some(false),
            pending: Some(false),
            deregistered: Some("2026-01-05T08:30:00Z".into()),
            ..Snapshot::default()
        }
    }

    fn pending() -> Snapshot {
        Snapshot {
            pending: Some(true),
            ..up()
        }
    }

    fn rebooted() -> Snapshot {
        Snapshot {
            deregistered: Some("2026-01-05T09:00:00Z".into()),
            ..up()
        }
    }

    fn failed(kind: ErrorKind) -> Result<Snapshot, Error> {
        Err(Inner::new(kind, "no").into_error())
    }

    /// Confirms a reboot; `seen` returns what a check shows N milliseconds after the request.
    async fn after(seen: impl Fn(u64) -> Result<Snapshot, Error>) -> (Confirmation, Duration, u32) {
        let began = Instant::now();
        let looks = Cell::new(0);
        let confirmed = confirm(&Action::RebootIdle, &up(), WITHIN, || {
            looks.set(looks.get() + 1);
            let now = seen(u64::try_from(began.elapsed().as_millis()).unwrap());
            async { now }
        })
        .await;
        (confirmed, began.elapsed(), looks.get())
    }

    #[tokio::test(start_paused = true)]
    async fn a_pending_action_is_enough() {
        let (confirmed, took, looks) = after(|_| Ok(pending())).await;
        assert!(matches!(confirmed, Confirmation::Ran));
        assert_eq!((took, looks), (Duration::ZERO, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pending_action_may_come_and_go_between_two_polls() {
        let (confirmed, ..) = after(|at| {
            Ok(match at {
                0..=4_000 => up(),
                4_001..=4_050 => pending(),
                _ => rebooted(),
            })
        })
        .await;
        assert!(matches!(confirmed, Confirmation::Ran));
    }

    #[tokio::test(start_paused = true)]
    async fn a_reboot_that_starts_late_is_seen_by_the_last_poll() {
        let (confirmed, took, _) = after(|at| Ok(if at < 30_000 { up() } else { pending() })).await;
        assert!(matches!(confirmed, Confirmation::Ran));
        assert_eq!(took, WITHIN);
    }

    #[tokio::test(start_paused = true)]
    async fn no_evidence_by_the_deadline_means_that_it_did_not_run() {
        let (confirmed, took, looks) = after(|_| Ok(up())).await;
        assert!(matches!(confirmed, Confirmation::NotRun(now, _) if now == up()));
        assert_eq!(
            took, WITHIN,
            "the last check is at the end, not before and not much later"
        );
        assert!(looks < 30, "{looks}");
    }

    #[tokio::test(start_paused = true)]
    async fn failed_polls_are_repeated_and_the_last_must_succeed() {
        let down = || failed(ErrorKind::Unavailable);
        let (confirmed, ..) = after(|at| if at < 20_000 { down() } else { Ok(rebooted()) }).await;
        assert!(matches!(confirmed, Confirmation::Ran));
        let (confirmed, took, _) = after(|at| if at > 29_000 { down() } else { Ok(up()) }).await;
        assert!(matches!(confirmed, Confirmation::Unclear), "{confirmed:?}");
        assert!(took > WITHIN && took < WITHIN * 2);
        let (confirmed, ..) = after(|at| match at {
            0..=29_000 => Ok(up()),
            29_001..=31_000 => down(),
            _ => Ok(up()),
        })
        .await;
        assert!(
            matches!(confirmed, Confirmation::NotRun(..)),
            "{confirmed:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn contradictory_evidence_never_counts_as_no_evidence() {
        let skewed = || Snapshot {
            deregistered: Some("2026-01-05T08:00:00Z".into()),
            ..up()
        };
        let silent = || Snapshot {
            deregistered: None,
            registration: None,
            ..up()
        };
        let cases: [&dyn Fn() -> Snapshot; 2] = [&skewed, &silent];
        for odd in cases {
            let (confirmed, ..) = after(|at| Ok(if at == 0 { odd() } else { up() })).await;
            assert!(matches!(confirmed, Confirmation::Unclear), "{confirmed:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_no_longer_exists_is_no_evidence() {
        let (confirmed, ..) = after(|_| failed(ErrorKind::NotFound)).await;
        assert!(matches!(confirmed, Confirmation::Unclear));
    }

    #[tokio::test(start_paused = true)]
    async fn repeatable_actions_are_checked_once() {
        let looks = RefCell::new(VecDeque::from([Ok(up())]));
        let look = || std::future::ready(looks.borrow_mut().pop_front().unwrap());
        let confirmed = confirm(&Action::MaintenanceMode(true), &up(), WITHIN, look).await;
        assert!(matches!(confirmed, Confirmation::NotRun(..)));
        let gone = || std::future::ready(failed(ErrorKind::NotFound));
        let confirmed = confirm(&Action::LogoffSessions, &up(), WITHIN, gone).await;
        assert!(matches!(confirmed, Confirmation::Ran));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_that_is_gone_does_not_say_whether_it_was_disconnected_or_hidden() {
        for action in [Action::DisconnectSessions, Action::HideSessions(true)] {
            let began = Instant::now();
            let gone = || std::future::ready(failed(ErrorKind::NotFound));
            let confirmed = confirm(&action, &Snapshot::default(), WITHIN, gone).await;
            assert!(matches!(confirmed, Confirmation::Unclear), "{confirmed:?}");
            assert_eq!(began.elapsed(), Duration::ZERO, "it does not come back");
        }
    }
}
