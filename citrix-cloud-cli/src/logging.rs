//! What `--verbose` shows.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Writes our own crates' spans and events to standard error.
///
/// Nothing else is let through: what the HTTP stack logs has headers, and so the token, in it.
pub(crate) fn start(verbose: u8, colored: bool) {
    let level = match verbose {
        0 => return,
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = EnvFilter::new(format!("citrix_cloud={level},citrix_cloud_emulator=off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colored)
        .with_target(false)
        .with_span_events(FmtSpan::CLOSE)
        .compact()
        .init();
}
