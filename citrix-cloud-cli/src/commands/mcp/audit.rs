//! The audit file, which records every call and its outcome.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::tool_result::filled;
use crate::errors::ErrorReport;
use crate::exit::Failure;
use crate::masking::hide;
use crate::output::harmless;
use crate::profiles::append_private;

/// The name of the file in the user's state folder.
pub(super) const NAME: &str = "mcp-audit.jsonl";

/// A file with one line of JSON per call, and one more before and after each change.
#[derive(Debug)]
pub(super) struct Audit {
    path: PathBuf,
    file: Mutex<File>,
}

impl Audit {
    /// Opens the file for appending.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or others may read it.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(append_private(path)?),
        })
    }

    /// Appends a line.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(super) fn write(&self, entry: &Entry<'_>) -> Result<(), Failure> {
        let line = format!("{}\n", harmless(&entry.line(Timestamp::now()).to_string()));
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes()).map_err(|error| {
            Failure::Machine(io::Error::new(
                error.kind(),
                format!(
                    "cannot write the audit file {}: {error}",
                    self.path.display()
                ),
            ))
        })
    }
}

/// The content of a line.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) tool: &'a str,
    pub(super) arguments: &'a Map<String, Value>,
    pub(super) status: &'static str,
    pub(super) plan: Option<&'a str>,
    /// The transactions of requests sent since the previous line of the same call.
    pub(super) transactions: Vec<String>,
    /// Further details: for a failure, its reason.
    pub(super) more: Value,
}

impl Entry<'_> {
    fn line(&self, now: Timestamp) -> Value {
        let mut arguments = Value::Object(self.arguments.clone());
        hide(&mut arguments);
        let mut line = json!({
            "time": now.to_string(),
            "tool": self.tool,
            "arguments": arguments,
            "status": self.status,
        });
        if let Some(plan) = self.plan {
            line["plan_id"] = json!(plan);
        }
        if !self.transactions.is_empty() {
            line["transaction_ids"] = json!(self.transactions);
        }
        if let (Some(line), Value::Object(more)) = (line.as_object_mut(), &self.more) {
            line.extend(more.clone());
        }
        line
    }
}

/// Returns the part of an error that the audit file records.
pub(super) fn error_line(report: &ErrorReport) -> Value {
    let report = report.json();
    filled(json!({
        "error": report["what"],
        "why": report["why"],
        "http_status": report["status"],
        "transaction_id": report["transaction_id"],
    }))
}
