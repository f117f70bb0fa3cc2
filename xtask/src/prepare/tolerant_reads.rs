//! Reads are tolerant, writes are strict.
//!
//! With `fields=`, or in a basic answer, the service leaves out what the document calls required,
//! and it sends `null` where the document has an array. Every field of an answer may therefore be
//! missing or null, except those that `regen.toml` lists. A model that both sides use and that
//! loses required fields by this is split: requests get a strict copy, `{Model}Request`.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use super::reach::{Reach, collect};
use super::schemas::{METHODS, walk};
use super::{Context, Report};
use crate::document::schema_name;

/// Loosens every model that an answer reaches.
///
/// # Errors
///
/// Names the model whose strict copy would take the name of another one.
pub fn apply(document: &mut Value, context: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let reach = Reach::of(document);
    split(document, &reach, context, &mut report)?;
    for name in &reach.answers {
        if let Some(schema) = document.pointer_mut(&format!("/components/schemas/{name}")) {
            loosen(schema, name, context, &mut report);
        }
    }
    let Some(paths) = document["paths"].as_object_mut() else {
        return Ok(report);
    };
    for item in paths.values_mut() {
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else {
                continue;
            };
            let model = operation["operationId"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            for answer in members(operation, "responses") {
                for media in members(answer, "content") {
                    if let Some(schema) = media.get_mut("schema") {
                        loosen(schema, &model, context, &mut report);
                    }
                }
            }
        }
    }
    Ok(report)
}

fn members<'a>(value: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    let map = value.get_mut(key).and_then(Value::as_object_mut);
    map.into_iter().flat_map(|map| map.values_mut())
}

fn loosen(schema: &mut Value, model: &str, context: Context<'_>, report: &mut Report) {
    walk(schema, model, &mut |schema, path| {
        let model = path.split('.').next().unwrap_or(path);
        loosen_fields(schema, model, context, report);
    });
}

fn loosen_fields(
    schema: &mut Map<String, Value>,
    model: &str,
    context: Context<'_>,
    report: &mut Report,
) {
    let mut required = Vec::new();
    if let Some(Value::Array(fields)) = schema.shift_remove("required") {
        let before = fields.len();
        required = fields;
        required.retain(|field| {
            field
                .as_str()
                .is_some_and(|field| context.module.requires(model, field))
        });
        report.applied += before - required.len();
        if !required.is_empty() {
            schema.insert("required".into(), Value::Array(required.clone()));
        }
    }
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        let listed = required.iter().any(|field| field == name);
        let collection = property["type"] == "array" || property["type"] == "object";
        if collection && !listed && property["nullable"] != true {
            property["nullable"] = json!(true);
            report.count();
        }
    }
}

/// Gives requests a strict copy of each model that loosening would change under them.
fn split(
    document: &mut Value,
    reach: &Reach,
    context: Context<'_>,
    report: &mut Report,
) -> Result<()> {
    let changes = |name: &String| {
        let required = &document["components"]["schemas"][name]["required"];
        required.as_array().is_some_and(|fields| {
            fields
                .iter()
                .filter_map(Value::as_str)
                .any(|f| !context.module.requires(name, f))
        })
    };
    let both: BTreeSet<String> = reach
        .requests
        .intersection(&reach.answers)
        .cloned()
        .collect();
    let changing: BTreeSet<String> = both.iter().filter(|name| changes(name)).cloned().collect();
    let copied: BTreeSet<String> = both
        .iter()
        .filter(|name| {
            let mut within = BTreeSet::from([(*name).clone()]);
            collect(
                document,
                &document["components"]["schemas"][name.as_str()],
                &mut within,
            );
            !within.is_disjoint(&changing)
        })
        .cloned()
        .collect();
    for name in &copied {
        let copy = strict_name(name);
        ensure!(
            document["components"]["schemas"][&copy].is_null(),
            "at `components.schemas.{name}`: its strict copy for requests would be called \
             `{copy}`, and there is one already; rename one of them"
        );
        document["components"]["schemas"][&copy] = document["components"]["schemas"][name].clone();
        report.notes.push(format!(
            "components.schemas.{name}: requests use the copy `{copy}`"
        ));
    }
    let request_only = reach.requests.difference(&reach.answers);
    for name in request_only
        .cloned()
        .chain(copied.iter().map(|name| strict_name(name)))
    {
        redirect(&mut document["components"]["schemas"][&name], &copied);
    }
    let Some(paths) = document["paths"].as_object_mut() else {
        return Ok(());
    };
    for item in paths.values_mut() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                for side in ["parameters", "requestBody"] {
                    if let Some(value) = operation.get_mut(side) {
                        redirect(value, &copied);
                    }
                }
            }
        }
    }
    Ok(())
}

fn strict_name(name: &str) -> String {
    format!("{name}Request")
}

fn redirect(value: &mut Value, copied: &BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let renamed = value
                    .as_str()
                    .filter(|_| key == "$ref")
                    .and_then(schema_name)
                    .filter(|name| copied.contains(*name))
                    .map(|name| json!(format!("#/components/schemas/{}", strict_name(name))));
                match renamed {
                    Some(reference) => *value = reference,
                    None => redirect(value, copied),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|value| redirect(value, copied)),
        _ => {}
    }
}
