//! Reduces parameters to those that the generator can send.
//!
//! The generator rejects cookies, parameters with `content`, and all styles except the default. It
//! asserts that path parameters are required and occur in the path. Of two parameters with the same
//! name in different places, it keeps one.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::pipeline::facts::Facts;
use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::{Context, Report};

mod cookies;
mod names;
mod schema;
pub(super) mod styles;
mod templates;
pub mod types;

/// Headers that the pipeline sets; OpenAPI says to ignore such parameters.
const IGNORED: [&str; 3] = ["accept", "authorization", "content-type"];

/// Moves all parameters of an operation to the operation, in a form that can be sent.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, facts: &mut Facts, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    inherit(document);
    let whole = document.clone();
    each_operation(document, &mut |operation, path| {
        let listed = operation.shift_remove("parameters");
        let Some(Value::Array(listed)) = listed.or_else(|| Some(json!([]))) else {
            return;
        };
        let mut kept: Vec<Map<String, Value>> = Vec::new();
        let mut known: BTreeSet<String> = BTreeSet::new();
        for (index, parameter) in listed.into_iter().enumerate() {
            let place = format!("{path}.parameters[{index}]");
            for parameter in usable(&whole, &parameter, &place, &mut report) {
                let same = |other: &Map<String, Value>| {
                    other["name"] == parameter["name"] && other["in"] == parameter["in"]
                };
                if cookies::join(&mut kept, &parameter) {
                    continue;
                }
                if !known.insert(format!("{} in {}", parameter["name"], parameter["in"])) {
                    kept.retain(|other| !same(other));
                }
                kept.push(parameter);
            }
        }
        let kept = kept.into_iter().map(Value::Object).collect();
        operation.insert("parameters".into(), kept);
    });
    facts.paths_rewritten(&templates::apply(document, &mut report));
    facts.paths_rewritten(&names::apply(document, &mut report));
    Ok(report)
}

/// Parameters of a path come before those of its operations, which override them.
fn inherit(document: &mut Value) {
    let paths = document["paths"].as_object_mut();
    for item in paths.into_iter().flatten().map(|(_, item)| item) {
        let inherited = item
            .as_object_mut()
            .and_then(|item| item.shift_remove("parameters"));
        let Some(Value::Array(inherited)) = inherited else {
            continue;
        };
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut() else {
                continue;
            };
            let mut all = inherited.clone();
            if let Some(Value::Array(own)) = operation.shift_remove("parameters") {
                all.extend(own);
            }
            operation.insert("parameters".into(), Value::Array(all));
        }
    }
}

/// Returns what is sent for one parameter: usually the parameter itself, but sometimes none or
/// several.
fn usable(
    whole: &Value,
    parameter: &Value,
    path: &str,
    report: &mut Report,
) -> Vec<Map<String, Value>> {
    let text = |key: &str| parameter[key].as_str().map(str::to_owned);
    let (Some(name), Some(place)) = (text("name"), text("in")) else {
        report.count();
        report
            .notes
            .push(format!("{path}: has no `name` or no `in`, left out"));
        return Vec::new();
    };
    let mut refuse = |why: &str| {
        report.count();
        report
            .notes
            .push(format!("{path} (`{name}`): {why}, left out"));
        Vec::new()
    };
    match place.as_str() {
        "cookie" if is_token(&name) => {
            return vec![cookies::header(&name, parameter, path, report)];
        }
        "cookie" => return refuse("no cookie can have this name"),
        "header" if IGNORED.contains(&name.to_ascii_lowercase().as_str()) => {
            report.count();
            return Vec::new();
        }
        "header" if !is_token(&name) => return refuse("no header can have this name"),
        "header" | "path" | "query" => {}
        other => return refuse(&format!("there are no parameters in `{other}`")),
    }
    let mut kept = Map::new();
    kept.insert("name".into(), json!(name));
    kept.insert("in".into(), json!(place));
    let required = place == "path" || parameter["required"] == true;
    kept.insert("required".into(), json!(required));
    for key in ["description", "style", "explode", "schema", "content"] {
        if let Some(value) = parameter.get(key) {
            kept.insert(key.into(), value.clone());
        }
    }
    kept.retain(|key, value| key != "description" || value.is_string());
    schema::apply(&mut kept, parameter, path, report);
    styles::apply(whole, kept, path, report)
}

/// Returns whether a header or a cookie can have this name.
fn is_token(name: &str) -> bool {
    let special = "!#$%&'*+-.^_`|~";
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || special.contains(c))
}
