//! Fields marked `format: password` get a type whose `Debug` shows nothing.

use anyhow::Result;
use serde_json::{Value, json};

use super::schemas::each_schema;
use super::{Context, Report};

/// The component that [`crate::generate`] maps onto `citrix_cloud_gen::Secret`.
pub const COMPONENT: &str = "Secret";

/// Replaces each secret string by a reference to [`COMPONENT`].
///
/// # Errors
///
/// None; the signature is that of every step.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    each_schema(document, &mut |schema, _| {
        if schema.get("format") == Some(&json!("password")) {
            schema.clear();
            schema.insert(
                "$ref".into(),
                json!(format!("#/components/schemas/{COMPONENT}")),
            );
            report.count();
        }
    });
    if report.applied > 0 {
        document["components"]["schemas"][COMPONENT] = json!({ "type": "string" });
    }
    Ok(report)
}
