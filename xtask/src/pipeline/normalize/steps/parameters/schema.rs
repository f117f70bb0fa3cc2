//! Ensures that every parameter has a schema.

use serde_json::{Map, Value, json};

use super::Report;
use crate::pipeline::normalize::media::{Kind, kind};

/// Replaces `content`, or a missing schema, by a schema that can be sent.
pub(super) fn apply(
    parameter: &mut Map<String, Value>,
    written: &Value,
    path: &str,
    report: &mut Report,
) {
    let content = parameter.shift_remove("content");
    if parameter.get("schema").is_some_and(Value::is_object) {
        return;
    }
    report.count();
    let media = content
        .as_ref()
        .and_then(Value::as_object)
        .and_then(|content| content.iter().next());
    if let Some((media, _)) = media {
        let form = match kind(media) {
            Kind::Json => "as JSON text".to_owned(),
            _ => format!("as text of type `{media}`"),
        };
        report
            .notes
            .push(format!("{path}.content: the caller passes it {form}"));
        let described = parameter.get("description").and_then(Value::as_str);
        let description = format!("{} Pass it {form}.", described.unwrap_or_default());
        parameter.insert("description".into(), json!(description.trim()));
        parameter.insert("schema".into(), json!({ "type": "string" }));
        return;
    }
    // In Swagger 2.0, the type is next to the name, and so it is in some later documents.
    let mut schema = Map::new();
    for key in ["type", "format", "enum", "items", "nullable"] {
        if let Some(value) = written.get(key) {
            schema.insert(key.into(), value.clone());
        }
    }
    if !schema.get("type").is_some_and(Value::is_string) {
        schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        report
            .notes
            .push(format!("{path}: has no `schema`, sent as text"));
    }
    parameter.insert("schema".into(), Value::Object(schema));
}
