//! Converts OpenAPI 3.1 to 3.0, the only version that the generator supports.
//!
//! `schema` converts schemas. Here, path items that are references are written out, and anything
//! that 3.0 cannot express is left out with a note.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::schemas::{each_operation, each_schema};
use super::steps::references;
use super::{Report, swagger};

mod schema;
mod types;

pub(super) use schema::also;
pub(super) use types::lower as one_type;

/// Keys outside schemas that 3.0 does not have.
const WITHOUT_COUNTERPART: [&str; 5] = [
    "webhooks",
    "jsonSchemaDialect",
    "info.summary",
    "info.license.identifier",
    "components.pathItems",
];

/// Converts a document from 3.1, or from Swagger 2.0; a document that is 3.0 already stays as it
/// is.
///
/// # Errors
///
/// If `openapi` is missing, or names a version other than 3.0 and 3.1.
pub fn apply(document: &mut Value) -> Result<Report> {
    let mut report = swagger::apply(document)?;
    match document["openapi"].as_str() {
        Some("3.0") => {
            document["openapi"] = json!("3.0.3");
            return Ok(report);
        }
        Some(version) if version.starts_with("3.0.") => return Ok(report),
        Some(version) if version == "3.1" || version.starts_with("3.1.") => {}
        Some(version) => bail!("at `openapi`: version `{version}` is neither 3.0 nor 3.1"),
        // Unquoted, `3.0` is a number.
        None if document["openapi"].as_f64() == Some(3.0) => {
            document["openapi"] = json!("3.0.3");
            return Ok(report);
        }
        None if document["openapi"].as_f64() == Some(3.1) => {}
        None => bail!("at `openapi`: missing, or not text; write `openapi: 3.1.0` or `3.0.3`"),
    }
    document["openapi"] = json!("3.0.3");
    report.count();
    if document["paths"].is_null() {
        document["paths"] = json!({});
    }
    references::path_items(document, &mut report);
    leave_out(document, &mut report);
    each_operation(document, &mut |operation, path| {
        lower_operation(operation, &path.to_string(), &mut report);
    });
    each_schema(document, &mut |schema, path| {
        schema::lower(schema, path, &mut report);
    });
    Ok(report)
}

fn leave_out(document: &mut Value, report: &mut Report) {
    for path in WITHOUT_COUNTERPART {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = match parent {
            "" => Some(&mut *document),
            parent => document.pointer_mut(&format!("/{}", parent.replace('.', "/"))),
        };
        let removed = parent
            .and_then(Value::as_object_mut)
            .and_then(|parent| parent.shift_remove(key));
        if removed.is_some() {
            report.left_out(path);
        }
    }
    let schemes = document.pointer_mut("/components/securitySchemes");
    if let Some(Value::Object(schemes)) = schemes {
        schemes.retain(|name, scheme| {
            let kept = scheme["type"] != "mutualTLS";
            if !kept {
                report.left_out(&format!("components.securitySchemes.{name}"));
            }
            kept
        });
    }
    let callbacks = document
        .get_mut("components")
        .and_then(Value::as_object_mut)
        .and_then(|components| components.shift_remove("callbacks"));
    if callbacks.is_some() {
        note_callbacks("components", report);
    }
}

/// Responses are optional in 3.1. Callbacks would have to be converted, and nothing reads them.
fn lower_operation(operation: &mut Map<String, Value>, path: &str, report: &mut Report) {
    if !operation.contains_key("responses") {
        operation.insert("responses".into(), json!({}));
        report.count();
    }
    if operation.shift_remove("callbacks").is_some() {
        note_callbacks(path, report);
    }
}

fn note_callbacks(path: &str, report: &mut Report) {
    report.notes.push(format!(
        "{path}.callbacks: left out, a client receives no calls"
    ));
}
