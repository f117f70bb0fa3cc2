//! From HTTP to a call, from a reply to HTTP, and the journal in between.

use std::fmt;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use uuid::Uuid;

use crate::connection::Cut;
use crate::emulator::Emulator;
use crate::http::errors::{common, gateway};
use crate::http::{Call, Reply};
use crate::journal::Exchange;
use crate::routes;
use crate::surface::Surface;

/// There is no answer: the connection ends.
#[derive(Debug)]
pub(crate) struct Severed(pub(crate) Cut);

impl fmt::Display for Severed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was cut")
    }
}

impl std::error::Error for Severed {}

pub(crate) fn router(emulator: Emulator) -> Router {
    // One handler for every path: what a path means depends on tables and on the host.
    Router::new().fallback(without_port).with_state(emulator)
}

/// Where there is no connection that could be cut, the body breaks off before its first byte.
async fn without_port(State(emulator): State<Emulator>, request: Request) -> Response {
    let answer = answer(&emulator, request).await;
    answer.unwrap_or_else(|severed| {
        let broken = futures_util::stream::once(async { Err::<Bytes, _>(severed) });
        Response::new(Body::from_stream(broken))
    })
}

/// Answers a request, or says how its connection ends without an answer.
pub(crate) async fn answer(emulator: &Emulator, request: Request) -> Result<Response, Severed> {
    let (parts, body) = request.into_parts();
    let body = read(emulator, body).await;
    let latency = emulator.shared().settings.latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let (body, unread) = match body {
        Ok(body) => (body, None),
        Err(Unread::Gone) => return Err(Severed(Cut::Close)),
        Err(Unread::Refused(refusal)) => (Bytes::new(), Some(refusal)),
    };
    let call = Call::new(&parts, body);
    let surface = Surface::of(&call).filter(|surface| surface.is_served_by(call.host.as_deref()));
    let (operation, reply) = match (unread, surface) {
        (Some(refusal), _) => (None, refusal),
        (None, Some(_)) if lacks_length(&call) => (None, gateway::length_required()),
        (None, Some(surface)) => routes::answer(emulator.shared(), &call, surface),
        (None, None) => (None, common::not_found("path", parts.uri.path())),
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
        .record(exchange(emulator, &parts, call.body, operation, &reply));
    Ok(reply.into_response::<Body>())
}

/// Why there is no body.
enum Unread {
    Refused(Reply),
    /// The client left in the middle.
    Gone,
}

async fn read(emulator: &Emulator, body: Body) -> Result<Bytes, Unread> {
    let limits = &emulator.shared().settings.limits;
    let body = Limited::new(body, limits.body_bytes).collect();
    match tokio::time::timeout(limits.body_time, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Unread::Refused(common::too_large(limits.body_bytes)))
        }
        Ok(Err(error)) => {
            tracing::info!(%error, "a body broke off");
            Err(Unread::Gone)
        }
        Err(_) => Err(Unread::Refused(gateway::request_timeout())),
    }
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
