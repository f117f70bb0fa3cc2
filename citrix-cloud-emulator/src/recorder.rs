//! One request on its way into the journal.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;

use crate::faults::FaultDecision;
use crate::http::Reply;
use crate::journal::Exchange;
use crate::shared::Shared;

/// Records the request when it gets a response, or else when this is dropped: a fault may cut the connection, or the
/// client may give up.
#[derive(Debug)]
pub(crate) struct RequestRecorder<'a> {
    shared: &'a Shared,
    begun: Instant,
    pending: Option<(Exchange, FaultDecision)>,
}

impl<'a> RequestRecorder<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        parts: &Parts,
        operation: Option<&str>,
        decision: FaultDecision,
    ) -> Self {
        // In HTTP/2, the host is not in the headers.
        let authority = parts
            .uri
            .authority()
            .filter(|_| !parts.headers.contains_key(HOST));
        let host = authority.map(|it| (HOST.to_string(), it.to_string()));
        let headers = parts.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let exchange = Exchange {
            number: 0,
            at: shared.clock.now(),
            duration: Duration::ZERO,
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: host.into_iter().chain(headers).collect(),
            body: Bytes::new(),
            status: 0,
            response_headers: Vec::new(),
            response_body: Bytes::new(),
            response_cut: false,
            response_length: 0,
            transaction_id: None,
            operation: operation.map(str::to_owned),
            acted: false,
            warnings: Vec::new(),
            fault: decision.decisive().cloned(),
        };
        Self {
            shared,
            begun: Instant::now(),
            pending: Some((exchange, decision)),
        }
    }

    /// Stores the request's body.
    pub(crate) fn received(&mut self, body: &Bytes) {
        if let Some((exchange, _)) = &mut self.pending {
            // Copied, because a small body may be part of a large buffer.
            exchange.body = Bytes::copy_from_slice(body);
        }
    }

    /// Records a response that is sent after a delay.
    pub(crate) fn responded(mut self, reply: &Reply, id_header: &str, acted: bool, hold: Duration) {
        if let Some((exchange, _)) = &mut self.pending {
            exchange.status = reply.status;
            exchange.response_headers = reply
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.clone()))
                .collect();
            exchange.keep_response(&reply.body);
            exchange.warnings.clone_from(&reply.warnings);
            exchange.transaction_id = exchange.response_header(id_header).map(str::to_owned);
        }
        self.end(acted, hold);
    }

    /// Records that there is no response, after a delay.
    pub(crate) fn cut(mut self, acted: bool, hold: Duration) {
        self.end(acted, hold);
    }

    fn end(&mut self, acted: bool, hold: Duration) {
        let Some((mut exchange, decision)) = self.pending.take() else {
            return;
        };
        exchange.at = self.shared.clock.now();
        exchange.acted = acted;
        exchange.duration = self.begun.elapsed().saturating_add(hold);
        for warning in &exchange.warnings {
            tracing::warn!(method = exchange.method, path = exchange.path, "{warning}");
        }
        tracing::info!(
            method = exchange.method,
            path = exchange.path,
            status = exchange.status,
            operation = exchange.operation,
            fault = exchange.fault.as_ref().map(tracing::field::debug),
            "responded"
        );
        let operation = exchange.operation.clone();
        let number = self.shared.journal.record(exchange);
        self.shared
            .faults
            .note(decision, operation.as_deref(), number);
    }
}

impl Drop for RequestRecorder<'_> {
    fn drop(&mut self) {
        self.end(false, Duration::ZERO);
    }
}
