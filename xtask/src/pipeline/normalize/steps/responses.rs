//! Reduces the successes of every operation to one response with one media type.
//!
//! The generator panics on several success types and on JSON without a schema. It treats JSON under
//! any name except `application/json` as a byte stream. If it cannot tell types apart, they become
//! one type that matches all of them.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::pipeline::normalize::media::{Kind, essence, kind};
use crate::pipeline::normalize::pointers::follow;
use crate::pipeline::normalize::schemas::METHODS;
use crate::pipeline::normalize::{Context, Report};

/// Merges all successes of an operation into one response, and renames every JSON media type.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let whole = document.clone();
    let paths = document["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else {
                continue;
            };
            let place = format!("paths['{path}'].{method}.responses");
            if let Some(responses) = operation["responses"].as_object_mut() {
                let before = std::mem::take(responses);
                *responses = settled(&whole, before, method == "head", &place, &mut report);
            }
        }
    }
    Ok(report)
}

fn settled(
    whole: &Value,
    responses: Map<String, Value>,
    head: bool,
    place: &str,
    report: &mut Report,
) -> Map<String, Value> {
    let mut successes: Vec<(String, Value)> = Vec::new();
    let mut others = Map::new();
    for (status, response) in responses {
        if status.starts_with("x-") {
            continue;
        }
        let known = status.to_ascii_uppercase();
        let code = known.len() == 3 && known.as_bytes()[0].is_ascii_digit();
        if known.starts_with('2') && code {
            successes.push((known, response));
        } else if code || status == "default" {
            others.insert(if code { known } else { status }, response);
        } else {
            report.count();
            report
                .notes
                .push(format!("{place}['{status}']: not a status code, left out"));
        }
    }
    // If there is no other success, `default` describes one.
    if successes.is_empty()
        && let Some(response) = others.shift_remove("default")
    {
        successes.push(("default".to_owned(), response));
        if !others.is_empty() {
            report.count();
            report
                .notes
                .push(format!("{place}.default: counts as the success response"));
        }
    }
    let mut kept = Map::new();
    if !successes.is_empty() {
        let several = successes.len() > 1;
        let status = if several {
            "2XX".to_owned()
        } else {
            successes[0].0.clone()
        };
        let mut response = json!({ "description": description(&successes) });
        let kinds: Vec<Option<Body>> = successes
            .iter()
            .map(|(status, response)| Body::of(response, &format!("{place}['{status}']"), report))
            .collect();
        if several {
            report.count();
        }
        let statuses: Vec<&str> = successes
            .iter()
            .map(|(status, _)| status.as_str())
            .collect();
        let one = one_body(whole, kinds, &statuses, place, report);
        match one {
            Some(_) if head => {
                report.count();
            }
            Some(Body::Json(schema)) => {
                response["content"] = json!({ "application/json": { "schema": schema } });
            }
            Some(Body::Bytes(media)) => {
                response["content"] =
                    json!({ media: { "schema": { "type": "string", "format": "binary" } } });
            }
            None => {}
        }
        kept.insert(status, response);
    }
    kept.extend(others);
    kept
}

fn description(successes: &[(String, Value)]) -> String {
    let described = successes
        .iter()
        .find_map(|(_, response)| response["description"].as_str());
    described.unwrap_or("Success.").to_owned()
}

/// The body of one response.
#[derive(Debug, Clone, PartialEq)]
enum Body {
    Json(Value),
    Bytes(String),
}

impl Body {
    fn of(response: &Value, place: &str, report: &mut Report) -> Option<Self> {
        let content = response["content"].as_object()?;
        let plain = |media: &str| essence(media) != "application/json";
        let (media, holder) = content
            .iter()
            .min_by_key(|(media, _)| (kind(media) != Kind::Json, plain(media)))?;
        let schema = holder.get("schema").filter(|schema| schema.is_object());
        let binary = schema.is_some_and(|schema| schema["format"] == "binary");
        if kind(media) != Kind::Json || (binary && plain(media)) {
            report.count();
            report
                .notes
                .push(format!("{place}: `{media}` arrives as bytes"));
            return Some(Self::Bytes("application/octet-stream".to_owned()));
        }
        let unread: Vec<&str> = content
            .keys()
            .map(String::as_str)
            .filter(|other| kind(other) != Kind::Json)
            .collect();
        if !unread.is_empty() {
            report.count();
            report.notes.push(format!(
                "{place}: asked for as JSON, never as {}",
                unread.join(", ")
            ));
        }
        if plain(media) || schema.is_none() {
            report.count();
        }
        Some(Self::Json(schema.cloned().unwrap_or_else(|| json!({}))))
    }
}

/// Returns one body that matches all of them.
fn one_body(
    whole: &Value,
    bodies: Vec<Option<Body>>,
    statuses: &[&str],
    place: &str,
    report: &mut Report,
) -> Option<Body> {
    let empty = bodies.iter().any(Option::is_none);
    let mut different: Vec<Body> = Vec::new();
    for body in bodies.into_iter().flatten() {
        if !different.contains(&body) {
            different.push(body);
        }
    }
    let statuses = statuses.join(", ");
    let bytes = different
        .iter()
        .find(|body| matches!(body, Body::Bytes(_)))
        .cloned();
    if let Some(bytes) = bytes {
        if different.len() > 1 || empty {
            report
                .notes
                .push(format!("{place} ({statuses}): bytes, whatever the status"));
        }
        return Some(bytes);
    }
    let mut schemas: Vec<Value> = different
        .into_iter()
        .filter_map(|body| match body {
            Body::Json(schema) => Some(schema),
            Body::Bytes(_) => None,
        })
        .collect();
    let schema = match schemas.len() {
        0 => return None,
        1 => schemas.remove(0),
        _ if schemas.iter().all(|schema| is_object(whole, schema)) => {
            report.notes.push(format!(
                "{place} ({statuses}): one type with the fields of all, whatever the status"
            ));
            json!({ "oneOf": schemas })
        }
        _ => {
            report.notes.push(format!(
                "{place} ({statuses}): any JSON, whatever the status"
            ));
            json!({})
        }
    };
    if !empty || schema == json!({}) {
        return Some(Body::Json(schema));
    }
    report.notes.push(format!(
        "{place} ({statuses}): a response without content counts as null"
    ));
    Some(Body::Json(json!({ "allOf": [schema], "nullable": true })))
}

fn is_object(whole: &Value, schema: &Value) -> bool {
    let schema = follow(whole, schema).unwrap_or(schema);
    schema["type"] == "object" || schema["properties"].is_object() || schema["allOf"].is_array()
}
