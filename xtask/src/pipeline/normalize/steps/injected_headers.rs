//! Removes headers that the pipeline sets, so that callers need not pass them.

use anyhow::Result;
use serde_json::Value;

use crate::pipeline::document::resolve;
use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::{Context, Report};

/// Removes parameters that declare such a header, inline or by `$ref`.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, context: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let whole = document.clone();
    let injected = |parameter: &Value| {
        let parameter = parameter["$ref"]
            .as_str()
            .and_then(|reference| resolve(&whole, reference))
            .unwrap_or(parameter);
        parameter["in"] == "header"
            && parameter["name"].as_str().is_some_and(|name| {
                context
                    .injected_headers
                    .iter()
                    .any(|header| header.eq_ignore_ascii_case(name))
            })
    };
    let mut prune = |parameters: Option<&mut Value>| {
        if let Some(Value::Array(parameters)) = parameters {
            let before = parameters.len();
            parameters.retain(|parameter| !injected(parameter));
            report.applied += before - parameters.len();
        }
    };
    each_operation(document, &mut |operation, _| {
        prune(operation.get_mut("parameters"));
    });
    if let Some(paths) = document["paths"].as_object_mut() {
        for item in paths.values_mut() {
            prune(item.get_mut("parameters"));
        }
    }
    Ok(report)
}
