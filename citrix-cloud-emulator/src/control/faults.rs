//! `/_emulator/faults`: the fault rules, and the faults that were injected.

use axum::extract::{Request, State};
use axum::response::Json;
use http::StatusCode;
use serde::Serialize;

use super::{Refusal, body};
use crate::emulator::Emulator;
use crate::faults::{Fault, Injection};

#[derive(Debug, Serialize)]
pub(super) struct Everything {
    rules: Vec<Fault>,
    injections: Vec<Injection>,
}

pub(super) async fn get(State(emulator): State<Emulator>) -> Json<Everything> {
    let faults = emulator.faults();
    Json(Everything {
        rules: faults.rules(),
        injections: faults.injections(),
    })
}

/// Adds a rule after the existing ones.
pub(super) async fn add(
    State(emulator): State<Emulator>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let fault: Fault = body(request).await?;
    emulator.faults().add(fault);
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces all rules.
pub(super) async fn set(
    State(emulator): State<Emulator>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let faults: Vec<Fault> = body(request).await?;
    emulator.faults().set(faults);
    Ok(StatusCode::NO_CONTENT)
}

/// Removes all rules and the record of injected faults.
pub(super) async fn clear(State(emulator): State<Emulator>) -> StatusCode {
    let faults = emulator.faults();
    faults.clear();
    faults.forget();
    StatusCode::NO_CONTENT
}
