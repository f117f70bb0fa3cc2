//! Converts `type` with several values, which 3.0 does not allow.

use serde_json::{Map, Value, json};

use super::schema::also;
use crate::pipeline::normalize::Report;

/// Turns a list of types into one type, `nullable` or an `anyOf`.
pub(in crate::pipeline::normalize) fn lower(schema: &mut Map<String, Value>, report: &mut Report) {
    let types = match schema.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(Value::String(only)) if only == "null" => vec![json!("null")],
        _ => return,
    };
    report.count();
    let named: Vec<&str> = types
        .iter()
        .filter_map(Value::as_str)
        .filter(|kind| *kind != "null")
        .collect();
    if named.len() < types.len() {
        schema.insert("nullable".into(), json!(true));
    }
    match named.as_slice() {
        [] => {
            schema.shift_remove("type");
        }
        [only] => {
            schema.insert("type".into(), json!(only));
        }
        several => {
            let any = split(schema, several);
            if schema.contains_key("anyOf") {
                also(schema, json!({ "anyOf": any }));
            } else {
                schema.insert("anyOf".into(), any);
            }
        }
    }
}

/// Returns one schema per type, each with only the keywords that apply to its type.
fn split(schema: &mut Map<String, Value>, kinds: &[&str]) -> Value {
    let mut members: Vec<Map<String, Value>> = kinds
        .iter()
        .map(|kind| Map::from_iter([("type".to_owned(), json!(kind))]))
        .collect();
    schema.shift_remove("type");
    for (kind, member) in kinds.iter().zip(&mut members) {
        for key in keywords(kind) {
            if let Some(value) = schema.get(*key) {
                member.insert((*key).to_owned(), value.clone());
            }
        }
    }
    for key in kinds.iter().flat_map(|kind| keywords(kind)) {
        schema.shift_remove(*key);
    }
    if let Some(Value::Array(values)) = schema.shift_remove("enum") {
        for (kind, member) in kinds.iter().zip(&mut members) {
            let own = values.iter().filter(|value| is(kind, value)).cloned();
            member.insert("enum".into(), own.collect());
        }
        members.retain(|member| member["enum"] != json!([]));
    }
    members.into_iter().collect()
}

fn keywords(kind: &str) -> &'static [&'static str] {
    match kind {
        "object" => &[
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "minProperties",
            "maxProperties",
        ],
        "array" => &[
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "uniqueItems",
        ],
        "string" => &[
            "format",
            "pattern",
            "minLength",
            "maxLength",
            "contentEncoding",
            "contentMediaType",
        ],
        "number" | "integer" => &[
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ],
        _ => &[],
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        kind => of(value) == Some(kind),
    }
}

/// Returns the type of a value that is not null.
pub(super) fn of(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
    }
}
