//! One connection: HTTP/1.1 or HTTP/2 on any stream, within limits, until it ends or is cut.

mod busy;
mod handle;
mod stop;
mod wire;

use std::error::Error;
use std::pin::pin;

use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;

pub(crate) use handle::{Aborted, ConnectionHandle, Cut};
pub(crate) use stop::{Stop, Stopped};
pub(crate) use wire::Wire;

use crate::emulator::Emulator;
use crate::limits::Limits;
use crate::service;
use busy::Busy;
use wire::Observed;

/// Serves one connection until its client leaves, a limit or a fault cuts it, or `stopped` asks it to finish the
/// requests in progress.
pub(crate) async fn serve<W: Wire>(emulator: &Emulator, wire: W, stopped: Stopped) {
    let limits = &emulator.shared().settings.limits;
    let handle = ConnectionHandle::new(stopped.clone());
    let service = service_fn(|mut request: Request<Incoming>| {
        let emulator = emulator.clone();
        let handle = handle.clone();
        let begun = handle.begin(request.version());
        request.extensions_mut().insert(handle.clone());
        async move {
            let response = service::respond(&emulator, request.map(Body::new)).await;
            match response {
                Ok(response) => Ok(response.map(|body| Body::new(Busy::new(body, begun)))),
                Err(aborted) => {
                    handle.cut(aborted.0);
                    Err(aborted)
                }
            }
        }
    });
    let builder = builder(limits);
    let io = TokioIo::new(Observed::new(wire, handle.clone()));
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut stopping = false;
    loop {
        tokio::select! {
            result = connection.as_mut() => {
                if let (Err(error), false) = (result, handle.is_cut()) {
                    tracing::info!(error = chain(error.as_ref()), "connection failed");
                }
                return;
            }
            () = handle.aborted() => return,
            why = handle.overdue(limits) => {
                tracing::info!(why, "connection closed");
                return;
            }
            () = stopped.wait(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // hyper's timer would also run while a connection is idle; the handle distinguishes the two.
        .header_read_timeout(None)
        // hyper reads a head into one buffer, and panics if the buffer is smaller than this.
        .max_buf_size(usize::try_from(limits.header_bytes.max(8 * 1024)).unwrap_or(usize::MAX));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(limits.header_bytes);
    builder
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
