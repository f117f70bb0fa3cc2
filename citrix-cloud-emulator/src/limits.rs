//! What one client may ask of the emulator's patience and memory.

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
    /// The longest head of a request (address line and headers), in bytes; longer ones are answered 431. 64 KiB
    /// unless set, and no less than 8 KiB.
    pub header_bytes: u32,
    /// The longest body of a request, in bytes; longer ones are answered 413. 8 MiB unless set.
    pub body_bytes: usize,
    /// How long a client may take from the first byte of a request's head to its last; after that the connection is
    /// closed. 10 s unless set.
    pub head_time: Duration,
    /// How long a client may take to send a body; after that it is answered 408. 30 s unless set.
    pub body_time: Duration,
    /// How long a connection may be open without a request, or without taking any of its answer; after that it is
    /// closed. Two minutes unless set, which is longer than the usual clients keep theirs.
    pub idle_time: Duration,
    /// How many connections may be open at a time; further ones are answered 503 and closed. 10,000 unless set.
    pub connections: usize,
    /// How many rows a query of the Monitor service may look at; one that goes beyond takes 30 s on the emulator's clock
    /// and fails, as a slow one of the service does. 500,000 unless set.
    pub monitor_rows: u64,
    /// How much memory the journal may take, in bytes; beyond that the oldest exchanges are forgotten. 64 MiB unless
    /// set. With 0, it keeps nothing.
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
