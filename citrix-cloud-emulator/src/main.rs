//! `citrix-cloud-emulator`: the emulator as a program.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use citrix_cloud_emulator::{Emulator, World, ids};
use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Citrix Cloud on your own machine, for demos and tests.
///
/// Everything is made up and kept in memory; nothing leaves this machine.
#[derive(Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Listens on a loopback address until Ctrl-C.
    ///
    /// When it is ready it prints one line of JSON on standard output: the address, and the customer, site, catalog and
    /// credentials of its world. Requests are logged on standard error (`RUST_LOG=off` silences it).
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// Where to listen; only loopback addresses are allowed, and port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,

    /// Fills the catalog with this many idle machines instead of the default ones.
    #[arg(long, value_name = "N")]
    machines: Option<usize>,

    /// How long a token is good for.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    token_lifetime: u64,

    /// How long every answer is held back.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
}

/// How long requests under way may take after Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let Command::Serve(options) = Program::parse().command;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(ansi)
        .init();
    match serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let usage = error.kind() == io::ErrorKind::InvalidInput;
            ExitCode::from(if usage { 2 } else { 1 })
        }
    }
}

#[tokio::main]
async fn serve(options: &Serve) -> io::Result<()> {
    let emulator = Emulator::builder()
        .world(
            options
                .machines
                .map_or_else(World::default, World::with_machines),
        )
        .token_lifetime(Duration::from_secs(options.token_lifetime))
        .latency(Duration::from_millis(options.latency))
        .build();
    let server = emulator.serve(options.addr).await?;
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
    tokio::time::timeout(PATIENCE, server.stop())
        .await
        .unwrap_or(Ok(()))
}
