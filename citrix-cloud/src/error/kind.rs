//! What a caller can do about an error.

use std::fmt;

/// The kind of an [`Error`](super::Error), by what a caller can do about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting cannot work: an endpoint, a missing credential, a region without that service.
    Config,
    /// An argument was refused before anything was sent.
    Input,
    /// Signing in, or the token, was refused (400 `invalid_client`, 401).
    Auth,
    /// Signed in, but not allowed, or in another region (403, 307).
    Forbidden,
    /// The object, or the path, does not exist (404).
    NotFound,
    /// The object has changed or exists already (409).
    Conflict,
    /// The service asks to slow down (429).
    Throttled,
    /// The service cannot answer now (500 and above), and no write ran: the call was a read, or a
    /// write that was refused with a delay to wait (503 with `Retry-After`).
    Unavailable,
    /// The DaaS site is frozen and must be activated (530); the call was a read.
    SiteFrozen,
    /// The service refused the call in some other way.
    #[default]
    Api,
    /// No connection came about; nothing was sent.
    Connect,
    /// The deadline came before an answer, and no write was sent.
    Timeout,
    /// The connection broke while a read was under way.
    Network,
    /// A write was sent, and nobody knows whether it ran: time-out, broken connection, 5xx.
    OutcomeUnknown,
    /// The answer is not what the document says.
    Decode,
    /// The service made a job of the call and answers when that is done.
    JobStarted,
    /// A job ended without success.
    JobFailed,
    /// The service no longer knows a job that it knew; nobody knows how it ended.
    JobVanished,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Config => "configuration",
            Self::Input => "invalid input",
            Self::Auth => "authentication",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::SiteFrozen => "site frozen",
            Self::Api => "refused by the service",
            Self::Connect => "no connection",
            Self::Timeout => "timeout",
            Self::Network => "connection lost",
            Self::OutcomeUnknown => "outcome unknown",
            Self::Decode => "unreadable answer",
            Self::JobStarted => "job started",
            Self::JobFailed => "job failed",
            Self::JobVanished => "job vanished",
        })
    }
}
