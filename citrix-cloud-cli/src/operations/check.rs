//! Whether a body is one of its model.

use serde_json::Value;

use super::schema::{may_be_null, model, type_of, whole};
use crate::masking::is_secret;
use crate::near::near;

/// Whether a body of a model cannot do without a secret.
pub(crate) fn needs_secret(model_name: &str) -> bool {
    let schema = whole(&model(model_name).unwrap_or_default());
    let required = schema["required"].as_array().into_iter().flatten();
    required.filter_map(Value::as_str).any(is_secret)
}

/// Holds that a body is one of its model.
///
/// # Errors
///
/// Words that name the property and say what is wrong with it.
pub(super) fn body(model_name: &str, body: &Value) -> Result<(), String> {
    let schema = model(model_name).unwrap_or_default();
    value(body, &schema, "body", model_name)
}

fn value(found: &Value, schema: &Value, place: &str, model_name: &str) -> Result<(), String> {
    if found.is_null() && may_be_null(schema) {
        return Ok(());
    }
    let name = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
    let model_name = name.unwrap_or(model_name);
    let schema = whole(schema);
    let needs = |words: &str| Err(format!("`{place}` needs {words}"));
    match (type_of(&schema), found) {
        ("object", Value::Object(_)) => object(found, &schema, place, model_name),
        ("object", _) => needs("an object"),
        ("array", Value::Array(items)) => items.iter().enumerate().try_for_each(|(at, item)| {
            value(item, &schema["items"], &format!("{place}.{at}"), model_name)
        }),
        ("array", _) => needs("a list"),
        ("string", Value::String(text)) => one_of(text, &schema, place),
        ("string", _) => needs("a text"),
        ("integer", Value::Number(number)) if !number.is_f64() => Ok(()),
        ("integer", _) => needs("a whole number"),
        ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) => Ok(()),
        ("number", _) => needs("a number"),
        ("boolean", _) => needs("true or false"),
        _ => Ok(()),
    }
}

fn object(found: &Value, schema: &Value, place: &str, model_name: &str) -> Result<(), String> {
    let known = schema["properties"].as_object();
    let others = &schema["additionalProperties"];
    for (name, it) in found.as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        match known.and_then(|known| known.get(name)) {
            Some(property) => value(it, property, &place, model_name)?,
            None if others.is_object() => value(it, others, &place, model_name)?,
            None if known.is_none() || others == true => {}
            None => {
                let names = known.into_iter().flatten().map(|(name, _)| name.as_str());
                let near = near(name, names);
                return Err(match near.is_empty() {
                    true => format!("{model_name} has no `{name}`, which is `{place}`"),
                    false => format!(
                        "{model_name} has no `{name}`, which is `{place}`; did you mean {}?",
                        near.join(" or ")
                    ),
                });
            }
        }
    }
    let required = schema["required"].as_array().into_iter().flatten();
    let mut required = required.filter_map(Value::as_str);
    match required.find(|name| found.get(name).is_none()) {
        Some(name) => Err(format!("`{place}` needs `{name}`")),
        None => Ok(()),
    }
}

fn one_of(text: &str, schema: &Value, place: &str) -> Result<(), String> {
    let Some(values) = schema["enum"].as_array() else {
        return Ok(());
    };
    let known: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    match known.contains(&text) {
        true => Ok(()),
        false => Err(format!(
            "`{place}` is `{text}`; it can be {}",
            known.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_held_against_its_model() {
        let tag = |it: Value| body("AdminRightRequestModel", &it);
        assert_eq!(tag(json!({ "Role": "Help Desk", "Scope": "All" })), Ok(()));
        for (given, words) in [
            (json!({ "Role": "Help Desk" }), "`body` needs `Scope`"),
            (
                json!({ "Role": 1, "Scope": "All" }),
                "`body.Role` needs a text",
            ),
            (json!([]), "`body` needs an object"),
            (
                json!({ "Role": "a", "Scop": "All" }),
                "AdminRightRequestModel has no `Scop`, which is `body.Scop`; did you mean Scope?",
            ),
        ] {
            assert_eq!(tag(given).unwrap_err(), words);
        }
        let access = |it: Value| body("AddApplicationsRequestModel", &it);
        assert_eq!(
            access(json!({ "ExistingApplications": ["a", 7] })).unwrap_err(),
            "`body.ExistingApplications.1` needs a text"
        );
        assert!(
            access(json!({ "NewApplications": [{ "Nam": "x" }] }))
                .unwrap_err()
                .starts_with("CreateApplicationRequestModel has no `Nam`"),
        );
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in [
            "Password",
            "ApiKey",
            "NewPassword",
            "AccountSecret",
            "token",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "PasswordFormat",
            "SecretExpiryTime",
            "ContinuationToken",
            "Name",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
