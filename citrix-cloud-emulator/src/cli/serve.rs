//! `serve`: the emulator on a port.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use citrix_cloud_emulator::ids;
use clap::Args;

use super::options::CloudOptions;

/// How long requests under way may take after Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(2);

/// Listens on a loopback address until Ctrl-C.
///
/// When it is ready it prints one line of JSON on standard output: the address, and the customer, site, catalog and
/// credentials of its world. Requests are logged on standard error (`RUST_LOG=off` silences it).
#[derive(Args)]
pub(super) struct Serve {
    /// Where to listen; only loopback addresses are allowed, and port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,

    #[command(flatten)]
    cloud: CloudOptions,
}

#[tokio::main]
pub(super) async fn run(options: &Serve) -> io::Result<()> {
    let server = options.cloud.build().serve(options.addr).await?;
    let ready = serde_json::json!({
        "url": server.url(),
        "customerId": ids::CUSTOMER_ID,
        "clientId": ids::CLIENT_ID,
        "clientSecret": ids::CLIENT_SECRET,
        "siteId": ids::SITE_ID,
        "catalogId": ids::CATALOG_ID,
    });
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;
    drop(stdout);
    tokio::signal::ctrl_c().await?;
    // A client that holds a connection open must not keep the program alive.
    if tokio::time::timeout(PATIENCE, server.stop()).await.is_err() {
        tracing::info!("requests under way were given up");
    }
    Ok(())
}
