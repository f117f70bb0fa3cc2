//! The success response counts for every 2xx status.
//!
//! The generated code matches the declared status alone; a service that says 201 where the document
//! says 200 would otherwise turn a write that worked into an error.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::{Context, Report};

/// Declares the one success response of each operation as `2XX`.
///
/// # Errors
///
/// Names the operation that has several success responses: they would need a type of their own.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let mut several = None;
    each_operation(document, &mut |operation, path| {
        let Some(Value::Object(responses)) = operation.get_mut("responses") else {
            return;
        };
        if responses.len() > 1 {
            let statuses: Vec<&str> = responses.keys().map(String::as_str).collect();
            several.get_or_insert(format!(
                "at `{path}.responses`: several success responses ({}); keep the one whose body \
                 callers need",
                statuses.join(", ")
            ));
            return;
        }
        let declared = std::mem::take(responses).into_iter().next();
        let mut response = declared.map_or_else(|| json!({}), |(_, response)| response);
        if response
            .get("description")
            .or(response.get("$ref"))
            .is_none()
        {
            response["description"] = json!("Success.");
        }
        responses.insert("2XX".into(), response);
        report.count();
    });
    match several {
        Some(message) => bail!(message),
        None => Ok(report),
    }
}
