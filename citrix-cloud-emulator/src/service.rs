//! Converts between HTTP and the emulator's calls and replies; faults and the journal act in between.

use std::borrow::Cow;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::request::Parts;
use http::{Method, Version};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use uuid::Uuid;

use crate::api::ApiFamily;
use crate::authorization;
use crate::connection::{Aborted, ConnectionHandle, Cut};
use crate::control;
use crate::emulator::Emulator;
use crate::faults::{self, Ending, FaultKind, InjectedFault, Target, rows};
use crate::http::errors::{common, gateway, orchestration};
use crate::http::{Call, Reply};
use crate::recorder::RequestRecorder;
use crate::routes::Route;
use crate::shared::Shared;

pub(crate) fn router(emulator: Emulator) -> Router {
    // One handler for every path, because the meaning of a path depends on tables and on the host.
    Router::new().fallback(without_port).with_state(emulator)
}

/// Without a connection that could be cut, the body ends before its first byte.
async fn without_port(State(emulator): State<Emulator>, request: Request) -> Response {
    let response = respond(&emulator, request).await;
    response.unwrap_or_else(|aborted| {
        let broken = futures_util::stream::once(async { Err::<Bytes, _>(aborted) });
        Response::new(Body::from_stream(broken))
    })
}

/// Responds to a request, or returns how its connection ends without a response.
pub(crate) async fn respond(emulator: &Emulator, request: Request) -> Result<Response, Aborted> {
    let is_head = request.method() == Method::HEAD;
    let response = exchange(emulator, request).await?;
    Ok(if is_head {
        without_body(response)
    } else {
        response
    })
}

/// A response to HEAD gives the length of the body, but over HTTP/2 the body itself would be a protocol error.
fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact().filter(|it| *it > 0) {
        let headers = &mut parts.headers;
        headers
            .entry(CONTENT_LENGTH)
            .or_insert_with(|| length.into());
    }
    Response::from_parts(parts, Body::empty())
}

async fn exchange(emulator: &Emulator, request: Request) -> Result<Response, Aborted> {
    if control::owns(request.uri().path()) {
        return Ok(control::respond(emulator, request).await);
    }
    let shared = emulator.shared();
    let (parts, body) = request.into_parts();
    let mut call = Call::new(&parts, Bytes::new());
    let route = Route::of(&call);
    let operation = route.as_ref().and_then(Route::operation);
    let family = route.as_ref().map(Route::family);
    let slot = shared.monitor.in_flight.enter(family, &call);
    let mut decision = shared.faults.decide(Target {
        operation,
        path: parts.uri.path(),
        method: parts.method.as_str(),
    });
    let injected = decision.injected.take();
    let (hold_before, hold_after) = (decision.hold_before, decision.hold_after);
    let mut recorder = RequestRecorder::new(shared, &parts, operation, decision);
    if let Some(cut) = injected.as_ref().and_then(faults::cuts_at_head) {
        return Err(Aborted(cut));
    }
    let read = match refused_by_head(shared, &parts) {
        Some(refusal) => Err(Unread::Refused(refusal)),
        None => read(shared, body).await,
    };
    let (reply, acted, ending) = match read {
        Err(Unread::Gone) => return Err(Aborted(Cut::Close)),
        Err(Unread::Refused(refusal)) => (refusal, false, Ending::Whole),
        Ok(body) => {
            recorder.received(&body);
            call.body = body;
            let hold = shared.settings.latency.saturating_add(hold_before);
            if !hold.is_zero() {
                tokio::time::sleep(hold).await;
            }
            let done = match slot.refusal() {
                Some(refusal) => (refusal, false, Ending::Whole),
                None => carry_out(shared, &call, route.as_ref(), injected.as_ref()),
            };
            match shared.kept().await {
                Ok(()) => done,
                Err(lost) => (common::not_kept(&lost.0), false, Ending::Whole),
            }
        }
    };
    let header = family.map_or("Citrix-TransactionId", ApiFamily::transaction_header);
    let reply = if injected.is_some_and(|injected| faults::lacks_transaction(&injected.kind)) {
        reply
    } else {
        reply.with(header, transaction_id(&call, header))
    };
    if let Ending::Aborted(_) = ending {
        recorder.cut(acted, hold_after);
    } else {
        recorder.responded(&reply, header, acted, hold_after);
    }
    if !hold_after.is_zero() {
        tokio::time::sleep(hold_after).await;
    }
    faults::respond(reply, ending, parts.extensions.get::<ConnectionHandle>())
}

/// Handles the call, as far as the injected fault allows.
fn carry_out(
    shared: &Shared,
    call: &Call,
    route: Option<&Route>,
    injected: Option<&InjectedFault>,
) -> (Reply, bool, Ending) {
    if let Some(reply) = injected.and_then(|injected| faults::before_acting(injected, call)) {
        return (reply, false, Ending::Whole);
    }
    let asked = match injected.map(|injected| &injected.kind) {
        Some(FaultKind::RepeatedToken | FaultKind::EndlessTokens) => {
            Cow::Owned(faults::taken_out(call))
        }
        Some(FaultKind::ExpiredToken) => {
            authorization::revoke(shared, call.header("authorization"));
            Cow::Borrowed(call)
        }
        _ => Cow::Borrowed(call),
    };
    let reply = match route {
        Some(_) if lacks_length(&asked) => gateway::length_required(),
        Some(route) => route.respond(shared, &asked),
        None => common::not_found("path", &call.segments.join("/")),
    };
    let reply = match injected
        .map(|injected| &injected.kind)
        .zip(rows::first_page(call))
    {
        Some((FaultKind::ShiftedPages(count), _)) => rows::shifted(reply, *count),
        Some((FaultKind::RepeatedRows(change), first)) => match route {
            Some(route) => {
                let first = route.respond(shared, &first);
                rows::repeated(reply, &first, change)
            }
            None => reply,
        },
        _ => reply,
    };
    let reply = match injected.map(|injected| &injected.kind) {
        Some(FaultKind::LateConsistency(age)) if shared.faults.reads_young(call, *age) => {
            let name = call.segments.last().map_or("", String::as_str);
            orchestration::not_found("Object", name)
        }
        _ => reply,
    };
    shared.faults.note_made(call, &reply);
    let acted = !call.method.is_safe() && reply.is_success();
    match injected {
        Some(injected) => {
            let (reply, ending) = faults::after_acting(injected, call, reply);
            (reply, acted, ending)
        }
        None => (reply, acted, Ending::Whole),
    }
}

/// Why a body could not be read.
enum Unread {
    Refused(Reply),
    /// The client disconnected in the middle.
    Gone,
}

/// Rejects what the head alone rules out, before waiting for the body.
fn refused_by_head(shared: &Shared, parts: &Parts) -> Option<Reply> {
    if parts.headers.get_all(HOST).iter().count() > 1 {
        return Some(gateway::bad_request());
    }
    let limit = shared.settings.limits.body_bytes;
    let announced = parts.headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    let announced: u64 = announced.parse().ok()?;
    let is_too_large = usize::try_from(announced).map_or(true, |it| it > limit);
    is_too_large.then(|| common::too_large(limit))
}

async fn read(shared: &Shared, body: Body) -> Result<Bytes, Unread> {
    let limits = &shared.settings.limits;
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

/// The walkthrough's shell script has to send `Content-Length: 0` with a POST that has no body. HTTP/2 frames bodies
/// itself.
fn lacks_length(call: &Call) -> bool {
    call.version < Version::HTTP_2
        && matches!(call.method.as_str(), "POST" | "PUT" | "PATCH")
        && call.header("content-length").is_none()
        && call.header("transfer-encoding").is_none()
}

/// Echoes the caller's transaction id where the service does; otherwise makes one.
fn transaction_id(call: &Call, header: &str) -> String {
    let given = call
        .header("citrix-transactionid")
        .filter(|_| header == "Citrix-TransactionId");
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}
