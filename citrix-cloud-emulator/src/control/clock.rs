//! `/_emulator/clock`: shows and changes the emulator's time.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{Refusal, body};
use crate::emulator::Emulator;
use crate::faults::span;

/// Changes to the clock, applied in this order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    #[serde(default)]
    freeze: bool,
    #[serde(default)]
    run: bool,
    #[serde(default)]
    advance: Option<Advance>,
}

#[derive(Debug, Deserialize)]
struct Advance(#[serde(with = "span")] Duration);

#[derive(Debug, Serialize)]
pub(super) struct Reading {
    now: String,
    frozen: bool,
}

pub(super) async fn get(State(emulator): State<Emulator>) -> Json<Reading> {
    let clock = emulator.clock();
    Json(Reading {
        now: clock.now().to_string(),
        frozen: clock.is_frozen(),
    })
}

pub(super) async fn set(
    State(emulator): State<Emulator>,
    request: Request,
) -> Result<Json<Reading>, Refusal> {
    let change: Change = body(request).await?;
    if change.freeze && change.run {
        let message = "freeze and run cannot be combined".to_owned();
        return Err(Refusal(StatusCode::BAD_REQUEST, message));
    }
    let clock = emulator.clock();
    if change.freeze {
        clock.freeze();
    }
    if change.run {
        clock.run();
    }
    if let Some(Advance(by)) = change.advance {
        clock.advance(by);
    }
    Ok(get(State(emulator)).await)
}
