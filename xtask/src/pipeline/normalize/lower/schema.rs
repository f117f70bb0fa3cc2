//! Converts one schema from JSON Schema 2020-12 to the dialect of OpenAPI 3.0.
//!
//! `type: [x, null]` becomes `nullable`, several types become an `anyOf`, `const` becomes an `enum`
//! with one value, `examples` becomes `example`, numeric exclusive bounds become booleans, a `$ref`
//! with siblings becomes an `allOf`, and a boolean in place of a schema becomes a schema.

use serde_json::{Map, Value, json};

use super::types;
use crate::pipeline::normalize::Report;

const WITHOUT_COUNTERPART: [&str; 20] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$schema",
    "$vocabulary",
    "contains",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Converts one schema, but not the schemas nested in it.
pub(super) fn lower(schema: &mut Map<String, Value>, path: &str, report: &mut Report) {
    for key in WITHOUT_COUNTERPART {
        if schema.shift_remove(key).is_some() {
            report.left_out(&format!("{path}.{key}"));
        }
    }
    lower_booleans(schema, report);
    types::lower(schema, report);
    lower_alternatives(schema, report);
    lower_const(schema, report);
    if let Some(Value::Array(examples)) = schema.shift_remove("examples") {
        report.count();
        if let Some(first) = examples.into_iter().next() {
            schema.entry("example").or_insert(first);
        }
    }
    lower_bounds(schema, report);
    lower_collections(schema, path, report);
    lower_encoded_text(schema, path, report);
    if schema.len() > 1
        && let Some(reference) = schema.shift_remove("$ref")
    {
        report.count();
        also(schema, json!({ "$ref": reference }));
    }
}

/// Adds a member to `allOf`.
pub(in crate::pipeline::normalize) fn also(schema: &mut Map<String, Value>, member: Value) {
    if let Value::Array(members) = schema.entry("allOf").or_insert_with(|| json!([])) {
        members.push(member);
    }
}

fn lower_booleans(schema: &mut Map<String, Value>, report: &mut Report) {
    let mut lower = |place: &mut Value| {
        if let Value::Bool(anything) = *place {
            *place = if anything {
                json!({})
            } else {
                json!({ "not": {} })
            };
            report.count();
        }
    };
    for key in ["items", "not"] {
        schema.get_mut(key).into_iter().for_each(&mut lower);
    }
    for key in ["properties", "patternProperties"] {
        let members = schema.get_mut(key).and_then(Value::as_object_mut);
        members
            .into_iter()
            .flat_map(|members| members.values_mut())
            .for_each(&mut lower);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        let members = schema.get_mut(key).and_then(Value::as_array_mut);
        members.into_iter().flatten().for_each(&mut lower);
    }
}

fn lower_alternatives(schema: &mut Map<String, Value>, report: &mut Report) {
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(members)) = schema.get_mut(key) else {
            continue;
        };
        let before = members.len();
        members.retain(|member| !is_null_schema(member));
        if members.len() == before {
            continue;
        }
        report.count();
        if members.len() < 2 {
            let only = members.pop();
            schema.shift_remove(key);
            if let Some(only) = only {
                also(schema, only);
            }
        }
        schema.insert("nullable".into(), json!(true));
    }
}

/// Returns whether only `null` matches.
fn is_null_schema(schema: &Value) -> bool {
    schema["type"] == "null"
        || schema["type"] == json!(["null"])
        || schema["enum"] == json!([null])
        || schema.get("const").is_some_and(Value::is_null)
}

fn lower_const(schema: &mut Map<String, Value>, report: &mut Report) {
    if let Some(value) = schema.shift_remove("const") {
        report.count();
        if let Some(kind) = types::of(&value) {
            schema.entry("type").or_insert_with(|| json!(kind));
        }
        schema.insert("enum".into(), json!([value]));
    }
}

fn lower_bounds(schema: &mut Map<String, Value>, report: &mut Report) {
    for (exclusive, inclusive, sign) in [
        ("exclusiveMinimum", "minimum", 1.0),
        ("exclusiveMaximum", "maximum", -1.0),
    ] {
        let Some(value @ Value::Number(_)) = schema.get(exclusive).cloned() else {
            continue;
        };
        report.count();
        let rank = |value: &Value| value.as_f64().map(|number| number * sign);
        let inclusive_is_narrower = schema
            .get(inclusive)
            .is_some_and(|other| rank(other) > rank(&value));
        if inclusive_is_narrower {
            schema.shift_remove(exclusive);
        } else {
            schema.insert(inclusive.into(), value);
            schema.insert(exclusive.into(), json!(true));
        }
    }
}

fn lower_collections(schema: &mut Map<String, Value>, path: &str, report: &mut Report) {
    if schema.shift_remove("prefixItems").is_some() {
        schema.insert("items".into(), json!({}));
        report.notes.push(format!(
            "{path}.prefixItems: the elements are read as any JSON"
        ));
    }
    if let Some(Value::Object(patterns)) = schema.shift_remove("patternProperties") {
        let mut values: Vec<Value> = patterns.into_iter().map(|(_, value)| value).collect();
        values.extend(
            schema
                .shift_remove("additionalProperties")
                .filter(|other| *other != json!(false)),
        );
        let value = match values.as_slice() {
            [only] => only.clone(),
            _ => json!(true),
        };
        schema.insert("additionalProperties".into(), value);
        report.notes.push(format!(
            "{path}.patternProperties: read as `additionalProperties`, whatever the name"
        ));
    }
}

fn lower_encoded_text(schema: &mut Map<String, Value>, path: &str, report: &mut Report) {
    for (key, counterpart, format) in [
        ("contentEncoding", "base64", "byte"),
        ("contentMediaType", "application/octet-stream", "binary"),
    ] {
        let Some(value) = schema.shift_remove(key) else {
            continue;
        };
        if value == counterpart {
            report.count();
            schema.entry("type").or_insert_with(|| json!("string"));
            schema.entry("format").or_insert_with(|| json!(format));
        } else {
            report.left_out(&format!("{path}.{key}"));
        }
    }
}
