//! A last check of a request, at the moment it is sent.
//!
//! Between a decision and the request that follows from it, a call may wait for its token, for the
//! host's limiter, for `Retry-After` or for a retry. A decision based on the state of an object
//! therefore has to be checked after all of that, and again on every attempt.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::retry::RetryClass;
use crate::{Error, ErrorKind};

/// A check that runs before each attempt of a call, once the attempt has its token and its permit.
pub(crate) trait BeforeSend: Send + Sync {
    /// Returns whether the request can be sent at that time without another request before it.
    fn is_ready_at(&self, at: Instant) -> bool;

    /// Sends the request that has to precede it.
    fn refresh(&self, permit: PermitUse) -> BoxFuture<'_, Result<(), NotSent>>;

    /// Decides whether to send. Nothing happens between this and the request; a returned body
    /// replaces the request's.
    fn commit(&self) -> Result<Option<Bytes>, NotSent>;
}

/// Which permit a request is sent under.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PermitUse {
    /// Its own, which it waits for.
    #[default]
    Own,
    /// The permit of the call that it is sent for. It is sent once, because the holder of the
    /// permit does the retrying.
    Shared,
    /// None, because it is one of several requests that a call with a permit sends concurrently. It
    /// respects the rate and is sent once. Waiting for more permits while holding one could
    /// deadlock.
    Beside,
}

/// Why a request was not sent.
#[derive(Debug)]
pub(crate) enum NotSent {
    /// It must no longer be sent.
    Never(Error),
    /// A request that had to precede it failed, with this retry class.
    NotNow(Error, RetryClass),
}

impl NotSent {
    /// Creates the reason when a preceding request failed. This one was not sent, so it may be
    /// retried as that failure allows.
    pub(crate) fn after(error: Error) -> Self {
        let class = match error.kind() {
            _ if error.retry_after().is_some() => RetryClass::Rejected(error.retry_after()),
            ErrorKind::Throttled => RetryClass::Rejected(None),
            // A response that was cut off or came from a gateway.
            ErrorKind::Decode => RetryClass::NotSent,
            _ if error.is_retryable() => RetryClass::NotSent,
            _ => return Self::Never(error),
        };
        Self::NotNow(error, class)
    }
}
