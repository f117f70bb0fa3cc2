//! JSON pointers in references: escaped, then percent-encoded as part of a URL.

use serde_json::Value;

/// How many references may be followed in a row; more are a cycle.
const MOST_STEPS: usize = 32;

/// Follows a value that may be a reference; `None` if the target does not exist.
#[must_use]
pub fn follow<'a>(document: &'a Value, value: &'a Value) -> Option<&'a Value> {
    let mut value = value;
    for _ in 0..MOST_STEPS {
        match value.get("$ref").and_then(Value::as_str) {
            None => return Some(value),
            Some(reference) => {
                value = document.pointer(&decoded(reference.strip_prefix('#')?))?;
            }
        }
    }
    None
}

/// Decodes percent-encoding; anything that is not valid stays as it is.
#[must_use]
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text
            .get(at + 1..at + 3)
            .filter(|_| bytes[at] == b'%')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// Escapes a name as one part of a JSON pointer.
#[must_use]
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
