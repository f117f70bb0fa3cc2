//! Cleans up titles, summaries and descriptions so that they can be doc comments.
//!
//! The generator copies them as they are, but the compiler rejects two things that editors and
//! clipboards leave in documents: a carriage return without a line feed, and marks that change the
//! direction of text, with which a reader sees another order than the compiler. Other control
//! characters are useless there.

use anyhow::Result;
use serde_json::Value;

use crate::pipeline::normalize::{Context, Report};
use crate::pipeline::rewrite::unseen;

const READ: [&str; 3] = ["title", "summary", "description"];

/// Ends lines with a line feed only, and removes invisible characters.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    each_text(document, &mut report);
    Ok(report)
}

fn each_text(value: &mut Value, report: &mut Report) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if READ.contains(&key.as_str()) => mend(text, report),
                    _ => each_text(value, report),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_text(value, report)),
        _ => {}
    }
}

fn mend(text: &mut String, report: &mut Report) {
    if text.contains(unseen) {
        *text = text.replace("\r\n", "\n").replace('\r', "\n");
        text.retain(|c| !unseen(c));
        report.count();
    }
}
