//! Makes the success response apply to every 2xx status.
//!
//! Generated code matches only the declared status. If a service responded with 201 where the
//! document says 200, a write that worked would become an error.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::{Context, Report};

/// Declares the single success of each operation as `2XX`.
///
/// # Errors
///
/// If an operation has several successes, which would need a type of their own; the error names it.
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
