//! What was asked, in order, for tests to look at.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;

/// The oldest exchanges are dropped beyond this many.
const CAPACITY: usize = 100_000;

/// Every request the emulator answered, oldest first. Clones share the same record.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<VecDeque<Exchange>>>);

/// One request as it was on the wire, and how it was answered.
///
/// `Debug` leaves secrets out, so that a failing assertion does not print them.
#[derive(Clone)]
pub struct Exchange {
    /// When it was answered, by the emulator's clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The path as it was sent, still percent-encoded.
    pub path: String,
    /// The query as it was sent, still percent-encoded.
    pub query: Option<String>,
    /// Names and values of the headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// The status of the answer.
    pub status: u16,
    /// The operation that the path stands for, such as `MachinesRebootMachine`.
    pub operation: Option<String>,
}

impl Journal {
    /// Copies out everything recorded so far.
    #[must_use]
    pub fn entries(&self) -> Vec<Exchange> {
        self.lock().iter().cloned().collect()
    }

    /// Forgets everything recorded so far.
    pub fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn record(&self, exchange: Exchange) {
        let mut entries = self.lock();
        if entries.len() == CAPACITY {
            entries.pop_front();
        }
        entries.push_back(exchange);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exchange {
    /// Returns the first value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Says whether the body carries a client secret or an item's token.
    fn body_is_secret(&self) -> bool {
        let path = self.path.to_ascii_lowercase();
        path.contains("/tokens/clients") || path.contains("$batch") || path.contains("%24batch")
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| {
                let secret = name.eq_ignore_ascii_case("authorization")
                    || name.eq_ignore_ascii_case("x-admincredential")
                    || name.eq_ignore_ascii_case("x-accesstoken");
                (name.as_str(), if secret { "***" } else { value.as_str() })
            })
            .collect();
        let body = String::from_utf8_lossy(&self.body);
        f.debug_struct("Exchange")
            .field("at", &self.at.to_string())
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &headers)
            .field("body", &if self.body_is_secret() { "***" } else { &body })
            .field("status", &self.status)
            .field("operation", &self.operation)
            .finish()
    }
}
