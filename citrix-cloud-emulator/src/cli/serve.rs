//! `serve`: runs the emulator on a port.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use citrix_cloud_emulator::{Proxy, Server};
use clap::Args;
use serde::Serialize;

use super::environment::{Environment, Format};
use super::folder::Folder;
use super::identity::Identity;
use super::limits;
use super::options::CloudOptions;
use super::remote::RemoteOptions;
use super::signals::StopRequest;

/// How long requests in progress may take after Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(2);

/// Serves the emulator on a loopback address until Ctrl-C.
///
/// When it is ready, it prints one line of JSON on standard output: the address, and the customer, site, catalog and
/// credentials of its world. Requests are logged to standard error (`RUST_LOG=off` silences it).
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Serve {
    /// Where to listen; only loopback addresses are allowed without `--allow-remote`, and port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,

    /// Also listens as a proxy that serves Citrix's own hosts, and prints the variables that direct other programs to it
    /// instead of the line of JSON; see `exec`.
    #[arg(long)]
    proxy: bool,

    /// Where the proxy listens; as for `--addr`.
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:0",
        requires = "proxy"
    )]
    proxy_addr: SocketAddr,

    /// The format of the printed variables.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Shell, requires = "proxy")]
    print_env: Format,

    #[command(flatten)]
    remote: RemoteOptions,

    #[command(flatten)]
    cloud: CloudOptions,
}

const EXAMPLES: &str = "\
Examples:
  citrix-cloud-emulator serve --addr 127.0.0.1:8080
  citrix-cloud-emulator serve --faults faults.yml
  citrix-cloud-emulator serve --proxy > variables.sh &      then, in any terminal: . ./variables.sh
  citrix-cloud-emulator serve --proxy --print-env powershell";

#[tokio::main]
pub(super) async fn run(options: &Serve) -> io::Result<()> {
    let stop = StopRequest::new()?;
    limits::raise_open_files();
    let builder = options.cloud.builder()?;
    let builder = options.remote.apply(builder, options.addr)?;
    let emulator = options.cloud.build(builder)?;
    let server = emulator.serve(options.addr).await?;
    let identity = Identity::of(&server);
    let (_proxied, text) = if options.proxy {
        let proxy = server.proxy(options.proxy_addr).await?;
        let folder = Folder::new()?;
        let environment = Environment::new(&server, &proxy, &identity, &folder)?;
        let text = match options.print_env {
            Format::Json => ready(&server, &identity, Some((&proxy, &environment)))?,
            format => environment.lines(format),
        };
        (Some((proxy, folder)), text)
    } else {
        (None, ready(&server, &identity, None)?)
    };
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    drop(stdout);
    stop.wait().await;
    // A client that keeps a connection open must not keep the program alive.
    if tokio::time::timeout(PATIENCE, server.stop()).await.is_err() {
        tracing::info!("requests in flight were abandoned");
    }
    Ok(())
}

/// Prints the line of JSON.
fn ready(
    server: &Server,
    identity: &Identity,
    proxied: Option<(&Proxy, &Environment)>,
) -> io::Result<String> {
    #[derive(Serialize)]
    struct Ready<'a> {
        url: &'a str,
        #[serde(flatten)]
        identity: &'a Identity,
        #[serde(skip_serializing_if = "Option::is_none")]
        proxy: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        environment: Option<&'a Environment>,
    }
    let ready = Ready {
        url: server.url(),
        identity,
        proxy: proxied.map(|(proxy, _)| proxy.url()),
        environment: proxied.map(|(_, environment)| environment),
    };
    Ok(format!("{}\n", serde_json::to_string(&ready)?))
}
