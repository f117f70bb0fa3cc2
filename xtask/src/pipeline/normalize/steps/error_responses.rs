//! Error responses leave the generated operations, so that every one arrives whole.
//!
//! A declared error without content makes the generated code drop the body, and a typed one whose
//! body does not parse loses status and headers. Undeclared ones arrive as the untouched response.
//! Their shapes stay among the components, so the types are still generated.

use anyhow::Result;
use serde_json::Value;

use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::{Context, Report};

/// Removes every response that is not a success, `default` included unless it is the only one.
///
/// # Errors
///
/// None; the signature is that of every step.
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
