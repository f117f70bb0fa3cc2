//! Limits on the time and memory that clients can take.

use std::time::Duration;

use citrix_cloud_emulator::Limits;
use clap::Args;

#[derive(Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitOptions {
    /// Maximum size of a request's head, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 64 * 1024, value_parser = clap::value_parser!(u32).range(8192..))]
    max_header_bytes: u32,

    /// Maximum size of a request's body, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 8 * 1024 * 1024)]
    max_body_bytes: usize,

    /// How long a client may take to send a head.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = seconds())]
    head_timeout: u64,

    /// How long a client may take to send a body.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = seconds())]
    body_timeout: u64,

    /// How long a connection may stay open without sending a request or reading the response.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = seconds())]
    idle_timeout: u64,

    /// Maximum number of open connections.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: u32,

    /// How much memory the journal of requests may take; the oldest requests are dropped first.
    #[arg(long, value_name = "BYTES", default_value_t = 64 * 1024 * 1024)]
    max_journal_bytes: usize,

    /// How many rows a query of the Monitor service may read before it times out.
    #[arg(long, value_name = "ROWS", default_value_t = 500_000)]
    max_monitor_rows: u64,
}

/// Zero seconds would close every connection; a day is effectively no limit.
fn seconds() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=86_400)
}

impl LimitOptions {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            header_bytes: self.max_header_bytes,
            body_bytes: self.max_body_bytes,
            head_time: Duration::from_secs(self.head_timeout),
            body_time: Duration::from_secs(self.body_timeout),
            idle_time: Duration::from_secs(self.idle_timeout),
            connections: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
            journal_bytes: self.max_journal_bytes,
            monitor_rows: self.max_monitor_rows,
        }
    }
}

/// The default limit of 1024 open files is lower than the number of connections that are accepted.
#[cfg(unix)]
pub(super) fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "cannot raise the number of open files");
    }
}

#[cfg(not(unix))]
pub(super) fn raise_open_files() {}
