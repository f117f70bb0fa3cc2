//! Writes references out where the generator does not follow them, and replaces those without a
//! target.
//!
//! The generator rejects path items that are references. For any other reference, it looks up the
//! last part in one place only, and panics if nothing is there. Parameters, bodies and responses
//! are written out. A schema stays a reference, always of the form `#/components/schemas/{name}`.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::pipeline::normalize::pointers::{decoded, escaped, follow};
use crate::pipeline::normalize::schemas::{each_operation, each_schema};
use crate::pipeline::normalize::{Context, Report};

const SCHEMAS: &str = "#/components/schemas/";

/// Writes references out; one without a target becomes the widest type that its place allows.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    path_items(document, &mut report);
    carriers(document, &mut report);
    schemas(document, &mut report);
    if let Some(components) = document["components"].as_object_mut() {
        components.retain(|kind, members| kind == "schemas" && members.is_object());
    }
    Ok(report)
}

/// Writes out path items that are references; one without a target has no operations.
pub fn path_items(document: &mut Value, report: &mut Report) {
    let whole = document.clone();
    let paths = document["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        if item.get("$ref").is_none() {
            continue;
        }
        report.count();
        let target = follow(&whole, item).and_then(Value::as_object).cloned();
        if target.is_none() {
            let reference = item["$ref"].as_str().unwrap_or_default();
            report.notes.push(format!(
                "paths['{path}'].$ref: `{reference}` leads to no path item, left out"
            ));
        }
        let mut written = target.unwrap_or_default();
        let beside = item.as_object_mut().map(std::mem::take);
        written.extend(
            beside
                .into_iter()
                .flatten()
                .filter(|(key, _)| key != "$ref"),
        );
        *item = Value::Object(written);
    }
}

fn carriers(document: &mut Value, report: &mut Report) {
    let whole = document.clone();
    let paths = document["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        if let Some(parameters) = item.get_mut("parameters") {
            written_parameters(&whole, parameters, &format!("paths['{path}']"), report);
        }
    }
    each_operation(document, &mut |operation, path| {
        if let Some(parameters) = operation.get_mut("parameters") {
            written_parameters(&whole, parameters, &path.to_string(), report);
        }
        if let Some(body) = operation.get_mut("requestBody") {
            let place = format!("{path}.requestBody");
            if !written_out(&whole, body, &place, "sent as any JSON", report) {
                *body = json!({ "content": { "application/json": { "schema": {} } } });
            }
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            let place = format!("{path}.responses['{status}']");
            if !written_out(&whole, response, &place, "arrives as bytes", report) {
                *response =
                    json!({ "description": "", "content": { "application/octet-stream": {} } });
            }
        }
    });
}

fn written_parameters(whole: &Value, parameters: &mut Value, path: &str, report: &mut Report) {
    let Some(parameters) = parameters.as_array_mut() else {
        return;
    };
    let mut index = 0;
    parameters.retain_mut(|parameter| {
        let place = format!("{path}.parameters[{index}]");
        index += 1;
        written_out(whole, parameter, &place, "left out", report)
    });
}

/// Replaces a reference by its target; returns false if there is none.
fn written_out(
    whole: &Value,
    place: &mut Value,
    path: &str,
    instead: &str,
    report: &mut Report,
) -> bool {
    let Some(reference) = place.get("$ref").cloned() else {
        return true;
    };
    report.count();
    let target = follow(whole, place).filter(|target| target.is_object());
    match target {
        Some(target) => {
            *place = target.clone();
            true
        }
        None => {
            let reference = reference.as_str().unwrap_or_default();
            report.notes.push(format!(
                "{path}.$ref: `{reference}` leads nowhere, {instead}"
            ));
            false
        }
    }
}

/// Schemas keep their references. Targets outside the components are moved there.
fn schemas(document: &mut Value, report: &mut Report) {
    loop {
        let whole = document.clone();
        let mut moved = Map::new();
        each_schema(document, &mut |schema, path| {
            let Some(reference) = schema.get("$ref").cloned() else {
                return;
            };
            match reference
                .as_str()
                .and_then(|reference| target(&whole, reference))
            {
                Some((name, found)) => {
                    let wanted = format!("{SCHEMAS}{}", escaped(&name));
                    if !found.is_null() {
                        moved.insert(name, found);
                    }
                    if reference != wanted.as_str() {
                        report.count();
                        schema.insert("$ref".into(), json!(wanted));
                    }
                    nullable_beside(schema, report);
                }
                None => {
                    report.count();
                    report.notes.push(format!(
                        "{path}.$ref: `{}` leads nowhere, any JSON fits",
                        reference.as_str().unwrap_or_default()
                    ));
                    schema.shift_remove("$ref");
                    schema.retain(|key, _| key == "description");
                }
            }
        });
        if moved.is_empty() {
            return;
        }
        let components = &mut document["components"];
        if !components["schemas"].is_object() {
            components["schemas"] = json!({});
        }
        for (name, schema) in moved {
            components["schemas"][name] = schema;
        }
    }
}

/// Returns the component that a reference means, with its schema if it is not a component yet.
fn target(whole: &Value, reference: &str) -> Option<(String, Value)> {
    let pointer = decoded(reference.strip_prefix('#')?);
    let found = whole.pointer(&pointer).filter(|found| found.is_object())?;
    let parts: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    match parts.as_slice() {
        [] => None,
        [components, schemas, name] if components == "components" && schemas == "schemas" => {
            Some((name.clone(), Value::Null))
        }
        parts => {
            let name = parts.join(" ");
            let known = &whole["components"]["schemas"][&name];
            let new = if known.is_null() {
                found.clone()
            } else {
                Value::Null
            };
            Some((name, new))
        }
    }
}

/// `nullable` next to a reference has no effect in OpenAPI 3.0; around it, it has.
fn nullable_beside(schema: &mut Map<String, Value>, report: &mut Report) {
    if schema.get("nullable") == Some(&json!(true))
        && let Some(reference) = schema.shift_remove("$ref")
    {
        report.count();
        schema.retain(|key, _| key == "nullable" || key == "description");
        schema.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
}
