//! What a status says of the request that it answers. Retries and kinds of errors follow from this.

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
    /// Nobody knows whether it ran.
    Ambiguous,
}

impl StatusClass {
    /// The class of a status; `delayed` says whether the service names a time to wait.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_refused_is_known_not_to_have_run() {
        let of = |status, delayed| StatusClass::of(StatusCode::from_u16(status).unwrap(), delayed);
        for status in [200, 201, 204, 307, 400, 403, 404, 409, 501] {
            assert_eq!(of(status, true), StatusClass::Final, "{status}");
        }
        for status in [408, 425, 500, 502, 503, 504, 530, 599] {
            assert_eq!(of(status, false), StatusClass::Ambiguous, "{status}");
        }
        for status in [408, 425, 429, 503] {
            assert_eq!(of(status, true), StatusClass::Rejected, "{status}");
        }
        for status in [500, 502, 504, 530] {
            assert_eq!(of(status, true), StatusClass::Ambiguous, "{status}");
        }
        assert_eq!(of(429, false), StatusClass::Rejected);
        assert_eq!(of(401, false), StatusClass::Unauthorized);
    }
}
