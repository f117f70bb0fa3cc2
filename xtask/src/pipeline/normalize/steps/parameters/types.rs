//! Replaces an object in a query by its fields, and types in a path or a header by text.
//!
//! The generator panics on a parameter whose type has a builder, and its code for headers does not
//! compile unless the type can be displayed. OpenAPI's default style sends each field of a query
//! object under its own name, so each field becomes a parameter.

use anyhow::Result;
use serde_json::{Value, json};

use super::super::combined::{is_scalar, properties};
use super::{Context, Report, names};
use crate::pipeline::normalize::rust_names::unmarked;
use crate::pipeline::normalize::schemas::each_operation;

/// Replaces query parameters that are objects by their fields, and other types in paths and headers
/// by text.
///
/// Models must have been combined: only then are their types known.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let whole = document.clone();
    each_operation(document, &mut |operation, path| {
        let Some(Value::Array(parameters)) = operation.get_mut("parameters") else {
            return;
        };
        let listed = std::mem::take(parameters);
        for mut parameter in listed {
            if parameter["in"] != "query" {
                one_text(&whole, &mut parameter, &path.to_string(), &mut report);
            }
            let object = (parameter["in"] == "query")
                .then(|| properties(&whole, &parameter["schema"]))
                .flatten();
            let Some((fields, required)) = object.filter(|(fields, _)| !fields.is_empty()) else {
                parameters.push(parameter);
                continue;
            };
            report.count();
            for (name, schema) in fields {
                let inner = properties(&whole, &schema).is_some();
                let listed = properties(&whole, &schema["items"]).is_some();
                if inner || listed {
                    report.notes.push(format!(
                        "{path}: the field `{name}` of a query object is an object, left out"
                    ));
                    continue;
                }
                let needed = parameter["required"] == true && required.contains(&name);
                let mut one = json!({ "name": name, "in": "query", "required": needed });
                if let Some(description) = schema["description"].as_str() {
                    one["description"] = json!(description);
                }
                one["schema"] = schema;
                let known = |other: &&Value| other["name"] == one["name"] && other["in"] == "query";
                if !parameters.iter().any(|other| known(&other)) {
                    parameters.push(one);
                }
            }
        }
    });
    if report.applied > 0 {
        names::apply(document, &mut report);
    }
    Ok(report)
}

/// A path or a header has no null: a value is present, or the parameter is omitted.
fn one_text(whole: &Value, parameter: &mut Value, path: &str, report: &mut Report) {
    let schema = &mut parameter["schema"];
    if let [only] = schema["allOf"].as_array().map_or(&[][..], Vec::as_slice) {
        *schema = only.clone();
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.shift_remove("nullable");
    }
    if !is_scalar(whole, schema) {
        *schema = json!({ "type": "string" });
        report.count();
        let name = unmarked(parameter["name"].as_str().unwrap_or_default());
        report
            .notes
            .push(format!("{path}: the caller passes `{name}` as text"));
    }
}
