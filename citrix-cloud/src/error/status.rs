//! Classifies statuses; retries and error kinds are based on this.

use http::StatusCode;

/// Whether a request ran, judging by the status of its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusClass {
    /// The response is final: a success, or an error that another attempt would repeat.
    Final,
    /// The token was rejected, so nothing ran.
    Unauthorized,
    /// It was rejected before anything ran.
    Rejected,
    /// It is unknown whether it ran.
    Ambiguous,
}

impl StatusClass {
    /// Returns the class of a status; `delayed` is true if the service names a delay.
    ///
    /// A test compares this with the table in `docs/src/transport.md`, status by status.
    ///
    /// 408, 425 and 503 count as rejections only with a delay, because gateways also send them when the
    /// back end was too slow.
    pub(crate) fn of(status: StatusCode, delayed: bool) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            429 => Self::Rejected,
            408 | 425 | 503 if delayed => Self::Rejected,
            408 | 425 => Self::Ambiguous,
            501 => Self::Final,
            500.. => Self::Ambiguous,
            _ => Self::Final,
        }
    }
}
