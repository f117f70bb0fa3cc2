//! A body, from a file and from `--set Name=value`.

use serde_json::{Map, Value};

use super::schema::{may_be_null, model, type_of, whole};
use crate::near::near;

/// Builds a body of `model`: `base`, or an empty object, with `properties` in it. Nothing at all where
/// neither is given.
///
/// # Errors
///
/// Words that name the property and say what is wrong with it.
pub(super) fn build(
    model_name: &str,
    base: Option<Value>,
    properties: &[(String, String)],
) -> Result<Option<Value>, String> {
    let schema = model(model_name).unwrap_or_default();
    let whole_file = base.is_some();
    if !whole_file && properties.is_empty() {
        return Ok(None);
    }
    let mut body = base.unwrap_or_else(|| Value::Object(Map::new()));
    for (path, text) in properties {
        let parts: Vec<&str> = path.split('.').collect();
        set(&mut body, &schema, &parts, text, model_name)
            .map_err(|words| format!("--set {path}: {words}"))?;
    }
    if !whole_file {
        let missing = missing(&body, &schema);
        if !missing.is_empty() {
            return Err(format!(
                "the body needs {}; set each with --set",
                missing.join(", ")
            ));
        }
    }
    Ok(Some(body))
}

/// The properties that must be there and are not.
fn missing(body: &Value, schema: &Value) -> Vec<String> {
    let required = whole(schema)["required"].clone();
    let required = required.as_array().into_iter().flatten();
    let names = required.filter_map(Value::as_str);
    names
        .filter(|name| body.get(*name).is_none())
        .map(|name| format!("`{name}`"))
        .collect()
}

fn set(
    at: &mut Value,
    schema: &Value,
    path: &[&str],
    text: &str,
    model_name: &str,
) -> Result<(), String> {
    let Some((name, rest)) = path.split_first() else {
        return put(at, schema, text);
    };
    let schema = whole(schema);
    match type_of(&schema) {
        "array" => {
            let index: usize = name
                .parse()
                .map_err(|_| format!("a list, so `{name}` must be an index, starting at 0"))?;
            let list = list(at)?;
            if index > list.len() {
                return Err(format!(
                    "item {index} comes before there is an item {}",
                    list.len()
                ));
            }
            if index == list.len() {
                list.push(Value::Null);
            }
            set(&mut list[index], &schema["items"], rest, text, model_name)
        }
        "object" | "" => {
            let (name, property) = property(&schema, name, model_name)?;
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            let object = at
                .as_object_mut()
                .ok_or("not an object, so it has no properties")?;
            let value = object.entry(name).or_insert(Value::Null);
            set(value, &property, rest, text, model_name)
        }
        other => Err(format!("a {other}, which has no `{name}`")),
    }
}

fn list(at: &mut Value) -> Result<&mut Vec<Value>, String> {
    if at.is_null() {
        *at = Value::Array(Vec::new());
    }
    at.as_array_mut().ok_or_else(|| "no list".to_owned())
}

/// A property by its name in any case, with its schema. An object of any properties takes all names.
fn property(schema: &Value, name: &str, model_name: &str) -> Result<(String, Value), String> {
    let known = schema["properties"].as_object();
    let mut named = known.into_iter().flatten();
    if let Some((wire, schema)) = named.find(|(wire, _)| wire.eq_ignore_ascii_case(name)) {
        return Ok((wire.clone(), schema.clone()));
    }
    let others = &schema["additionalProperties"];
    if known.is_none() || others.is_object() || others == true {
        return Ok((name.to_owned(), others.clone()));
    }
    let names = known.into_iter().flatten().map(|(name, _)| name.as_str());
    let alike = near(name, names);
    let suggestion = match alike.is_empty() {
        true => "--schema lists them".to_owned(),
        false => format!("did you mean {}?", alike.join(", ")),
    };
    Err(format!("{model_name} has no `{name}`; {suggestion}"))
}

/// Puts a value in its place; a list grows by it.
fn put(at: &mut Value, schema: &Value, text: &str) -> Result<(), String> {
    let nullable = may_be_null(schema);
    let schema = whole(schema);
    if text == "null" && (nullable || type_of(&schema) != "string") {
        *at = Value::Null;
        return Ok(());
    }
    if type_of(&schema) == "array" && !text.starts_with('[') {
        let item = value(&schema["items"], text)?;
        list(at)?.push(item);
        return Ok(());
    }
    *at = value(&schema, text)?;
    Ok(())
}

fn value(schema: &Value, text: &str) -> Result<Value, String> {
    let schema = whole(schema);
    let json = || serde_json::from_str::<Value>(text);
    match type_of(&schema) {
        "integer" => match text.parse::<i64>() {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(format!("`{text}` is not a whole number")),
        },
        "number" => match json() {
            Ok(Value::Number(number)) => Ok(Value::Number(number)),
            _ => Err(format!("`{text}` is not a number")),
        },
        "boolean" => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(format!("`{text}` is neither true nor false")),
        },
        "string" => {
            // In quotes of JSON, text is taken as it is: also `null`, and values that nobody listed.
            if let Ok(Value::String(quoted)) = json() {
                return Ok(quoted.into());
            }
            one_of(&schema, text)
        }
        "array" | "object" => json().map_err(|error| format!("not valid JSON: {error}")),
        _ => Ok(json().unwrap_or_else(|_| text.into())),
    }
}

/// Text as it is, or one of the listed values in its own case.
fn one_of(schema: &Value, text: &str) -> Result<Value, String> {
    let Some(values) = schema["enum"].as_array() else {
        return Ok(text.into());
    };
    let mut known = values.iter().filter_map(Value::as_str);
    if let Some(value) = known.clone().find(|it| it.eq_ignore_ascii_case(text)) {
        return Ok(value.into());
    }
    let alike = near(text, known.clone());
    let offered = match alike.is_empty() {
        true => known.by_ref().collect::<Vec<_>>().join(", "),
        false => alike.join(", "),
    };
    Err(format!(
        "`{text}` is not one of the documented values; did you mean {offered}? To send it anyway, put it in double quotes"
    ))
}
