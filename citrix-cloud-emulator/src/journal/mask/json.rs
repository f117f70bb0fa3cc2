//! Masks secrets in valid JSON.

use serde_json::{Map, Value};

use super::{MASK, text};
use crate::secrets::is_secret_name;

/// Keys of the name in a list of names and values.
const NAMES: [&str; 4] = ["name", "key", "header", "property"];

/// Masks in place, and returns whether there was anything to mask.
pub(super) fn mask(value: &mut Value) -> bool {
    match value {
        Value::Object(fields) => object(fields),
        Value::Array(items) => list(items),
        Value::String(text) => string(text),
        _ => false,
    }
}

fn object(fields: &mut Map<String, Value>) -> bool {
    let names_a_secret = fields.iter().any(|(key, value)| {
        let is_name = NAMES.iter().any(|it| key.eq_ignore_ascii_case(it));
        is_name && value.as_str().is_some_and(is_secret_name)
    });
    let mut found = false;
    for (name, value) in fields.iter_mut() {
        let is_value = ["value", "values"]
            .iter()
            .any(|it| name.eq_ignore_ascii_case(it));
        found |= if is_secret_name(name) || names_a_secret && is_value {
            whole(value)
        } else {
            mask(value)
        };
    }
    found
}

/// Masks a list, in which a secret may follow its name: `["Authorization", "Bearer …"]`.
fn list(items: &mut [Value]) -> bool {
    let mut found = false;
    let mut named = false;
    for item in items {
        found |= if named { whole(item) } else { mask(item) };
        named = item.as_str().is_some_and(is_secret_name);
    }
    found
}

/// Masks the value of a secret. A null or a flag is not secret.
fn whole(value: &mut Value) -> bool {
    if value.is_null() || value.is_boolean() {
        return false;
    }
    *value = Value::from(MASK);
    true
}

/// Masks a string, which may itself be JSON, like the body of a batch item.
fn string(text: &mut String) -> bool {
    let inner = text.trim_start_matches('\u{feff}').trim_start();
    let masked = if inner.starts_with(['{', '[', '"']) {
        match serde_json::from_str::<Value>(inner) {
            Ok(mut value) => super::json(&mut value, text),
            Err(_) => text::masked_fragment(text),
        }
    } else {
        text::masked(text)
    };
    masked.is_some_and(|masked| {
        *text = masked;
        true
    })
}
