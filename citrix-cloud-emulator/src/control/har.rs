//! The journal as HTTP Archive 1.2, which browsers and other tools can read.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::exchanges::milliseconds;
use crate::api::Host;
use crate::clock::later;
use crate::http::Query;
use crate::journal::Exchange;

pub(super) fn log(exchanges: impl Iterator<Item = Exchange>) -> Value {
    json!({
        "log": {
            "version": "1.2",
            "creator": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
            },
            "entries": exchanges.map(|exchange| entry(&exchange)).collect::<Vec<_>>(),
        }
    })
}

fn entry(exchange: &Exchange) -> Value {
    let host = exchange.header("host").unwrap_or("localhost");
    let query = exchange.query.as_deref();
    // Citrix's own hosts are reached through the proxy, which speaks TLS.
    let scheme = match Host::of(host) {
        Host::Foreign => "http",
        _ => "https",
    };
    let url = format!("{scheme}://{host}{}", exchange.path);
    let url = query.map_or(url.clone(), |query| format!("{url}?{query}"));
    let took = SignedDuration::try_from(exchange.duration).unwrap_or_default();
    let took_ms = milliseconds(exchange);
    let mut request = json!({
        "method": exchange.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(&exchange.headers),
        "queryString": Query::parse(query)
            .sorted()
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect::<Vec<_>>(),
        "headersSize": -1,
        "bodySize": exchange.body.len(),
    });
    if !exchange.body.is_empty() {
        request["postData"] = json!({
            "mimeType": exchange.header("content-type").unwrap_or_default(),
            "params": [],
            "text": String::from_utf8_lossy(&exchange.body),
        });
    }
    let status = http::StatusCode::from_u16(exchange.status).ok();
    let mut entry = json!({
        "startedDateTime": later(exchange.at, -took).to_string(),
        "time": took_ms,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": status.and_then(|it| it.canonical_reason()).unwrap_or_default(),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": pairs(&exchange.response_headers),
            "content": {
                "size": exchange.response_length,
                "mimeType": exchange.response_header("content-type").unwrap_or_default(),
                "text": String::from_utf8_lossy(&exchange.response_body),
            },
            "redirectURL": exchange.response_header("location").unwrap_or_default(),
            "headersSize": -1,
            "bodySize": exchange.response_length,
        },
        "cache": {},
        "timings": { "send": 0, "wait": took_ms, "receive": 0 },
    });
    if let Some(fault) = &exchange.fault {
        entry["comment"] = json!(format!("injected fault: {}", json!(fault)));
    }
    entry
}

fn pairs(headers: &[(String, String)]) -> Vec<Value> {
    headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}
