//! The other end of a tunnel: TLS, and the emulator inside it.

use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::rewind::Rewind;
use crate::connection::{self, Stopped, Wire};
use crate::emulator::Emulator;

impl Wire for TlsStream<Rewind> {
    fn reset_on_close(&self) {
        self.get_ref().0.stream().reset_on_close();
    }
}

/// Serves a tunnel after an accepted `CONNECT`, until its client leaves or `stopped` asks it to finish.
pub(super) async fn serve(
    emulator: &Emulator,
    tls: &TlsAcceptor,
    connect: Request<Incoming>,
    stopped: Stopped,
) {
    let patience = emulator.shared().settings.limits.head_time;
    let greeted = tokio::time::timeout(patience, greet(tls, connect)).await;
    match greeted {
        Ok(Some(stream)) => connection::serve(emulator, stream, stopped).await,
        Ok(None) => {}
        Err(_) => tracing::info!("a tunnel took too long to begin"),
    }
}

/// Does the TLS handshake; a client that does not trust the certificate ends here.
async fn greet(tls: &TlsAcceptor, connect: Request<Incoming>) -> Option<TlsStream<Rewind>> {
    let upgraded = match hyper::upgrade::on(connect).await {
        Ok(upgraded) => upgraded,
        Err(error) => {
            tracing::debug!(%error, "a tunnel was given up");
            return None;
        }
    };
    // The proxy accepts only this type of stream, so this cannot fail.
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    let stream = Rewind::new(parts.read_buf, parts.io.into_inner());
    match tls.accept(stream).await {
        Ok(stream) => Some(stream),
        Err(error) => {
            tracing::warn!(%error, "no TLS: does the client trust SSL_CERT_FILE?");
            None
        }
    }
}
