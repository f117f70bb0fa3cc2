//! From HTTP to a call, from a reply to HTTP, and the journal in between.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use uuid::Uuid;

use crate::emulator::Emulator;
use crate::http::errors::{common, gateway};
use crate::http::{Call, Reply};
use crate::journal::Exchange;
use crate::routes;
use crate::surface::Surface;

/// The longest body that is read.
const MAX_BODY: usize = 8 * 1024 * 1024;

pub(crate) fn router(emulator: Emulator) -> Router {
    // One handler for every path: what a path means depends on tables and on the host.
    Router::new().fallback(answer).with_state(emulator)
}

async fn answer(State(emulator): State<Emulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await;
    let latency = emulator.shared().settings.latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let too_large = body.is_err();
    let call = Call::new(&parts, body.unwrap_or_default());
    let surface = Surface::of(&call).filter(|surface| surface.is_served_by(call.host.as_deref()));
    let (operation, reply) = match surface {
        _ if too_large => (None, common::too_large(MAX_BODY)),
        Some(_) if lacks_length(&call) => (None, gateway::length_required()),
        Some(surface) => routes::answer(emulator.shared(), &call, surface),
        None => (None, common::not_found("path", parts.uri.path())),
    };
    let header = surface.map_or("Citrix-TransactionId", Surface::transaction_header);
    let reply = reply.with(header, transaction_id(&call, header));
    tracing::info!(
        method = %parts.method,
        path = parts.uri.path(),
        status = reply.status,
        operation,
        "answered"
    );
    emulator
        .shared()
        .journal
        .record(exchange(&emulator, &parts, call.body, operation, &reply));
    reply.into_response::<Body>()
}

/// The walkthrough's shell script has to send `Content-Length: 0` with a body-less POST.
fn lacks_length(call: &Call) -> bool {
    matches!(call.method.as_str(), "POST" | "PUT" | "PATCH")
        && call.header("content-length").is_none()
        && call.header("transfer-encoding").is_none()
}

/// Echoes the caller's id where the service does, else makes one.
fn transaction_id(call: &Call, header: &str) -> String {
    let given = call
        .header("citrix-transactionid")
        .filter(|_| header == "Citrix-TransactionId");
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

fn exchange(
    emulator: &Emulator,
    parts: &Parts,
    body: Bytes,
    operation: Option<&str>,
    reply: &Reply,
) -> Exchange {
    let headers = parts.headers.iter().map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    Exchange {
        at: emulator.clock().now(),
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers.collect(),
        body,
        status: reply.status,
        operation: operation.map(str::to_owned),
    }
}
