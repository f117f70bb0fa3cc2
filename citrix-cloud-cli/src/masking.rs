//! Recognizes secret properties by their names, and hides their values.

use serde_json::Value;

/// Shown in place of a secret.
pub(crate) const HIDDEN: &str = "***";

/// Words in names of secret properties, in lower case.
const SECRET: [&str; 8] = [
    "password",
    "secret",
    "secretkey",
    "privatekey",
    "apikey",
    "credential",
    "credentials",
    "token",
];

/// Returns whether only the service may see a property's value: its name ends with such a word.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET.iter().any(|it| name.ends_with(it)) && name != "continuationtoken"
}

/// Hides every text that may be secret: its property's name contains such a word.
pub(crate) fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.to_lowercase();
                match value {
                    Value::String(text) if SECRET.iter().any(|it| name.contains(it)) => {
                        HIDDEN.clone_into(text);
                    }
                    other => hide(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secret_fields_are_hidden_at_any_depth() {
        for name in SECRET {
            let mut body = json!({ "List": [{ name: "hush" }], "Name": "shown" });
            assert!(is_secret(name), "{name}");
            hide(&mut body);
            assert_eq!(body, json!({ "List": [{ name: HIDDEN }], "Name": "shown" }));
        }
    }
}
