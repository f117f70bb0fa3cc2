//! OpenAPI 3.1 to 3.0: the generator takes nothing else.
//!
//! `type: [x, null]` becomes `nullable`, `const` a one-value `enum`, `examples` an `example`,
//! numeric exclusive bounds booleans, `$ref` with siblings an `allOf`, and what 3.0 has no word
//! for is left out with a note.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Report;
use super::schemas::each_schema;

const WITHOUT_COUNTERPART: [&str; 12] = [
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "then",
    "else",
    "propertyNames",
    "unevaluatedProperties",
];

/// Lowers a document; one that is 3.0 already is left as it is.
///
/// # Errors
///
/// When `openapi` is missing or names a version other than 3.0 and 3.1.
pub fn apply(document: &mut Value) -> Result<Report> {
    let mut report = Report::default();
    match document["openapi"].as_str() {
        Some(version) if version.starts_with("3.0.") => return Ok(report),
        Some(version) if version.starts_with("3.1.") => {}
        Some(version) => bail!("at `openapi`: version `{version}` is neither 3.0 nor 3.1"),
        None => bail!("at `openapi`: missing, or not text; write `openapi: 3.1.0` or `3.0.3`"),
    }
    document["openapi"] = json!("3.0.3");
    report.count();
    if document["paths"].is_null() {
        document["paths"] = json!({});
    }
    let Some(root) = document.as_object_mut() else {
        return Ok(report);
    };
    for (key, inner) in [
        ("webhooks", None),
        ("jsonSchemaDialect", None),
        ("info", Some("summary")),
    ] {
        let removed = match inner {
            None => root.shift_remove(key).is_some(),
            Some(inner) => root
                .get_mut(key)
                .and_then(Value::as_object_mut)
                .is_some_and(|map| map.shift_remove(inner).is_some()),
        };
        if removed {
            report
                .notes
                .push(format!("{key}: left out, OpenAPI 3.0 has no counterpart"));
        }
    }
    each_schema(document, &mut |schema, path| {
        lower_schema(schema, path, &mut report);
    });
    Ok(report)
}

fn lower_schema(schema: &mut Map<String, Value>, path: &str, report: &mut Report) {
    for key in WITHOUT_COUNTERPART {
        if schema.shift_remove(key).is_some() {
            report.notes.push(format!(
                "{path}.{key}: left out, OpenAPI 3.0 has no counterpart"
            ));
        }
    }
    if let Some(Value::Array(types)) = schema.get("type").cloned() {
        report.count();
        let named: Vec<Value> = types
            .iter()
            .filter(|kind| *kind != "null")
            .cloned()
            .collect();
        if named.len() < types.len() {
            schema.insert("nullable".into(), json!(true));
        }
        schema.shift_remove("type");
        match named.as_slice() {
            [] => {}
            [only] => {
                schema.insert("type".into(), only.clone());
            }
            several => {
                let any: Vec<Value> = several.iter().map(|kind| json!({ "type": kind })).collect();
                schema.insert("anyOf".into(), Value::Array(any));
            }
        }
    }
    if schema.get("type") == Some(&json!("null")) {
        report.count();
        schema.shift_remove("type");
        schema.insert("nullable".into(), json!(true));
    }
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(members)) = schema.get_mut(key) else {
            continue;
        };
        let before = members.len();
        members.retain(|member| member["type"] != "null");
        if members.len() < before {
            report.count();
            let only = (members.len() == 1).then(|| members.remove(0));
            if let Some(only) = only {
                schema.shift_remove(key);
                schema.insert("allOf".into(), json!([only]));
            }
            schema.insert("nullable".into(), json!(true));
        }
    }
    if let Some(value) = schema.shift_remove("const") {
        report.count();
        schema.insert("enum".into(), json!([value]));
    }
    if let Some(Value::Array(examples)) = schema.shift_remove("examples") {
        report.count();
        if let Some(first) = examples.into_iter().next() {
            schema.insert("example".into(), first);
        }
    }
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if let Some(value @ Value::Number(_)) = schema.get(exclusive).cloned() {
            report.count();
            schema.insert(bound.into(), value);
            schema.insert(exclusive.into(), json!(true));
        }
    }
    if schema.contains_key("prefixItems") {
        schema.shift_remove("prefixItems");
        schema.insert("items".into(), json!({}));
        report.notes.push(format!(
            "{path}.prefixItems: the elements are read as any JSON"
        ));
    }
    for (key, format) in [("contentEncoding", "byte"), ("contentMediaType", "binary")] {
        if schema.shift_remove(key).is_some() {
            report.count();
            schema.entry("format").or_insert_with(|| json!(format));
        }
    }
    if schema.len() > 1
        && let Some(reference) = schema.shift_remove("$ref")
    {
        report.count();
        schema.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
}
