//! Validates a body against its model.

use serde_json::Value;

use super::schema::{may_be_null, model, type_of, whole};
use crate::masking::{HIDDEN, is_secret};
use crate::near::near;

/// How many characters of a wrong value are shown.
const SHOWN: usize = 40;

/// Returns whether a body of a model requires a secret.
pub(crate) fn needs_secret(model_name: &str) -> bool {
    let schema = whole(&model(model_name).unwrap_or_default());
    let required = schema["required"].as_array().into_iter().flatten();
    required.filter_map(Value::as_str).any(is_secret)
}

/// A problem at one place of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The path of property names, as for `--set`; empty for the body itself.
    pub(super) path: String,
    /// The expected value, unless it is missing.
    wrong: Option<String>,
}

impl Problem {
    /// Returns whether a required property is missing.
    pub(super) fn is_missing(&self) -> bool {
        self.wrong.is_none()
    }

    /// Describes the problem; `body` is the name of the body itself.
    pub(super) fn words(&self, body: &str) -> String {
        let place = match (body, self.path.as_str()) {
            ("", "") => "the body".to_owned(),
            ("", path) => format!("`{path}`"),
            (body, "") => format!("`{body}`"),
            (body, path) => format!("`{body}.{path}`"),
        };
        match &self.wrong {
            Some(wrong) => format!("{place} {wrong}"),
            None => format!("{place} is missing"),
        }
    }
}

/// Returns everything in a body that its model does not allow, in the order of the body.
pub(super) fn body(model_name: &str, body: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let schema = model(model_name).unwrap_or_default();
    value(body, &schema, "", &mut problems);
    problems
}

fn value(found: &Value, schema: &Value, path: &str, problems: &mut Vec<Problem>) {
    if found.is_null() && may_be_null(schema) {
        return;
    }
    let schema = whole(schema);
    let needed = match (type_of(&schema), found) {
        ("object", Value::Object(_)) => return object(found, &schema, path, problems),
        ("array", Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                let place = below(path, &at.to_string());
                value(item, &schema["items"], &place, problems);
            }
            return;
        }
        ("string", Value::String(text)) => return one_of(text, &schema, path, problems),
        ("integer", Value::Number(number)) if !number.is_f64() => return,
        ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) => return,
        ("object", _) => "an object",
        ("array", _) => "a list",
        ("string", _) => "text",
        ("integer", _) => "a whole number",
        ("number", _) => "a number",
        ("boolean", _) => "true or false",
        _ => return,
    };
    let found = shown(found, path);
    problems.push(wrong(path, format!("must be {needed}, not {found}")));
}

fn object(found: &Value, schema: &Value, path: &str, problems: &mut Vec<Problem>) {
    let known = schema["properties"].as_object();
    let others = &schema["additionalProperties"];
    for (name, it) in found.as_object().into_iter().flatten() {
        let place = below(path, name);
        match known.and_then(|known| known.get(name)) {
            Some(property) => value(it, property, &place, problems),
            None if others.is_object() => value(it, others, &place, problems),
            None if known.is_none() || others == true => {}
            None => {
                let names = known.into_iter().flatten().map(|(name, _)| name.as_str());
                let near = near(name, names);
                let meant = match near.is_empty() {
                    true => String::new(),
                    false => format!(" (did you mean {}?)", near.join(" or ")),
                };
                problems.push(wrong(&place, format!("is not a known property{meant}")));
            }
        }
    }
    let required = schema["required"].as_array().into_iter().flatten();
    let required = required.filter_map(Value::as_str);
    let missing = required.filter(|name| found.get(name).is_none());
    problems.extend(missing.map(|name| Problem {
        path: below(path, name),
        wrong: None,
    }));
}

fn one_of(text: &str, schema: &Value, path: &str, problems: &mut Vec<Problem>) {
    let Some(values) = schema["enum"].as_array() else {
        return;
    };
    let known: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    if known.contains(&text) {
        return;
    }
    let near = near(text, known.iter().copied());
    let offered = match near.is_empty() {
        true => known.join(", "),
        false => format!("{}, …", near.join(", ")),
    };
    let found = shown(&Value::from(text), path);
    problems.push(wrong(
        path,
        format!("must be one of {offered}, not {found}"),
    ));
}

fn wrong(path: &str, words: String) -> Problem {
    Problem {
        path: path.to_owned(),
        wrong: Some(words),
    }
}

fn below(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// Describes a value: its start, or its type if it is long, and nothing of a secret.
fn shown(found: &Value, path: &str) -> String {
    match found {
        Value::Null => "null".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        _ if path.rsplit('.').next().is_some_and(is_secret) => HIDDEN.to_owned(),
        simple => {
            let text = simple.to_string().replace('`', "'");
            match text.char_indices().nth(SHOWN) {
                Some((end, _)) => format!("`{}…`", text.split_at(end).0),
                None => format!("`{text}`"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(model_name: &str, it: &Value) -> Vec<String> {
        body(model_name, it).iter().map(|it| it.words("")).collect()
    }

    #[test]
    fn a_body_is_checked_against_its_model() {
        let fits = json!({ "Role": "Help Desk", "Scope": "All" });
        assert_eq!(body("AdminRightRequestModel", &fits), []);
        for (given, expected) in [
            (json!({ "Role": "Help Desk" }), &["`Scope` is missing"][..]),
            (
                json!({ "Role": 1, "Scope": null }),
                &[
                    "`Role` must be text, not `1`",
                    "`Scope` must be text, not null",
                ],
            ),
            (json!([]), &["the body must be an object, not a list"]),
            (
                json!({ "Role": "a", "Scop": "All" }),
                &[
                    "`Scop` is not a known property (did you mean Scope?)",
                    "`Scope` is missing",
                ],
            ),
        ] {
            assert_eq!(problems("AdminRightRequestModel", &given), expected);
        }
        let access = |it: Value| problems("AddApplicationsRequestModel", &it);
        assert_eq!(
            access(json!({ "ExistingApplications": ["a", 7] })),
            ["`ExistingApplications.1` must be text, not `7`"]
        );
        let nested = access(json!({ "NewApplications": [{ "Nam": "x" }] }));
        assert_eq!(
            nested.first().map(String::as_str),
            Some("`NewApplications.0.Nam` is not a known property (did you mean Name?)"),
        );
    }

    #[test]
    fn an_undocumented_value_is_shown_with_the_documented_ones() {
        let kind = json!({ "accessType": "full", "policies": [] });
        assert_eq!(
            problems("AdministratorAccessModel", &kind),
            ["`accessType` must be one of Full, …, not `\"full\"`"]
        );
        let long = json!({ "accessType": "x".repeat(50) });
        let words = problems("AdministratorAccessModel", &long).join("\n");
        let cut = format!("not `\"{}…`", "x".repeat(SHOWN - 1));
        assert!(words.contains("Full, Custom, Reinvite"), "{words}");
        assert!(words.ends_with(&cut), "{words}");
    }

    #[test]
    fn a_place_in_a_body_is_named_as_the_body_spells_it() {
        let of = |it: Value| {
            let problems = body("AdminRightRequestModel", &it);
            problems.first().map(|it| it.words("body"))
        };
        assert_eq!(
            of(json!({ "Role": 1 })).unwrap(),
            "`body.Role` must be text, not `1`"
        );
        assert_eq!(of(json!(1)).unwrap(), "`body` must be an object, not `1`");
    }

    #[test]
    fn every_example_fits_its_model() {
        let models = super::super::all().iter().filter_map(|it| it.body.as_ref());
        for model in models.map(|it| it.model) {
            let schema = super::super::document(model).unwrap();
            let found = problems(model, &schema["examples"][0]);
            assert_eq!(found, [] as [&str; 0], "{model}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(shown(&json!(1234), "AdminCredential.Password"), HIDDEN);
        assert_eq!(shown(&json!(1234), "Passwords.Count"), "`1234`");
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
