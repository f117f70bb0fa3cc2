//! The retry budget, which keeps retries from making an outage worse.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// A token bucket for retries, shared by the clones of a client.
///
/// Every response that is not a failure deposits a fraction of a retry, and every retry after a
/// failure withdraws a whole one. Waits that the service asks for (429, 503 with a delay) are free.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<Account>);

#[derive(Debug)]
struct Account {
    repeats: f64,
    at: Instant,
}

/// The largest balance, which is also the balance at the start.
const MOST: f64 = 100.0;
/// The deposit per response; it sustains three failing calls in ten indefinitely.
const PER_RESPONSE: f64 = 0.5;
/// The deposit per second without any response, so that the end of an outage is noticed.
const PER_SECOND: f64 = 1.0;

impl Default for RetryBudget {
    fn default() -> Self {
        let (repeats, at) = (MOST, Instant::now());
        Self(Mutex::new(Account { repeats, at }))
    }
}

impl RetryBudget {
    /// Records a response that was not a failure.
    pub(crate) fn deposit(&self) {
        self.with(|account| account.repeats += PER_RESPONSE);
    }

    /// Withdraws a retry, if there is one.
    pub(crate) fn withdraw(&self) -> bool {
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
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn retries_do_not_multiply_an_outage_and_its_end_is_noticed() {
        let budget = RetryBudget::default();
        assert_eq!((0..10_000).filter(|_| budget.withdraw()).count(), 100);
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!((0..10_000).filter(|_| budget.withdraw()).count(), 3);
        for _ in 0..20 {
            budget.deposit();
        }
        assert_eq!((0..10_000).filter(|_| budget.withdraw()).count(), 10);
    }
}
