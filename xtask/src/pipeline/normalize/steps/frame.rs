//! Cleans up everything around the operations, and removes what nothing reads.
//!
//! The generator parses the whole document strictly: a version that is a number, a list of tags
//! that is a text or an example in the wrong place stops it, although it uses none of them. It
//! silently skips paths that do not begin with a slash, fails at run time on a version that is not
//! ASCII, and obeys `x-dropshot-...`.

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use crate::pipeline::normalize::schemas::METHODS;
use crate::pipeline::normalize::{Context, Report};

/// Only an empty `security` (`[]`), which means that an operation needs none, is read.
const READ_OF_OPERATIONS: [&str; 8] = [
    "deprecated",
    "description",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "security",
    "summary",
];

/// Keeps `info`, `paths` and `components`, each in the form that the generator parses.
///
/// # Errors
///
/// If a part is not a mapping; the error names it.
pub fn apply(document: &mut Value, context: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    info(document, &context.module.name, &mut report);
    let unread = document.as_object_mut().into_iter().flatten();
    let unread: Vec<String> = unread
        .map(|(key, _)| key.clone())
        .filter(|key| !["openapi", "info", "paths", "components"].contains(&key.as_str()))
        .collect();
    for key in unread {
        report.applied += usize::from(remove(document, &key));
    }
    for key in ["paths", "components"] {
        if document[key].is_null() {
            document[key] = json!({});
        }
        ensure!(
            document[key].is_object(),
            "at `{key}`: this is not a mapping; write the names below it, or nothing"
        );
    }
    paths(document, &mut report);
    Ok(report)
}

/// Returns a path as documents should write it.
#[must_use]
pub fn slashed(path: &str) -> String {
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{slash}{path}")
}

fn remove(value: &mut Value, key: &str) -> bool {
    let map = value.as_object_mut();
    map.is_some_and(|map| map.shift_remove(key).is_some())
}

fn info(document: &mut Value, name: &str, report: &mut Report) {
    if !document["info"].is_object() {
        document["info"] = json!({});
    }
    let info = &mut document["info"];
    for (key, missing) in [("title", name), ("version", "0")] {
        let text = match &info[key] {
            Value::String(text) if !text.trim().is_empty() => continue,
            Value::Number(number) => number.to_string(),
            _ => missing.to_owned(),
        };
        info[key] = json!(text);
        report.count();
    }
    let version = info["version"].as_str().unwrap_or_default().to_owned();
    if !version.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        let ascii: String = version
            .chars()
            .map(|c| if c.is_ascii_graphic() { c } else { '-' })
            .collect();
        report.notes.push(format!(
            "info.version: `{version}` is not a valid header value, written as `{ascii}`"
        ));
        info["version"] = json!(ascii);
        report.count();
    }
    let read = ["title", "version", "description", "termsOfService"];
    if let Some(info) = info.as_object_mut() {
        info.retain(|key, value| read.contains(&key.as_str()) && value.is_string());
    }
}

fn paths(document: &mut Value, report: &mut Report) {
    let Some(paths) = document["paths"].as_object_mut().map(std::mem::take) else {
        return;
    };
    let mut kept = Map::new();
    for (path, item) in paths {
        if path.starts_with("x-") {
            continue;
        }
        let slashed = slashed(&path);
        if slashed != path {
            report
                .notes
                .push(format!("paths['{path}']: read as `{slashed}`"));
            report.count();
        }
        if slashed.contains("//") {
            report.notes.push(format!(
                "paths['{path}']: slashes that follow one another are sent as one"
            ));
        }
        let Some(item) = path_item(item, &slashed, report) else {
            continue;
        };
        match kept.get_mut(&slashed).and_then(Value::as_object_mut) {
            Some(known) => together(known, item, &path, report),
            None => {
                kept.insert(slashed, Value::Object(item));
            }
        }
    }
    document["paths"] = Value::Object(kept);
}

/// Merges the operations of a path that occurs with and without its leading slash.
fn together(
    known: &mut Map<String, Value>,
    item: Map<String, Value>,
    path: &str,
    report: &mut Report,
) {
    for (key, value) in item {
        if known.contains_key(&key) {
            report.notes.push(format!(
                "paths['{path}'].{key}: stands with and without a slash, left out"
            ));
        } else {
            known.insert(key, value);
        }
    }
}

fn path_item(item: Value, path: &str, report: &mut Report) -> Option<Map<String, Value>> {
    let Value::Object(item) = item else {
        if !item.is_null() {
            report
                .notes
                .push(format!("paths['{path}']: no mapping, left out"));
        }
        return None;
    };
    let mut kept = Map::new();
    for (key, value) in item {
        let lower = key.to_ascii_lowercase();
        if METHODS.contains(&lower.as_str()) {
            let operation = operation(value, &format!("paths['{path}'].{lower}"), report);
            kept.insert(lower, operation);
        } else if key == "servers" {
            note_servers(&value, &format!("paths['{path}']"), report);
        } else if (key == "parameters" && value.is_array()) || (key == "$ref" && value.is_string())
        {
            kept.insert(key, value);
        } else if value.get("responses").is_some() {
            report.notes.push(format!(
                "paths['{path}'].{key}: left out, OpenAPI 3.0 has no such method"
            ));
        }
    }
    Some(kept)
}

fn operation(operation: Value, path: &str, report: &mut Report) -> Value {
    let Value::Object(mut operation) = operation else {
        if !operation.is_null() {
            report
                .notes
                .push(format!("{path}: no mapping, read as an empty operation"));
        }
        return json!({ "responses": {} });
    };
    if let Some(servers) = operation.get("servers") {
        note_servers(servers, path, report);
    }
    let before = operation.len();
    operation.retain(|key, value| {
        let fits = match key.as_str() {
            "parameters" => value.is_array(),
            "requestBody" | "responses" => value.is_object(),
            "deprecated" => value.is_boolean(),
            "security" => value.as_array().is_some_and(Vec::is_empty),
            "operationId" => value.is_string() || value.is_number(),
            _ => value.is_string(),
        };
        READ_OF_OPERATIONS.contains(&key.as_str()) && fits
    });
    report.applied += before - operation.len();
    operation.entry("responses").or_insert_with(|| json!({}));
    Value::Object(operation)
}

fn note_servers(servers: &Value, path: &str, report: &mut Report) {
    if servers
        .as_array()
        .is_some_and(|servers| !servers.is_empty())
    {
        report.notes.push(format!(
            "{path}.servers: left out, the transport decides where a request goes"
        ));
    }
}
