//! The success answer counts for every 2xx status.
//!
//! The generated code matches the declared status alone; a service that says 201 where the document
//! says 200 would otherwise turn a write that worked into an error.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::{Context, Report};

/// Declares the one success answer of each operation as `2XX`.
///
/// # Errors
///
/// Names the operation that has several success answers: they would need a type of their own.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let mut several = None;
    each_operation(document, &mut |operation, path| {
        let Some(Value::Object(answers)) = operation.get_mut("responses") else {
            return;
        };
        if answers.len() > 1 {
            let statuses: Vec<&str> = answers.keys().map(String::as_str).collect();
            several.get_or_insert(format!(
                "at `{path}.responses`: several success answers ({}); keep the one whose body \
                 callers need",
                statuses.join(", ")
            ));
            return;
        }
        let declared = std::mem::take(answers).into_iter().next();
        let mut answer = declared.map_or_else(|| json!({}), |(_, answer)| answer);
        if answer.get("description").or(answer.get("$ref")).is_none() {
            answer["description"] = json!("Success.");
        }
        answers.insert("2XX".into(), answer);
        report.count();
    });
    match several {
        Some(message) => bail!(message),
        None => Ok(report),
    }
}
