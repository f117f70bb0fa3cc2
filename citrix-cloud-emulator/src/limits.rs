//! Limits on time and memory that clients may use.

use std::time::Duration;

/// Limits of a listening emulator.
///
/// ```
/// use citrix_cloud_emulator::{Emulator, Limits};
///
/// let small = Limits { body_bytes: 64 * 1024, ..Limits::default() };
/// let emulator = Emulator::builder().limits(small).build();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The maximum size of a request's head (request line and headers), in bytes; a larger one gets a 431. Default 64
    /// KiB, at least 8 KiB.
    pub header_bytes: u32,
    /// The maximum size of a request's body, in bytes; a larger one gets a 413. Default 8 MiB.
    pub body_bytes: usize,
    /// How long a client may take to send the head of a request before the connection is closed. Default 10 s.
    pub head_time: Duration,
    /// How long a client may take to send a body before it gets a 408. Default 30 s.
    pub body_time: Duration,
    /// How long a connection may be idle, or how long its client may stop reading a response, before it is closed.
    /// Default two minutes, which is longer than common clients keep connections open.
    pub idle_time: Duration,
    /// The maximum number of open connections; further ones get a 503 and are closed. Default 10,000.
    pub connections: usize,
    /// How many rows a query of the Monitor service may read. A larger query takes 30 s on the emulator's clock and
    /// then fails, like a slow query of the service. Default 500,000.
    pub monitor_rows: u64,
    /// How much memory the journal may use, in bytes, before the oldest exchanges are dropped. Default 64 MiB; 0 turns
    /// the journal off.
    pub journal_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: 64 * 1024,
            body_bytes: 8 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            idle_time: Duration::from_secs(120),
            connections: 10_000,
            monitor_rows: 500_000,
            journal_bytes: 64 * 1024 * 1024,
        }
    }
}
