//! Converts schemas of Swagger 2.0, in which references have other targets and null is an
//! extension.

use serde_json::{Map, Value, json};

use super::super::schemas::walk;

/// Keywords of a parameter that describe its value.
pub(super) fn of_parameter(parameter: &Value) -> Value {
    const WORDS: [&str; 18] = [
        "type",
        "format",
        "items",
        "enum",
        "default",
        "pattern",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "maxItems",
        "minItems",
        "uniqueItems",
        "multipleOf",
        "x-nullable",
        "properties",
    ];
    let mut schema = match parameter.get("schema") {
        Some(schema) if schema.is_object() => schema.clone(),
        _ => {
            let words = WORDS.iter().filter_map(|key| {
                let value = parameter.get(key)?;
                Some(((*key).to_owned(), value.clone()))
            });
            Value::Object(words.collect::<Map<_, _>>())
        }
    };
    convert(&mut schema);
    schema
}

/// Converts the keywords that differ in 3.0.
pub(super) fn convert(schema: &mut Value) {
    walk(schema, "", &mut |schema, _| {
        if schema.get("type") == Some(&json!("file")) {
            schema.insert("type".into(), json!("string"));
            schema.insert("format".into(), json!("binary"));
        }
        if let Some(nullable) = schema.shift_remove("x-nullable") {
            schema.entry("nullable").or_insert(nullable);
        }
        schema.shift_remove("collectionFormat");
    });
}

/// Rewrites every local reference to the new place of its target.
pub(super) fn references(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str().filter(|_| key == "$ref") {
                    Some(reference) => *value = json!(moved(reference)),
                    None => references(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(references),
        _ => {}
    }
}

fn moved(reference: &str) -> String {
    for (from, to) in [
        ("#/definitions/", "#/components/schemas/"),
        ("#/parameters/", "#/components/parameters/"),
        ("#/responses/", "#/components/responses/"),
    ] {
        if let Some(rest) = reference.strip_prefix(from) {
            return format!("{to}{rest}");
        }
    }
    // Some documents have only the name.
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !reference.is_empty() && reference.chars().all(name) {
        return format!("#/components/schemas/{reference}");
    }
    reference.to_owned()
}
