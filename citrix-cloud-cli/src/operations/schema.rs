//! The models of bodies: looks them up, resolves references, and prints them with an example.

use serde_json::{Map, Value, json};

use super::models::MODELS;

/// The maximum depth of an example.
const DEPTH: usize = 4;

const DEFINITIONS: &str = "#/$defs/";

/// Returns the schema of a model.
pub(super) fn model(name: &str) -> Option<Value> {
    let at = MODELS.binary_search_by_key(&name, |(name, _)| name).ok()?;
    let (_, text) = MODELS.get(at)?;
    serde_json::from_str(text).ok()
}

/// Resolves the references and wrappers around a schema.
pub(super) fn whole(schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let named = model(name.trim_start_matches(DEFINITIONS));
        return named.map_or(Value::Null, |it| whole(&it));
    }
    for wrapper in ["allOf", "anyOf", "oneOf"] {
        let mut parts = schema[wrapper].as_array().into_iter().flatten();
        if let Some(part) = parts.find(|it| it["type"] != "null") {
            return whole(part);
        }
    }
    schema.clone()
}

/// Returns whether a schema allows null.
pub(super) fn may_be_null(schema: &Value) -> bool {
    let null = Value::from("null");
    let in_type = |schema: &Value| {
        schema["type"] == null
            || schema["type"]
                .as_array()
                .is_some_and(|it| it.contains(&null))
    };
    let mut either = schema["anyOf"].as_array().into_iter().flatten();
    in_type(schema) || either.any(in_type)
}

/// Returns the type of a schema's values other than null.
pub(super) fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(name) => name,
        Value::Array(names) => {
            let mut names = names.iter().filter_map(Value::as_str);
            names.find(|it| *it != "null").unwrap_or_default()
        }
        _ if schema["properties"].is_object() => "object",
        _ => "",
    }
}

/// Returns a model with everything it refers to and an example, as JSON Schema for editors and other programs.
pub(crate) fn document(name: &str) -> Option<Value> {
    let mut schema = model(name)?;
    let mut definitions = Map::new();
    let mut open = references(&schema);
    while let Some(name) = open.pop() {
        if let Some(found) = model(&name).filter(|_| !definitions.contains_key(&name)) {
            open.extend(references(&found));
            definitions.insert(name, found);
        }
    }
    let example = example(&schema, DEPTH);
    let document = schema.as_object_mut()?;
    let mut whole = Map::new();
    whole.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    whole.insert("title".to_owned(), json!(name));
    whole.append(document);
    whole.insert("examples".to_owned(), json!([example]));
    if !definitions.is_empty() {
        whole.insert("$defs".to_owned(), Value::Object(definitions));
    }
    Some(Value::Object(whole))
}

/// Returns whether an object without properties is a valid body of a model.
pub(super) fn may_be_empty(name: &str) -> bool {
    model(name).is_some_and(|it| it["required"].as_array().is_none_or(Vec::is_empty))
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(map) => {
            let reference = map.get("$ref").and_then(Value::as_str);
            let own = reference.map(|it| it.trim_start_matches(DEFINITIONS).to_owned());
            let below = map.values().flat_map(references);
            own.into_iter().chain(below).collect()
        }
        Value::Array(list) => list.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Builds an example value: required properties, and everything that is not nested further.
fn example(schema: &Value, depth: usize) -> Value {
    let schema = whole(schema);
    if let Some(value) = schema["enum"].as_array().and_then(|it| it.first()) {
        return value.clone();
    }
    match type_of(&schema) {
        "object" => {
            let required = schema["required"].as_array();
            let is_required =
                |name: &str| required.is_some_and(|it| it.iter().any(|it| it == name));
            let properties = schema["properties"].as_object().into_iter().flatten();
            let properties = properties.filter(|(name, property)| {
                let simple = !matches!(type_of(&whole(property)), "object" | "array");
                depth > 0 && (is_required(name) || (simple && depth == DEPTH))
            });
            let values =
                properties.map(|(name, property)| (name.clone(), example(property, depth - 1)));
            Value::Object(values.collect())
        }
        "array" if depth > 0 => json!([example(&schema["items"], depth - 1)]),
        "array" => json!([]),
        "integer" => schema["minimum"].as_i64().unwrap_or(1).into(),
        "number" => json!(1.0),
        "boolean" => json!(true),
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!("00000000-0000-0000-0000-000000000000"),
            Some("date-time") => json!("2026-01-31T08:00:00Z"),
            _ => json!("text"),
        },
        _ => json!({}),
    }
}
