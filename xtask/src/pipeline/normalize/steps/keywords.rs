//! Reduces each schema to the keywords of one type.
//!
//! The generator relies on the types of keywords (it stops at `required: true` from draft 3),
//! panics on most uses of `not` and on `enum` values of mixed types, and turns contradictory
//! keywords into a type that nothing matches.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::pipeline::normalize::schemas::each_schema;
use crate::pipeline::normalize::{Context, Report};

/// Keywords that generated code does not need, or that confuse progenitor.
const UNREAD: [&str; 7] = [
    "deprecated",
    "example",
    "externalDocs",
    "not",
    "title",
    "x-rust-type",
    "xml",
];

const KINDS: [&str; 6] = ["string", "integer", "number", "boolean", "array", "object"];

/// Adds the type of each schema, and keeps the keywords that apply to it.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    normalize_places(document, &mut report);
    each_schema(document, &mut |schema, path| {
        if schema.contains_key("$ref") {
            schema.retain(|key, _| key == "$ref");
            return;
        }
        if schema.shift_remove("not").is_some() {
            report.count();
            report.notes.push(format!("{path}.not: not checked"));
        }
        for key in UNREAD {
            schema.shift_remove(key);
        }
        // Documents that claim to be 3.0 have lists of types too.
        crate::pipeline::normalize::lower::one_type(schema, &mut report);
        misplaced(schema, path, &mut report);
        alternatives(schema, &mut report);
        one_type(schema, path, &mut report);
        listed(schema, path, &mut report);
    });
    Ok(report)
}

/// Ensures that there is a schema wherever one is expected.
fn normalize_places(document: &mut Value, report: &mut Report) {
    let schemas = document.pointer_mut("/components/schemas");
    if let Some(Value::Object(schemas)) = schemas {
        for (_, schema) in schemas {
            if !schema.is_object() {
                *schema = json!({});
                report.count();
            }
        }
    }
    each_schema(document, &mut |schema, path| {
        for key in [
            "properties",
            "allOf",
            "anyOf",
            "oneOf",
            "items",
            "additionalProperties",
        ] {
            let Some(value) = schema.get_mut(key) else {
                continue;
            };
            let fits = match key {
                "properties" => value.is_object(),
                "additionalProperties" => value.is_object() || value.is_boolean(),
                "items" => {
                    // A list of schemas is a tuple; its elements are read as any JSON.
                    if value.is_array() || value.is_boolean() {
                        *value = json!({});
                    }
                    value.is_object()
                }
                _ => value.as_array().is_some_and(|members| !members.is_empty()),
            };
            if !fits {
                schema.shift_remove(key);
                report.count();
                report
                    .notes
                    .push(format!("{path}.{key}: does not read as a schema, left out"));
                continue;
            }
            let inner: Vec<&mut Value> = match value {
                Value::Object(members) if key == "properties" => members.values_mut().collect(),
                Value::Array(members) => members.iter_mut().collect(),
                _ => Vec::new(),
            };
            for inner in inner {
                if !inner.is_object() {
                    *inner = json!({});
                    report.count();
                }
            }
        }
    });
}

/// Removes keywords whose values have the wrong type.
fn misplaced(schema: &mut Map<String, Value>, path: &str, report: &mut Report) {
    let parent_path = path;
    schema.retain(|key, value| {
        let fits = match key.as_str() {
            "nullable" | "readOnly" | "writeOnly" => value.is_boolean(),
            "description" | "format" | "pattern" => value.is_string(),
            "required" => match value {
                Value::Array(names) => {
                    names.retain(Value::is_string);
                    !names.is_empty()
                }
                _ => false,
            },
            "enum" => value.as_array().is_some_and(|values| !values.is_empty()),
            "type" => value.as_str().is_some_and(|kind| KINDS.contains(&kind)),
            _ => true,
        };
        if !fits {
            report.count();
            let unknown = value.as_str().filter(|_| key == "type");
            if let Some(kind) = unknown {
                report.notes.push(format!(
                    "{parent_path}.type: `{kind}` is not a type, any JSON fits"
                ));
            }
        }
        fits
    });
    // This is the default; without it, equal schemas look the same.
    if schema.get("nullable") == Some(&json!(false)) {
        schema.shift_remove("nullable");
    }
}

/// `oneOf` and `anyOf` with a null member become nullable; a single remaining member becomes the
/// schema.
fn alternatives(schema: &mut Map<String, Value>, report: &mut Report) {
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(members)) = schema.get_mut(key) else {
            continue;
        };
        let before = members.len();
        members.retain(|member| member["type"] != "null" && member["enum"] != json!([null]));
        let nullable = members.len() < before;
        if members.len() == 1 {
            let only = members.remove(0);
            schema.shift_remove(key);
            crate::pipeline::normalize::lower::also(schema, only);
            report.count();
        } else if members.is_empty() {
            schema.shift_remove(key);
        }
        if nullable {
            schema.insert("nullable".into(), json!(true));
            report.count();
        }
    }
}

/// Adds an implied type, and removes the keywords of other types.
fn one_type(schema: &mut Map<String, Value>, path: &str, report: &mut Report) {
    let has = |key: &str| schema.contains_key(key);
    let combined = ["allOf", "anyOf", "oneOf"].iter().any(|key| has(key));
    let named = schema
        .get("type")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let implied = if has("properties") || has("additionalProperties") || has("required") {
        Some("object")
    } else if has("items") {
        Some("array")
    } else {
        match schema.get("enum").and_then(Value::as_array) {
            Some(values) if values.iter().all(|v| v.is_string() || v.is_null()) => Some("string"),
            Some(_) => None,
            None => schema
                .get("format")
                .and_then(Value::as_str)
                .and_then(formatted),
        }
    };
    let kind = match (&named, implied) {
        (Some(named), _) => named.clone(),
        (None, Some(implied)) if !combined => {
            schema.insert("type".into(), json!(implied));
            report.count();
            implied.to_owned()
        }
        _ => return,
    };
    let foreign: &[&str] = match kind.as_str() {
        "object" => &["items", "enum", "format", "pattern"],
        "array" => &[
            "properties",
            "additionalProperties",
            "required",
            "enum",
            "format",
            "pattern",
        ],
        _ => &["properties", "additionalProperties", "required", "items"],
    };
    for key in foreign {
        if schema.shift_remove(*key).is_some() {
            report.count();
            report.notes.push(format!(
                "{path}.{key}: says nothing of a value of type `{kind}`"
            ));
        }
    }
    let member = path.ends_with(']') && path.contains(".allOf[");
    if kind == "object" && !member && !combined {
        required(schema);
    }
    if kind == "array" {
        schema.entry("items").or_insert_with(|| json!({}));
    }
    // Unknown fields are never rejected, because services add fields.
    if schema.get("additionalProperties") == Some(&json!(false)) {
        schema.shift_remove("additionalProperties");
        report.count();
    }
    let extends = schema.contains_key("properties") || combined;
    match schema.get("additionalProperties") {
        Some(Value::Bool(_)) if extends => {
            schema.shift_remove("additionalProperties");
        }
        // A field that is added later need not match the schema for additional ones.
        Some(Value::Object(other)) if extends && !other.is_empty() => {
            schema.insert("additionalProperties".into(), json!({}));
            report.count();
            report.notes.push(format!(
                "{path}.additionalProperties: fields of other names are any JSON"
            ));
        }
        _ => {}
    }
}

/// Returns the type that a format belongs to in OpenAPI.
fn formatted(format: &str) -> Option<&'static str> {
    match format {
        "int32" | "int64" => Some("integer"),
        "float" | "double" => Some("number"),
        "byte" | "binary" | "date" | "date-time" | "password" | "uuid" | "uri" | "email" => {
            Some("string")
        }
        _ => None,
    }
}

/// Required fields are described. An object that describes no fields becomes a map, which keeps all
/// of them.
pub(super) fn required(schema: &mut Map<String, Value>) {
    if !schema.contains_key("properties") {
        schema.shift_remove("required");
    }
    let names = schema.get("required").and_then(Value::as_array).cloned();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    let (Some(names), Some(properties)) = (names, properties) else {
        return;
    };
    for name in names.iter().filter_map(Value::as_str) {
        properties.entry(name).or_insert_with(|| json!({}));
    }
}

/// Enum values are unique texts; a null among them means nullable.
fn listed(schema: &mut Map<String, Value>, path: &str, report: &mut Report) {
    let kind = schema
        .get("type")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let Some(Value::Array(values)) = schema.get_mut("enum") else {
        return;
    };
    let before = values.clone();
    let nullable = values.iter().any(Value::is_null);
    values.retain(|value| !value.is_null());
    if kind.as_deref() == Some("string") {
        // YAML parses unquoted `1` and `true` as other types than text.
        for value in values.iter_mut().filter(|value| !value.is_string()) {
            *value = json!(value.to_string());
        }
    }
    // In JSON, a text and a number that look alike are different.
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.to_string()));
    if !values.iter().all(Value::is_string) || values.is_empty() {
        // Enums of numbers become plain numbers, and mixed enums any JSON.
        let mixed = values.iter().any(Value::is_string);
        schema.shift_remove("enum");
        report.count();
        if mixed {
            report
                .notes
                .push(format!("{path}.enum: values of several types, any fits"));
            schema.shift_remove("type");
        }
    } else if let Some(kind) = kind.filter(|kind| kind != "string") {
        // A .NET enum whose values are names and whose type is a number: the service may send
        // either.
        let names = schema.shift_remove("enum");
        let number = json!({ "type": kind });
        schema.retain(|key, _| !["type", "format"].contains(&key.as_str()));
        schema.insert(
            "oneOf".into(),
            json!([number, { "type": "string", "enum": names }]),
        );
        report.count();
        report.notes.push(format!(
            "{path}.enum: lists texts at a type of `{kind}`, either fits"
        ));
    } else if *values != before {
        report.count();
    }
    if nullable {
        schema.insert("nullable".into(), json!(true));
    }
}
