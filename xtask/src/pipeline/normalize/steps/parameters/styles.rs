//! Removes styles, because the generator supports only the default ones.

use serde_json::{Map, Value, json};

use super::Report;
use crate::pipeline::normalize::pointers::follow;

/// Removes styles, and types that cannot be written in that place.
pub(super) fn apply(
    whole: &Value,
    mut parameter: Map<String, Value>,
    path: &str,
    report: &mut Report,
) -> Vec<Map<String, Value>> {
    let style = parameter.shift_remove("style");
    let style = style.as_ref().and_then(Value::as_str).unwrap_or_default();
    let explode = parameter.shift_remove("explode");
    let schema = resolved(whole, &parameter["schema"]);
    let shape = Shape::of(whole, &schema);
    match parameter["in"].as_str() {
        Some("path") => {
            if style == "label" || style == "matrix" {
                parameter.insert("style".into(), json!(style));
            }
            as_text(&mut parameter, &schema, shape, "commas", path, report);
        }
        Some("header") => as_text(&mut parameter, &schema, shape, "commas", path, report),
        _ => {
            return query(
                whole,
                parameter,
                &schema,
                shape,
                (style, explode),
                path,
                report,
            );
        }
    }
    vec![parameter]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Scalar,
    List,
    ListOfOthers,
    Object,
    Unclear,
}

impl Shape {
    fn of(whole: &Value, schema: &Value) -> Self {
        match kind(schema) {
            Some("string" | "integer" | "number" | "boolean") => Self::Scalar,
            Some("array") => {
                let items = resolved(whole, &schema["items"]);
                match kind(&items) {
                    Some("array" | "object") => Self::ListOfOthers,
                    _ => Self::List,
                }
            }
            Some("object") => Self::Object,
            _ => Self::Unclear,
        }
    }
}

/// Returns the single type of a schema, named or implied.
fn kind(schema: &Value) -> Option<&str> {
    let has = |key: &str| schema.get(key).is_some();
    match schema["type"].as_str() {
        Some(kind) => Some(kind),
        None if has("properties") || has("additionalProperties") => Some("object"),
        None if has("items") => Some("array"),
        None if has("enum") => schema["enum"]
            .as_array()
            .filter(|values| values.iter().all(Value::is_string))
            .map(|_| "string"),
        None => None,
    }
}

fn resolved(whole: &Value, schema: &Value) -> Value {
    let mut schema = follow(whole, schema).cloned().unwrap_or_default();
    // A single member determines the type of the whole.
    if let Some([only]) = schema["allOf"].as_array().map(Vec::as_slice)
        && schema["properties"].is_null()
    {
        schema = follow(whole, only).cloned().unwrap_or_default();
    }
    schema
}

/// A value in a path or a header is a single text.
fn as_text(
    parameter: &mut Map<String, Value>,
    schema: &Value,
    shape: Shape,
    joined_by: &str,
    path: &str,
    report: &mut Report,
) {
    let scalar = shape == Shape::Scalar;
    let referred = parameter["schema"].get("$ref").is_some();
    let narrow = schema["nullable"] != true && parameter["schema"]["nullable"] != true;
    if scalar && narrow && (!referred || schema.get("enum").is_some()) {
        return;
    }
    report.count();
    let text = if scalar {
        let mut plain = schema.clone();
        if let Some(plain) = plain.as_object_mut() {
            plain.shift_remove("nullable");
        }
        plain
    } else {
        let how = match shape {
            Shape::List => format!("the values joined by {joined_by}"),
            _ => "text".to_owned(),
        };
        report
            .notes
            .push(format!("{path}: the caller passes it as {how}"));
        json!({ "type": "string" })
    };
    parameter.insert("schema".into(), text);
}

/// Returns the separator of a list that is sent as one text; `None` if each value is sent
/// separately.
pub(in crate::pipeline::normalize) fn joined_by(
    style: &str,
    explode: Option<&Value>,
) -> Option<&'static str> {
    match style {
        "spaceDelimited" => Some("spaces"),
        "pipeDelimited" => Some("`|`"),
        "csv" => Some("commas"),
        "tsv" => Some("tabs"),
        _ if explode == Some(&json!(false)) => Some("commas"),
        _ => None,
    }
}

fn query(
    whole: &Value,
    mut parameter: Map<String, Value>,
    schema: &Value,
    shape: Shape,
    (style, explode): (&str, Option<Value>),
    path: &str,
    report: &mut Report,
) -> Vec<Map<String, Value>> {
    match (shape, joined_by(style, explode.as_ref())) {
        (Shape::Object, _) if style == "deepObject" => {
            report.count();
            return fields(whole, &parameter, schema, path, report);
        }
        (Shape::List, Some(joined_by)) => {
            as_text(&mut parameter, schema, shape, joined_by, path, report);
        }
        (Shape::ListOfOthers, _) => as_text(&mut parameter, schema, shape, "commas", path, report),
        (Shape::Object, Some(_)) => as_text(&mut parameter, schema, shape, "commas", path, report),
        _ => {}
    }
    vec![parameter]
}

/// `filter` with `deepObject` is sent as `filter[name]=...`: one parameter for each field.
fn fields(
    whole: &Value,
    parameter: &Map<String, Value>,
    schema: &Value,
    path: &str,
    report: &mut Report,
) -> Vec<Map<String, Value>> {
    let name = parameter["name"].as_str().unwrap_or_default();
    let properties = schema["properties"].as_object();
    let required = schema["required"].as_array();
    let mut sent = Vec::new();
    for (field, schema) in properties.into_iter().flatten() {
        let inner = resolved(whole, schema);
        let shape = Shape::of(whole, &inner);
        if matches!(shape, Shape::Object | Shape::ListOfOthers) {
            report.notes.push(format!(
                "{path}.schema.properties.{field}: an object in an object, left out"
            ));
            continue;
        }
        let mut one = parameter.clone();
        one.insert("name".into(), json!(format!("{name}[{field}]")));
        one.insert("schema".into(), schema.clone());
        let needed = parameter["required"] == true
            && required.is_some_and(|names| names.iter().any(|name| name == field.as_str()));
        one.insert("required".into(), json!(needed));
        if let Some(description) = inner["description"].as_str() {
            one.insert("description".into(), json!(description));
        }
        sent.push(one);
    }
    if sent.is_empty() {
        report.notes.push(format!(
            "{path} (`{name}`): an object without known fields, left out"
        ));
    }
    sent
}
