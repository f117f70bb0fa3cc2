//! The file that says what was called, and what came of it.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::tool_result::filled;
use crate::errors::Told;
use crate::exit::Failure;
use crate::masking::hide;
use crate::output::harmless;
use crate::profiles::append_private;

/// The name of the file in the user's folder.
pub(super) const NAME: &str = "mcp-audit.jsonl";

/// A file with a line of JSON for each call, and one more before and after each change.
#[derive(Debug)]
pub(super) struct Audit {
    path: PathBuf,
    file: Mutex<File>,
}

impl Audit {
    /// Opens the file to add to it.
    ///
    /// # Errors
    ///
    /// When it cannot be written to, or others may read it.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(append_private(path)?),
        })
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
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

/// What a line says.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) tool: &'a str,
    pub(super) arguments: &'a Map<String, Value>,
    pub(super) status: &'static str,
    pub(super) plan: Option<&'a str>,
    /// Those of the requests that were sent since the last line of the same call.
    pub(super) transactions: Vec<String>,
    /// What else is to be known: of what failed, why.
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

/// What failed, as far as the audit file tells it.
pub(super) fn error_line(told: &Told) -> Value {
    let told = told.json();
    filled(json!({
        "error": told["what"],
        "why": told["why"],
        "http_status": told["status"],
        "transaction_id": told["transaction_id"],
    }))
}
