//! Joins two schemas with the same JSON type.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::pipeline::document::{resolve, schema_name};
use crate::pipeline::normalize::pointers::follow;

/// Returns the JSON type of a schema, following references; `None` if it allows any type.
pub(super) fn kind(
    whole: &Value,
    schema: &Value,
    seen: &mut BTreeSet<String>,
) -> Option<&'static str> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = schema_name(reference).unwrap_or(reference);
        if !seen.insert(name.to_owned()) {
            return Some("object");
        }
        return kind(whole, resolve(whole, reference)?, seen);
    }
    match schema["type"].as_str() {
        Some("string") => return Some("string"),
        Some("integer" | "number") => return Some("number"),
        Some("boolean") => return Some("boolean"),
        Some("array") => return Some("array"),
        Some("object") => return Some("object"),
        _ => {}
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        let members = schema[key].as_array().into_iter().flatten();
        let kinds: Vec<Option<&'static str>> =
            members.map(|member| kind(whole, member, seen)).collect();
        let mut known = kinds.iter().copied().flatten();
        if key == "allOf" {
            if let Some(known) = known.next() {
                return Some(known);
            }
        } else if let Some(first) = known.next() {
            let same = kinds.iter().all(|kind| *kind == Some(first));
            return same.then_some(first);
        }
    }
    None
}

/// Returns one schema for several of a type other than object.
pub(super) fn same_kind(whole: &Value, members: &[&Value]) -> Option<Map<String, Value>> {
    let mut members = members.iter();
    let first = (*members.next()?).clone();
    let all = members.try_fold(first, |one, other| joined(whole, &one, other))?;
    match all {
        Value::Object(schema) if schema.contains_key("$ref") => {
            Some(Map::from_iter([("allOf".to_owned(), json!([schema]))]))
        }
        Value::Object(schema) => Some(schema),
        _ => None,
    }
}

/// Returns a schema as wide as the wider of the two, with everything that both describe.
pub(super) fn joined(whole: &Value, one: &Value, other: &Value) -> Option<Value> {
    let bare = |schema: &Value| {
        let mut schema = schema.clone();
        if let Some(schema) = schema.as_object_mut() {
            let words = ["description", "readOnly", "writeOnly", "format"];
            schema.retain(|key, _| !words.contains(&key.as_str()));
        }
        schema
    };
    let (bare_one, bare_other) = (bare(one), bare(other));
    if bare_one == bare_other || bare_other == json!({}) {
        return Some(one.clone());
    }
    if bare_one == json!({}) {
        return Some(other.clone());
    }
    let seen = || BTreeSet::new();
    let first = kind(whole, one, &mut seen())?;
    if Some(first) != kind(whole, other, &mut seen()) {
        return None;
    }
    let found = |schema: &Value| follow(whole, schema).cloned().unwrap_or_default();
    let (resolved_one, resolved_other) = (found(one), found(other));
    let nullable = resolved_one["nullable"] == true || resolved_other["nullable"] == true;
    let mut together = match first {
        "string" => text(&resolved_one, &resolved_other),
        "number" => {
            let integers = [&resolved_one, &resolved_other]
                .iter()
                .all(|schema| schema["type"] == "integer");
            json!({ "type": if integers { "integer" } else { "number" } })
        }
        "boolean" => json!({ "type": "boolean" }),
        "array" => {
            let items = joined(whole, &resolved_one["items"], &resolved_other["items"]);
            json!({ "type": "array", "items": items.unwrap_or_else(|| json!({})) })
        }
        _ => json!({ "oneOf": alternatives(one, other) }),
    };
    if let Some(description) = one.get("description") {
        together["description"] = description.clone();
    }
    if nullable {
        together["nullable"] = json!(true);
    }
    Some(together)
}

/// Joins two lists of alternatives without duplicates and sorts them, so that equal choices look
/// the same.
fn alternatives(one: &Value, other: &Value) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for schema in [one, other] {
        let lone = schema.as_object().is_some_and(|schema| schema.len() == 1);
        match schema["oneOf"].as_array().filter(|_| lone) {
            Some(members) => all.extend(members.iter().cloned()),
            None => all.push(schema.clone()),
        }
    }
    all.sort_by_key(ToString::to_string);
    all.dedup();
    all
}

/// Two enums become one; an enum and any text become any text.
fn text(one: &Value, other: &Value) -> Value {
    let (Some(values), Some(more)) = (one["enum"].as_array(), other["enum"].as_array()) else {
        return json!({ "type": "string" });
    };
    let known: BTreeSet<String> = values.iter().map(Value::to_string).collect();
    let mut all = values.clone();
    all.extend(
        more.iter()
            .filter(|value| !known.contains(&value.to_string()))
            .cloned(),
    );
    json!({ "type": "string", "enum": all })
}
