//! What a model may turn out to be is not lost, listed or not.
//!
//! The generator knows no discriminators. Alternatives become one type with the fields of all
//! ([`super::combined`]), whose discriminator is a field like any other; a model that others extend
//! stays what it is. An object that turns out to be something the document does not list, or one of
//! the models that extend the named one, has more fields: they are kept in `extra`, and written
//! again.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::pipeline::normalize::schemas::each_schema;
use crate::pipeline::normalize::{Context, Report};

/// Lets each schema with a discriminator have any other field.
///
/// # Errors
///
/// None; the signature is that of every step.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    each_schema(document, &mut |schema, path| {
        let Some(discriminator) = schema.shift_remove("discriminator") else {
            return;
        };
        if discriminator.is_null() || !is_object(schema) {
            return;
        }
        report.count();
        // Swagger 2.0 has the name alone.
        let name = discriminator
            .as_str()
            .or_else(|| discriminator["propertyName"].as_str());
        report.notes.push(format!(
            "{path}.discriminator: read `{}` to tell what it is; fields of others are in `extra`",
            name.unwrap_or("its field")
        ));
        schema.insert("additionalProperties".into(), json!({}));
    });
    Ok(report)
}

/// Whether the schema describes objects, or chooses from several.
fn is_object(schema: &Map<String, Value>) -> bool {
    let parts = ["properties", "oneOf", "anyOf", "allOf"];
    schema.get("type") == Some(&json!("object"))
        || parts.iter().any(|key| schema.contains_key(*key))
}
