//! A last check of a request, in the moment in which it is sent.
//!
//! Between a decision and the request that follows from it, a call may wait for its token, for the
//! host's limiter, for `Retry-After` or for a retry. Whoever decides on what was seen has to look once
//! all of that is over, and each time again.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::retry::RetryClass;
use crate::{Error, ErrorKind};

/// Asked before each attempt of a call, once its token and its permit are there.
pub(crate) trait BeforeSend: Send + Sync {
    /// Whether the request can go out at that time without another request before it.
    fn is_ready_at(&self, at: Instant) -> bool;

    /// Sends what has to be sent before it.
    fn refresh(&self, permit: PermitUse) -> BoxFuture<'_, Result<(), NotSent>>;

    /// Decides, with nothing between this and the request; what comes back replaces its body, if
    /// anything does.
    fn commit(&self) -> Result<Option<Bytes>, NotSent>;
}

/// Whose permit a request goes out under.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PermitUse {
    /// It waits for one of its own.
    #[default]
    Own,
    /// That of the call that it is sent for. It is sent once: whoever holds the permit retries.
    Shared,
    /// None, as one of several that a call with a permit sends at the same time: it keeps to the rate,
    /// and is sent once. Waiting for permits with one in hand could be for ever.
    Beside,
}

/// Why a request was not sent.
#[derive(Debug)]
pub(crate) enum NotSent {
    /// It must not be sent any more.
    Never(Error),
    /// What had to be known first could not be found out; the class is that of the request for it.
    NotNow(Error, RetryClass),
}

impl NotSent {
    /// For a request before this one that failed: this one was not sent, so it may be retried as the
    /// failure allows.
    pub(crate) fn after(error: Error) -> Self {
        let class = match error.kind() {
            _ if error.retry_after().is_some() => RetryClass::Rejected(error.retry_after()),
            ErrorKind::Throttled => RetryClass::Rejected(None),
            // An answer that was cut off, or that came from a gateway.
            ErrorKind::Decode => RetryClass::NotSent,
            _ if error.is_retryable() => RetryClass::NotSent,
            _ => return Self::Never(error),
        };
        Self::NotNow(error, class)
    }
}
