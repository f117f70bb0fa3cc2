//! Converts parameters of Swagger 2.0, which have their type next to their name.

use serde_json::{Map, Value, json};

use super::super::Report;
use super::schema;

/// Moves type and format below `schema`, and the format of a list into `style`.
pub(super) fn convert(parameter: Value, report: &mut Report) -> Value {
    if !parameter.is_object() || parameter.get("$ref").is_some() {
        return parameter;
    }
    report.count();
    let mut new = Map::new();
    for key in ["name", "in", "description", "required"] {
        if let Some(value) = parameter.get(key) {
            new.insert(key.into(), value.clone());
        }
    }
    new.insert("schema".into(), schema::of_parameter(&parameter));
    if parameter["in"] == "query" {
        new.extend(style(&parameter));
    }
    Value::Object(new)
}

/// Returns the `style` and `explode` of a list; `None` for other values.
pub(super) fn style(parameter: &Value) -> Map<String, Value> {
    if parameter["type"] != "array" {
        return Map::new();
    }
    let (style, explode) = match parameter["collectionFormat"].as_str() {
        Some("multi") => ("form", true),
        Some("ssv") => ("spaceDelimited", false),
        Some("tsv") => ("tsv", false),
        Some("pipes") => ("pipeDelimited", false),
        _ => ("form", false),
    };
    Map::from_iter([
        ("style".to_owned(), json!(style)),
        ("explode".to_owned(), json!(explode)),
    ])
}
