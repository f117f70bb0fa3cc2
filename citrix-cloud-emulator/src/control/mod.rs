//! `/_emulator/`: shows the emulator's state, and controls it while it runs.
//!
//! These requests do not appear in the journal, and fault rules do not apply to them.

mod chosen;
mod clock;
mod events;
mod exchanges;
mod faults;
mod guard;
mod har;
mod page;
mod state;

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::emulator::Emulator;
use crate::state::NotSaved;

/// The prefix of the paths.
const ROOT: &str = "/_emulator";

/// The maximum size of a request body.
const MAX_BODY: usize = 1024 * 1024;

/// An error response with its reason.
#[derive(Debug)]
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// Returns whether a path belongs to the control API.
pub(crate) fn owns(path: &str) -> bool {
    let rest = path.strip_prefix(ROOT);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Responds to a request to the control API.
pub(crate) async fn respond(emulator: &Emulator, request: Request) -> Response {
    let changes = !request.method().is_safe();
    let response = match router(emulator).oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if changes && let Err(NotSaved(why)) = kept(emulator).await {
        let message = format!("the state file cannot be written: {why}");
        return Refusal(StatusCode::INTERNAL_SERVER_ERROR, message).into_response();
    }
    response
}

/// Waits until the world and the clock, which may have changed, are on disk.
async fn kept(emulator: &Emulator) -> Result<(), NotSaved> {
    drop(emulator.shared().world());
    emulator.shared().kept().await
}

fn router(emulator: &Emulator) -> Router {
    let guarded = Router::new()
        .route("/journal", get(exchanges::list).delete(exchanges::clear))
        .route("/journal/{number}", get(exchanges::get))
        .route("/events", get(events::listen))
        .route("/state", get(state::summary))
        .route("/state/machines", get(state::machines))
        .route("/state/sessions", get(state::sessions))
        .route("/state/jobs", get(state::jobs))
        .route("/clock", get(clock::get).post(clock::set))
        .route(
            "/faults",
            get(faults::get)
                .post(faults::add)
                .put(faults::set)
                .delete(faults::clear),
        )
        .route("/service-principals/{id}/secrets", get(secrets))
        .route("/reset", post(reset))
        .route_layer(middleware::from_fn_with_state(
            emulator.clone(),
            guard::check,
        ))
        .with_state(emulator.clone());
    Router::new()
        .nest(ROOT, guarded)
        .merge(page::router())
        .fallback(unknown)
        .method_not_allowed_fallback(other_method)
}

async fn unknown(request: Request) -> Refusal {
    let path = request.uri().path();
    Refusal(StatusCode::NOT_FOUND, format!("there is nothing at {path}"))
}

async fn other_method(request: Request) -> Refusal {
    let message = format!(
        "{} does not take {}",
        request.uri().path(),
        request.method()
    );
    Refusal(StatusCode::METHOD_NOT_ALLOWED, message)
}

/// Resets world, tokens, faults and journal to their initial state. The clock is not changed.
async fn reset(State(emulator): State<Emulator>) -> StatusCode {
    emulator.reset();
    StatusCode::NO_CONTENT
}

/// Returns the secrets of a service principal, which the emulated service never shows.
async fn secrets(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let (world, _) = emulator.shared().world();
    let principal = world.service_principal(&id);
    let secrets = world.service_principal_secrets(&id);
    let (Some(principal), Some(secrets)) = (principal, secrets) else {
        let message = format!("no service principal has the id {id}");
        return Err(Refusal(StatusCode::NOT_FOUND, message));
    };
    Ok(Json(
        json!({ "clientId": principal.client_id, "secrets": secrets }),
    ))
}

/// Parses the query, and rejects unknown names.
fn asked<T: DeserializeOwned>(parts: &Parts) -> Result<T, Refusal> {
    let query = Query::<T>::try_from_uri(&parts.uri);
    query
        .map(|Query(asked)| asked)
        .map_err(|error| Refusal(StatusCode::BAD_REQUEST, error.body_text()))
}

/// Parses a JSON body, whatever its content type.
async fn body<T: DeserializeOwned>(request: Request) -> Result<T, Refusal> {
    let wrong = |message| Refusal(StatusCode::BAD_REQUEST, message);
    let body = axum::body::to_bytes(request.into_body(), MAX_BODY).await;
    let body = body.map_err(|error| wrong(format!("the body cannot be read: {error}")))?;
    serde_json::from_slice(&body).map_err(|error| wrong(format!("the body is wrong: {error}")))
}
