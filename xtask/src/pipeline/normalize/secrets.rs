//! Fields marked `format: password` get a type whose `Debug` shows nothing.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::schemas::each_schema;
use super::{Context, Report};

/// The component that [`crate::pipeline::generate`] maps onto `citrix_cloud_gen::Secret`.
pub const COMPONENT: &str = "Secret";

/// Makes each secret string a reference to [`COMPONENT`], which it keeps its description beside.
///
/// # Errors
///
/// When the document has a schema of that name already.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    each_schema(document, &mut |schema, _| {
        if schema.get("format") == Some(&json!("password")) {
            schema.retain(|key, _| key == "description" || key == "nullable");
            schema.insert(
                "allOf".into(),
                json!([{ "$ref": format!("#/components/schemas/{COMPONENT}") }]),
            );
            report.count();
        }
    });
    if report.applied > 0 {
        ensure!(
            document["components"]["schemas"][COMPONENT].is_null(),
            "at `components.schemas.{COMPONENT}`: the name is taken by the type of secret fields; \
             rename the schema"
        );
        document["components"]["schemas"][COMPONENT] = json!({ "type": "string" });
    }
    Ok(report)
}
