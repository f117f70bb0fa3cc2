//! Whether and when a request is sent again: one policy for calls, batch items and token requests.
//!
//! The decision depends on everything known about an attempt, not just on the status. A request
//! that was never sent, or was rejected before anything ran, can always be retried. One that may
//! have run is retried only if it is idempotent.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use crate::error::delay;
use crate::error::status::StatusClass;
use crate::wire::SendError;

mod budget;

use budget::RetryBudget;

/// What is known about a request after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryClass {
    /// The response is final: a success, or an error that another attempt would repeat.
    Final,
    /// It never left this machine.
    NotSent,
    /// The token was rejected, so nothing ran.
    Unauthorized,
    /// It was rejected before anything ran, possibly with a delay to wait.
    Rejected(Option<Duration>),
    /// It was sent, and it is not known whether it ran.
    Ambiguous,
    /// It ran, and the response is not JSON, because it was cut off or came from a gateway.
    Garbled,
}

impl RetryClass {
    /// Classifies a status; `delay` is the time that the service asks to wait.
    pub(crate) fn of_status(status: StatusCode, delay: Option<Duration>) -> Self {
        match StatusClass::of(status, delay.is_some()) {
            StatusClass::Final => Self::Final,
            StatusClass::Unauthorized => Self::Unauthorized,
            StatusClass::Rejected => Self::Rejected(delay),
            StatusClass::Ambiguous => Self::Ambiguous,
        }
    }

    /// Classifies a complete response.
    pub(crate) fn of_response(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Self {
        // Look for a delay only if it makes a difference.
        let may_name_delay = StatusClass::of(status, true) == StatusClass::Rejected;
        let delay = may_name_delay.then(|| delay::of(headers, body)).flatten();
        Self::of_status(status, delay)
    }

    /// Returns whether the attempt failed, rather than getting a response or being asked to wait.
    pub(crate) fn is_failure(self) -> bool {
        match self {
            Self::NotSent | Self::Ambiguous => true,
            Self::Final | Self::Unauthorized | Self::Rejected(_) | Self::Garbled => false,
        }
    }

    /// Classifies a request without a usable response.
    pub(crate) fn of_error(error: &SendError) -> Self {
        match error {
            SendError::Broken(error) if error.is_connect() => Self::NotSent,
            SendError::Broken(_) => Self::Ambiguous,
            // The caller's client would follow it again.
            SendError::Redirected(_) => Self::Final,
        }
    }
}

/// How often failures are retried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    pub(crate) max_attempts: u32,
}

/// The next attempt of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NextAttempt {
    /// The delay before it.
    pub(crate) delay: Duration,
    /// Whether it needs a withdrawal from the [`RetryBudget`].
    pub(crate) withdraws: bool,
}

impl RetryPolicy {
    /// Returns when to send a request again after N failed attempts, or `None` if it must not be
    /// retried.
    ///
    /// `left` is the time until the call's deadline, and `share` is random in 0..1. A wait that the
    /// service asks for is not a failure: it is free and limited only by the deadline.
    pub(crate) fn next_attempt(
        &self,
        class: RetryClass,
        idempotent: bool,
        failures: u32,
        left: Duration,
        share: f64,
    ) -> Option<NextAttempt> {
        let (asked, withdraws) = match class {
            RetryClass::Rejected(delay) => (delay, false),
            RetryClass::NotSent => (None, true),
            RetryClass::Ambiguous | RetryClass::Garbled if idempotent => (None, true),
            RetryClass::Ambiguous
            | RetryClass::Garbled
            | RetryClass::Final
            | RetryClass::Unauthorized => return None,
        };
        if withdraws && failures >= self.max_attempts {
            return None;
        }
        let asked = asked.map(|asked| delay::allowed(asked, left));
        let delay = backoff(failures, asked, share);
        (delay < left).then_some(NextAttempt { delay, withdraws })
    }
}

/// The retry policy and retry budget of a client, for everything it sends.
#[derive(Debug)]
pub(crate) struct Retries {
    policy: RetryPolicy,
    budget: RetryBudget,
}

impl Retries {
    pub(crate) fn new(max_attempts: u32) -> Self {
        Self {
            policy: RetryPolicy { max_attempts },
            budget: RetryBudget::default(),
        }
    }

    /// Records a response that was not a failure.
    pub(crate) fn deposit(&self) {
        self.budget.deposit();
    }

    /// Sleeps for the backoff and returns true; returns false if the request must not be retried.
    pub(crate) async fn after_backoff(
        &self,
        class: RetryClass,
        idempotent: bool,
        failures: u32,
        deadline: Instant,
        share: f64,
    ) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let Some(next) = self
            .policy
            .next_attempt(class, idempotent, failures, left, share)
        else {
            tracing::debug!(?class, failures, "not retried");
            return false;
        };
        if next.withdraws && !self.budget.withdraw() {
            tracing::warn!("not retried: too many calls are failing");
            return false;
        }
        tracing::debug!(
            backoff_ms = next.delay.as_millis() as u64,
            failures,
            "retrying"
        );
        tokio::time::sleep(next.delay).await;
        true
    }
}

const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// Returns the delay before the next attempt: exponential with full jitter, and never less than the
/// service asks for.
///
/// If the service has named a delay, the jitter is added to it, so that clients that were all told
/// "5 seconds" do not return at once.
pub(super) fn backoff(failures: u32, asked: Option<Duration>, share: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let own = FIRST_BACKOFF
        .saturating_mul(1 << doublings)
        .min(LONGEST_BACKOFF)
        .mul_f64(share);
    match asked {
        Some(asked) => asked.saturating_add(own.min(asked / 4)).max(own),
        None => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::cause::{ErrorContext, classify};
    use crate::mask::KnownSecrets;

    #[test]
    fn an_error_is_retryable_where_the_retry_policy_retries() {
        let secrets = KnownSecrets::default();
        let policy = RetryPolicy { max_attempts: 3 };
        for writes in [false, true] {
            let context = ErrorContext {
                operation: "op",
                daas: true,
                signing_in: false,
                writes,
                in_doubt: false,
                attempts: 1,
                transaction_id: None,
            };
            for status in 400..600 {
                let status = StatusCode::from_u16(status).unwrap();
                let class = RetryClass::of_status(status, None);
                let long = std::time::Duration::from_secs(60);
                let next = policy.next_attempt(class, !writes, 1, long, 0.5);
                let retryable =
                    classify(status, &HeaderMap::new(), &Bytes::new(), &context, &secrets)
                        .is_retryable();
                assert_eq!(retryable, next.is_some(), "{status}, writes: {writes}");
            }
        }
    }

    #[test]
    fn waits_double_up_to_ten_seconds_and_never_undercut_the_service() {
        let longest = |failures| backoff(failures, None, 1.0).as_millis();
        assert_eq!(
            [1, 2, 3, 8, 60].map(longest),
            [100, 200, 400, 10_000, 10_000]
        );
        assert_eq!(backoff(5, None, 0.0), Duration::ZERO, "full jitter");
        let told = Some(Duration::from_secs(4));
        assert_eq!(backoff(1, told, 0.0), Duration::from_secs(4));
        assert_eq!(backoff(9, told, 1.0), Duration::from_secs(10));
        assert_eq!(backoff(6, told, 1.0), Duration::from_secs(5));
        assert_eq!(backoff(1, Some(Duration::MAX), 1.0), Duration::MAX);
    }
}
