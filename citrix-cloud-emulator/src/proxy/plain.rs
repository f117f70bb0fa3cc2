//! The part of a proxy connection before, or without, a tunnel.

use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::response::Response;
use http::{Method, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::{refusal, serves, tunnel};
use crate::connection::{Aborted, Stopped};
use crate::emulator::Emulator;
use crate::service;

/// The port of all of Citrix's APIs.
const HTTPS: u16 = 443;

/// The `CONNECT` that ends the plain part of a connection.
type Tunnel = Mutex<Option<Request<Incoming>>>;

/// Serves one client until it leaves or `stopped` asks to finish the requests in progress.
pub(super) async fn serve(
    emulator: Emulator,
    tls: TlsAcceptor,
    stream: TcpStream,
    stopped: Stopped,
) {
    let limits = &emulator.shared().settings.limits;
    let tunnel = Tunnel::default();
    let service = service_fn(|request| respond(&emulator, request, &tunnel));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(usize::try_from(limits.header_bytes.max(8 * 1024)).unwrap_or(usize::MAX))
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        result = connection => if let Err(error) = result {
            tracing::info!(%error, "proxy connection failed");
            return;
        },
        () = stopped.wait() => return,
    }
    let tunnel = tunnel.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(connect) = tunnel {
        tunnel::serve(&emulator, &tls, connect, stopped).await;
    }
}

async fn respond(
    emulator: &Emulator,
    request: Request<Incoming>,
    tunnel: &Tunnel,
) -> Result<Response, Aborted> {
    let Some(authority) = request.uri().authority().cloned() else {
        return Ok(refusal::no_proxy_request());
    };
    let connect = request.method() == Method::CONNECT;
    let port = authority.port_u16();
    if !serves(authority.as_str()) || connect && port != Some(HTTPS) {
        return Ok(refusal::foreign(authority.as_str()));
    }
    if connect {
        tracing::debug!(host = authority.as_str(), "tunnel");
        *tunnel.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        return Ok(Response::new(Body::empty()));
    }
    service::respond(emulator, request.map(Body::new)).await
}
