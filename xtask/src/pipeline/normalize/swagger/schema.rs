//! Schemas of Swagger 2.0: references lead elsewhere, and null goes by an extension.

use serde_json::{Map, Value, json};

use super::super::schemas::walk;

/// What a parameter says of its value.
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

/// Says in the words of 3.0 what 2.0 has other words for.
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

/// Rewrites every local reference to the place its target has now.
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
    // Some documents write the name alone.
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !reference.is_empty() && reference.chars().all(name) {
        return format!("#/components/schemas/{reference}");
    }
    reference.to_owned()
}
