//! `/_emulator/journal`: requests and responses.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Json;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, asked, har};
use crate::emulator::Emulator;
use crate::faults::fits;
use crate::journal::Exchange;

/// How many exchanges are listed by default.
const LIMIT: usize = 1000;

/// Which exchanges to return, and in what detail.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wanted {
    /// An operation's name, or a pattern.
    operation: Option<String>,
    /// The start of the path.
    path: Option<String>,
    /// A status such as 503, or a class such as 5xx.
    status: Option<String>,
    method: Option<String>,
    /// Only exchanges with a higher number.
    since: Option<u64>,
    /// The maximum number: the first ones after `since`, or else the last ones.
    limit: Option<usize>,
    format: Format,
    /// Whether to include headers and bodies (the default).
    details: Option<bool>,
    secrets: bool,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Har,
}

pub(super) async fn list(
    State(emulator): State<Emulator>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let wanted: Wanted = asked(&request.into_parts().0)?;
    let class = wanted.status.as_deref().map(Statuses::read).transpose()?;
    let mut chosen: Vec<Arc<Exchange>> = emulator.journal().shared();
    chosen.retain(|exchange| {
        wanted.fits(exchange) && class.is_none_or(|it| it.contains(exchange.status))
    });
    let limit = wanted.limit.unwrap_or(LIMIT);
    let beyond = chosen.len().saturating_sub(limit);
    if wanted.since.is_some() {
        chosen.truncate(limit);
    } else {
        chosen.drain(..beyond);
    }
    let chosen = chosen.iter();
    let masked = chosen.clone().map(|it| shown(it, wanted.secrets));
    let exchanges: Vec<_> = match wanted.format {
        Format::Har => return Ok(Json(har::log(masked))),
        Format::Json if wanted.details == Some(false) => masked.map(|it| line(&it)).collect(),
        Format::Json => masked.map(|it| whole(&it)).collect(),
    };
    Ok(Json(json!({ "exchanges": exchanges, "more": beyond })))
}

pub(super) async fn get(
    State(emulator): State<Emulator>,
    Path(number): Path<String>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields, default)]
    struct How {
        secrets: bool,
    }
    let how: How = asked(&request.into_parts().0)?;
    let journal = emulator.journal().shared();
    let mut journal = journal.iter();
    let found = journal.find(|exchange| exchange.number.to_string() == number);
    let found = found.ok_or_else(|| {
        let message = format!("no recorded exchange has the number {number}");
        Refusal(StatusCode::NOT_FOUND, message)
    })?;
    Ok(Json(whole(&shown(found, how.secrets))))
}

pub(super) async fn clear(State(emulator): State<Emulator>) -> StatusCode {
    emulator.journal().clear();
    StatusCode::NO_CONTENT
}

/// Returns the summary of an exchange for a list.
pub(super) fn line(exchange: &Exchange) -> Value {
    json!({
        "number": exchange.number,
        "at": exchange.at.to_string(),
        "milliseconds": milliseconds(exchange),
        "method": exchange.method,
        "path": exchange.path,
        "query": exchange.query,
        "operation": exchange.operation,
        "status": exchange.status,
        "transactionId": exchange.transaction_id,
        "acted": exchange.acted,
        "warnings": exchange.warnings,
        "fault": exchange.fault,
    })
}

fn whole(exchange: &Exchange) -> Value {
    let mut view = line(exchange);
    view["request"] = side(&exchange.headers, &exchange.body);
    view["response"] = side(&exchange.response_headers, &exchange.response_body);
    view["response"]["length"] = json!(exchange.response_length);
    view["response"]["cut"] = json!(exchange.response_cut);
    view
}

fn side(headers: &[(String, String)], body: &[u8]) -> Value {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    match std::str::from_utf8(body) {
        Ok(text) => json!({ "headers": headers, "body": text }),
        Err(_) => json!({ "headers": headers, "bodyBase64": BASE64_STANDARD.encode(body) }),
    }
}

fn shown(exchange: &Exchange, secrets: bool) -> Exchange {
    if secrets {
        exchange.clone()
    } else {
        exchange.masked()
    }
}

/// Returns how long an exchange took, to three decimals.
pub(super) fn milliseconds(exchange: &Exchange) -> f64 {
    (exchange.duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

impl Wanted {
    fn fits(&self, exchange: &Exchange) -> bool {
        let operation = exchange.operation.as_deref();
        let begins = |prefix: &String| exchange.path.starts_with(prefix.as_str());
        let same = |method: &String| exchange.method.eq_ignore_ascii_case(method);
        let is_it = |pattern: &String| operation.is_some_and(|name| fits(pattern, name));
        self.since.is_none_or(|since| exchange.number > since)
            && self.operation.as_ref().is_none_or(is_it)
            && self.path.as_ref().is_none_or(begins)
            && self.method.as_ref().is_none_or(same)
    }
}

/// A single status, or a class of a hundred.
#[derive(Debug, Clone, Copy)]
struct Statuses {
    first: u16,
    last: u16,
}

impl Statuses {
    fn read(text: &str) -> Result<Self, Refusal> {
        let class = text.strip_suffix("xx");
        let number = class.unwrap_or(text).parse::<u16>().ok();
        let read = match (class, number) {
            (Some(_), Some(class @ 1..=9)) => Some((class * 100, class * 100 + 99)),
            (None, Some(status)) => Some((status, status)),
            _ => None,
        };
        let (first, last) = read.ok_or_else(|| {
            let message = format!("status is '{text}'; write one such as 503, or 5xx");
            Refusal(StatusCode::BAD_REQUEST, message)
        })?;
        Ok(Self { first, last })
    }

    fn contains(self, status: u16) -> bool {
        (self.first..=self.last).contains(&status)
    }
}
