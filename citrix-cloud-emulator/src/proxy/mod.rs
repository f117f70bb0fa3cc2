//! A forward proxy in front of the emulator, so that programs can use Citrix's own host names.
//!
//! It accepts `CONNECT` for those hosts itself, with TLS from a certificate authority that exists only as long as the
//! proxy. It cannot forward anything: requests for other hosts are rejected.

mod authority;
mod plain;
mod refusal;
mod rewind;
mod tunnel;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::api::Host;
use crate::emulator::Emulator;
use crate::listener::{self, Listener};
use authority::Authority;

/// A listening proxy; dropping it stops it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use citrix_cloud_emulator::Emulator;
///
/// let proxy = Emulator::default().proxy(([127, 0, 0, 1], 0).into()).await?;
/// // For the program under test: HTTPS_PROXY, and a file that SSL_CERT_FILE names.
/// assert!(proxy.url().starts_with("http://127.0.0.1:"));
/// assert!(proxy.authority().starts_with("-----BEGIN CERTIFICATE-----"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Proxy {
    listener: Listener,
    authority: String,
}

impl Emulator {
    /// Listens as a forward proxy on a loopback address; port 0 picks a free one.
    ///
    /// It accepts `CONNECT` for port 443 of the hosts of Citrix's APIs, including customers' own hosts such as
    /// `abcd1024xyz.xendesktop.net`, over HTTP/1.1 and HTTP/2, and requests for their `http` addresses. It rejects
    /// anything else with 403, and never forwards anything.
    ///
    /// # Errors
    ///
    /// Fails if the address is not loopback or not available, or if no certificate can be created.
    pub async fn proxy(&self, addr: SocketAddr) -> io::Result<Proxy> {
        let port = listener::bind(addr).await?;
        Proxy::start(self.clone(), port)
    }
}

impl Proxy {
    fn start(emulator: Emulator, port: TcpListener) -> io::Result<Self> {
        let authority = Authority::new().map_err(io::Error::other)?;
        let tls = TlsAcceptor::from(Arc::clone(&authority.tls));
        let serve =
            move |emulator, stream, stopped| plain::serve(emulator, tls.clone(), stream, stopped);
        Ok(Self {
            listener: Listener::start(port, emulator, serve)?,
            authority: authority.pem,
        })
    }

    /// Returns the value for proxy variables, such as `http://127.0.0.1:49153`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.listener.url
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr
    }

    /// Returns the certificate, as PEM, that clients have to trust. It is valid only for Citrix's names, and its key is
    /// never written to a file.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Stops it and waits until the requests in flight have responses.
    pub async fn stop(self) {
        self.listener.stop().await;
    }
}

/// Returns whether the proxy serves an authority such as `api.cloud.com:443`.
fn serves(authority: &str) -> bool {
    Host::of(authority).is_documented()
}
