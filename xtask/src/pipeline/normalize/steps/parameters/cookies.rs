//! Replaces cookie parameters, which the generator rejects, by one header that the caller writes.

use serde_json::{Map, Value, json};

use super::Report;

const HEADER: &str = "Cookie";

/// Returns the header that replaces a cookie.
pub(super) fn header(
    name: &str,
    cookie: &Value,
    path: &str,
    report: &mut Report,
) -> Map<String, Value> {
    report.count();
    report.notes.push(format!(
        "{path} (`{name}`): the caller passes it in the header `{HEADER}`, as `{name}=...`"
    ));
    let about = cookie["description"].as_str().unwrap_or_default();
    let line = format!("`{name}=...` {about}");
    Map::from_iter([
        ("name".to_owned(), json!(HEADER)),
        ("in".to_owned(), json!("header")),
        ("required".to_owned(), json!(cookie["required"] == true)),
        ("description".to_owned(), json!(line.trim())),
        ("schema".to_owned(), json!({ "type": "string" })),
    ])
}

/// Adds another cookie to the header; returns false if there is no header yet, or if this is not a
/// cookie.
pub(super) fn join(kept: &mut [Map<String, Value>], more: &Map<String, Value>) -> bool {
    let is_header =
        |parameter: &Map<String, Value>| parameter["in"] == "header" && parameter["name"] == HEADER;
    if !is_header(more) {
        return false;
    }
    let Some(known) = kept.iter_mut().find(|other| is_header(other)) else {
        return false;
    };
    let text = |parameter: &Map<String, Value>| {
        let text = parameter.get("description").and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (old, new) = (text(known), text(more));
    if !old.contains(&new) {
        known.insert("description".into(), json!(format!("{old}; {new}")));
    }
    if more["required"] == true {
        known.insert("required".into(), json!(true));
    }
    true
}
