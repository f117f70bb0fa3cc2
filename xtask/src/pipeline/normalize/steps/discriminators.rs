//! Keeps all fields of models with a discriminator, whatever the actual type turns out to be.
//!
//! The generator ignores discriminators. Alternatives become one type with the fields of all
//! ([`super::combined`]), including the discriminator; a model that others extend stays as it is.
//! An object of an unlisted type, or of a type that extends the named one, has more fields. They
//! are kept in `extra`, and written again.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::pipeline::normalize::schemas::each_schema;
use crate::pipeline::normalize::{Context, Report};

/// Lets each schema with a discriminator have additional fields.
///
/// # Errors
///
/// Never; all steps have this signature.
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
        // In Swagger 2.0, it is only the name.
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

/// Returns whether the schema is an object, or a choice between several.
fn is_object(schema: &Map<String, Value>) -> bool {
    let parts = ["properties", "oneOf", "anyOf", "allOf"];
    schema.get("type") == Some(&json!("object"))
        || parts.iter().any(|key| schema.contains_key(*key))
}
