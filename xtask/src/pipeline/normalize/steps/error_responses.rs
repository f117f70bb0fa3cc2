//! Removes error responses from the operations, so that every error arrives complete.
//!
//! For a declared error without content, generated code drops the body; for a typed one whose body
//! cannot be parsed, it drops status and headers. Undeclared errors arrive as the untouched
//! response. The error models stay in the components, so their types are still generated.

use anyhow::Result;
use serde_json::Value;

use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::{Context, Report};

/// Removes every response that is not a success, including `default` unless it is the only one.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    each_operation(document, &mut |operation, _| {
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            let before = responses.len();
            // A lone `default` describes the success too.
            let lone = before == 1;
            responses.retain(|status, _| status.starts_with('2') || (lone && status == "default"));
            report.applied += before - responses.len();
        }
    });
    Ok(report)
}
