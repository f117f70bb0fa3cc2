//! How far a call has come.

use http::StatusCode;
use tokio::time::Instant;

use super::Call;
use crate::{Error, deadline};

/// The progress of a call.
pub(super) struct Progress {
    pub(super) transaction_id: String,
    pub(super) deadline: Instant,
    pub(super) attempts: u32,
    pub(super) status: Option<StatusCode>,
    /// An attempt was sent and has no result yet.
    pub(super) in_flight: bool,
    /// An earlier attempt of a write may have run.
    pub(super) doubtful: bool,
}

impl Progress {
    pub(super) fn new(call: &Call) -> Self {
        let given = call.options.transaction_id.clone();
        Self {
            transaction_id: given.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
            deadline: deadline::after(call.timeout()),
            attempts: 0,
            status: None,
            in_flight: false,
            doubtful: false,
        }
    }

    /// Records the end of a call in its span.
    pub(super) fn record(&self, span: &tracing::Span, outcome: &Result<(), Error>) {
        span.record("http.request.resend_count", self.attempts.saturating_sub(1));
        if let Some(status) = self.status {
            span.record("http.response.status_code", status.as_u16());
        }
        if let Err(error) = outcome {
            span.record("error.type", tracing::field::display(error.kind()));
        }
    }
}
