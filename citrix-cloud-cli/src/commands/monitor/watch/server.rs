//! The HTTP server for scrapers, which accepts only local connections.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::net::TcpListener;

use super::exposition::MEDIA_TYPE;
use super::metrics::Metrics;
use crate::exit::Failure;

/// Parses the address to listen on, which must be a loopback address.
pub(super) fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| {
        "expected an address with a port, such as 127.0.0.1:9469 or [::1]:9469".to_owned()
    })?;
    match address.ip().is_loopback() {
        true => Ok(address),
        false => Err(format!(
            "the metrics have neither authentication nor TLS, so they are only served to this machine; use 127.0.0.1:{}, with a scraper or an authenticating proxy on this machine",
            address.port()
        )),
    }
}

/// The listener and its address.
pub(super) struct Server {
    listener: TcpListener,
    url: String,
}

impl Server {
    pub(super) async fn bind(address: SocketAddr) -> Result<Self, Failure> {
        let refused = |error: io::Error| {
            let failure = io::Error::new(error.kind(), format!("{address}: {error}"));
            Failure::Machine(failure)
                .advised("choose another port, or 0 for any that is free, with --metrics-addr")
        };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let url = format!("http://{address}/metrics");
        Ok(Self { listener, url })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Serves requests until it is dropped.
    pub(super) async fn serve(self, metrics: Metrics) -> io::Result<()> {
        let scrape = get(async move || ([(CONTENT_TYPE, MEDIA_TYPE)], metrics.text()));
        let elsewhere = async || (axum::http::StatusCode::NOT_FOUND, "see /metrics\n");
        let router = Router::new().route("/metrics", scrape);
        axum::serve(self.listener, router.fallback(elsewhere)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_served() {
        for text in ["127.0.0.1:9469", "127.0.0.2:0", "[::1]:9469"] {
            assert_eq!(loopback(text).unwrap(), text.parse().unwrap(), "{text}");
        }
        for text in [
            "0.0.0.0:9469",
            "192.0.2.1:80",
            "[::]:9469",
            "[::ffff:127.0.0.1]:1",
        ] {
            let refused = loopback(text).unwrap_err();
            assert!(refused.contains("only served to this machine"), "{refused}");
        }
        for text in ["", "9469", "localhost:9469", "127.0.0.1", "127.0.0.1:99999"] {
            let refused = loopback(text).unwrap_err();
            assert!(refused.starts_with("expected an address"), "{refused}");
        }
    }
}
