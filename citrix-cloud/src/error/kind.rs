//! Error kinds.

use std::fmt;

/// The kind of an [`Error`](super::Error), by what a caller can do about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting is invalid or missing: an endpoint, a credential, a region without that service.
    Config,
    /// An argument is invalid; nothing was sent.
    Input,
    /// The credentials or the token were rejected (400 `invalid_client`, 401).
    Auth,
    /// The caller is signed in, but lacks permission, or lives in another region (403, 307).
    Forbidden,
    /// The object, or the path, does not exist (404).
    NotFound,
    /// The object has changed or already exists (409).
    Conflict,
    /// The service asked to slow down (429).
    Throttled,
    /// The service is unavailable (500 and above), and no write ran: the call was a read, or a
    /// write that was rejected with a delay (503 with `Retry-After`).
    Unavailable,
    /// The DaaS site is frozen and must be activated (530); the call was a read.
    SiteFrozen,
    /// The service rejected the call for another reason.
    #[default]
    Api,
    /// No connection could be established; nothing was sent.
    Connect,
    /// The deadline passed without a response, and no write was sent.
    Timeout,
    /// The connection broke during a read.
    Network,
    /// A write was sent, and it is unknown whether it ran: timeout, broken connection, 5xx.
    OutcomeUnknown,
    /// The response is not what the document describes.
    Decode,
    /// The service turned the call into a job; the result is available when the job has finished.
    JobStarted,
    /// A job ended without success.
    JobFailed,
    /// The service no longer knows a job that it knew before; it is unknown how the job ended.
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
            Self::Decode => "unreadable response",
            Self::JobStarted => "job started",
            Self::JobFailed => "job failed",
            Self::JobVanished => "job vanished",
        })
    }
}
