//! Converts Swagger 2.0 to OpenAPI 3.0, because the generator reads nothing older.
//!
//! Definitions become components, body and form parameters become request bodies, `consumes` and
//! `produces` become media types, `host` and `basePath` become a server, and `collectionFormat`
//! becomes a style.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Report;
use super::schemas::METHODS;

mod bodies;
mod parameters;
mod schema;

/// Converts a document with `swagger: "2.0"`; any other one stays as it is.
///
/// # Errors
///
/// If `swagger` names another version.
pub fn apply(document: &mut Value) -> Result<Report> {
    let mut report = Report::default();
    let version = match &document["swagger"] {
        Value::Null => return Ok(report),
        Value::String(version) => version.clone(),
        other => other.to_string(),
    };
    if !version.starts_with('2') {
        bail!("at `swagger`: version `{version}` is not 2.0; write `swagger: '2.0'`");
    }
    report.count();
    let whole = document.clone();
    let Some(old) = document.as_object_mut().map(std::mem::take) else {
        return Ok(report);
    };
    let mut new = Map::from_iter([("openapi".to_owned(), json!("3.0.3"))]);
    new.insert("servers".into(), json!([{ "url": server(&whole) }]));
    new.insert("components".into(), components(&whole, &mut report));
    for (key, value) in old {
        match key.as_str() {
            "paths" => {
                new.insert(key, paths(&whole, value, &mut report));
            }
            "info" | "security" | "tags" => {
                new.insert(key, value);
            }
            _ => {}
        }
    }
    *document = Value::Object(new);
    schema::references(document);
    Ok(report)
}

fn server(whole: &Value) -> String {
    let base = whole["basePath"].as_str().unwrap_or_default();
    let base = base.trim_end_matches('/');
    let schemes = whole["schemes"].as_array().into_iter().flatten();
    let mut schemes: Vec<&str> = schemes.filter_map(Value::as_str).collect();
    schemes.sort_unstable_by_key(|scheme| *scheme != "https");
    match whole["host"].as_str() {
        Some(host) => {
            let scheme = schemes.first().copied().unwrap_or("https");
            format!("{scheme}://{host}{base}")
        }
        None => base.to_owned(),
    }
}

fn components(whole: &Value, report: &mut Report) -> Value {
    let mut schemas = whole["definitions"].clone();
    for (_, schema) in schemas.as_object_mut().into_iter().flatten() {
        schema::convert(schema);
    }
    let mut responses = Map::new();
    for (name, response) in whole["responses"].as_object().into_iter().flatten() {
        let produces = media(whole, &Value::Null, "produces");
        responses.insert(name.clone(), bodies::response(response.clone(), &produces));
    }
    let mut parameters = Map::new();
    for (name, parameter) in whole["parameters"].as_object().into_iter().flatten() {
        if !["body", "formData"].contains(&parameter["in"].as_str().unwrap_or_default()) {
            parameters.insert(name.clone(), parameters::convert(parameter.clone(), report));
        }
    }
    let mut components = Map::new();
    if schemas.is_object() {
        components.insert("schemas".into(), schemas);
    }
    components.insert("responses".into(), Value::Object(responses));
    components.insert("parameters".into(), Value::Object(parameters));
    Value::Object(components)
}

/// Returns the media types of an operation, or else of the document, or else JSON.
fn media(whole: &Value, operation: &Value, key: &str) -> Vec<String> {
    let own = operation[key].as_array().or_else(|| whole[key].as_array());
    let listed: Vec<String> = own
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if listed.is_empty() {
        vec!["application/json".to_owned()]
    } else {
        listed
    }
}

fn paths(whole: &Value, mut paths: Value, report: &mut Report) -> Value {
    for (_, item) in paths.as_object_mut().into_iter().flatten() {
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        let shared = item.shift_remove("parameters").unwrap_or_default();
        for (method, operation) in item.iter_mut() {
            if METHODS.contains(&method.to_ascii_lowercase().as_str()) {
                convert(whole, operation, &shared, report);
            }
        }
    }
    paths
}

fn convert(whole: &Value, operation: &mut Value, shared: &Value, report: &mut Report) {
    if !operation.is_object() {
        return;
    }
    let consumes = media(whole, operation, "consumes");
    let produces = media(whole, operation, "produces");
    let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let own = listed(&operation["parameters"]);
    let followed = |parameter: &Value| {
        let reference = parameter["$ref"].as_str();
        let target =
            reference.and_then(|reference| crate::pipeline::document::resolve(whole, reference));
        target.unwrap_or(parameter).clone()
    };
    let mut all: Vec<Value> = listed(shared).iter().map(followed).collect();
    for parameter in own.iter().map(followed) {
        all.retain(|other| other["name"] != parameter["name"] || other["in"] != parameter["in"]);
        all.push(parameter);
    }
    let (sent, plain): (Vec<Value>, Vec<Value>) = all
        .into_iter()
        .partition(|parameter| parameter["in"] == "body" || parameter["in"] == "formData");
    if let Some(body) = bodies::request(&sent, &consumes) {
        operation["requestBody"] = body;
        report.count();
    }
    operation["parameters"] = plain
        .into_iter()
        .map(|parameter| parameters::convert(parameter, report))
        .collect();
    let responses = operation["responses"].as_object_mut();
    for (_, response) in responses.into_iter().flatten() {
        *response = bodies::response(response.take(), &produces);
    }
}
