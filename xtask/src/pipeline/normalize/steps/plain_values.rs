//! Reads values as they are on the wire: formats, bounds, patterns and defaults do not narrow
//! types.
//!
//! A `date-time` that is not valid in RFC 3339 (`/me` sends a bare clock time), an invalid `uuid`,
//! or a number that is unlisted or larger than an `int32` must not make the whole response fail,
//! and a `float` must not lose digits. Enums of strings stay, because they are open. The service
//! validates requests.

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

/// Drops anything that would make a type narrower than string, integer, number or boolean.
///
/// # Errors
///
/// Never; all steps have this signature.
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
