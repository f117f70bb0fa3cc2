//! Values are read as the wire has them: formats, bounds, patterns and defaults do not narrow types.
//!
//! A `date-time` that is no RFC 3339 (`/me` sends a bare clock time), a `uuid` that is none, or a
//! number beyond `int32` or outside of a list must not fail the response around it, and a `float`
//! must not lose digits. Lists of strings stay: their enums are open. The service validates what is
//! sent.

use anyhow::Result;
use serde_json::{Value, json};

use crate::pipeline::normalize::schemas::each_schema;
use crate::pipeline::normalize::{Context, Report};

const NARROWING: [&str; 12] = [
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// Drops what would make a type narrower than string, integer, number or boolean.
///
/// # Errors
///
/// None; the signature is that of every step.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    each_schema(document, &mut |schema, _| {
        for key in NARROWING {
            if schema.shift_remove(key).is_some() {
                report.count();
            }
        }
        let word = |key| schema.get(key).and_then(Value::as_str);
        let kept = matches!(
            (word("type"), word("format")),
            (_, None)
                | (Some("string"), Some("byte" | "binary"))
                | (Some("number"), Some("double"))
        );
        if !kept {
            schema.shift_remove("format");
            report.count();
        }
        let listed = schema.get("enum").and_then(Value::as_array);
        if listed.is_some_and(|values| !values.iter().all(|v| v.is_string() || v.is_null())) {
            schema.shift_remove("enum");
            report.count();
        }
        if schema.get("type") == Some(&json!("integer")) {
            schema.insert("format".into(), json!("int64"));
        }
    });
    Ok(report)
}
