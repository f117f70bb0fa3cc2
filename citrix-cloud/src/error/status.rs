//! What a status says about its request. Retries and kinds of errors follow from this.

use http::StatusCode;

/// What the status of a response says about whether the request ran.
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
    /// The class of a status; `delayed` says whether the service names a time to wait.
    ///
    /// A test compares it with the table in `docs/src/transport.md`, status by status.
    ///
    /// 408, 425 and 503 are rejections only where it does: gateways send them for back ends that were
    /// too slow as well.
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
