//! Preparation: what the generator cannot take, or takes wrongly, is rewritten before it sees it.
//!
//! Each step is a module of its own that says which limit it answers. The steps work on JSON
//! values; [`prepare`] runs them in order and hands on an [`openapiv3::OpenAPI`].

use anyhow::{Result, anyhow};
use openapiv3::OpenAPI;
use serde_json::Value;

use crate::config::Module;

pub mod error_answers;
pub mod injected_headers;
pub mod lower;
pub mod plain_values;
pub mod reach;
pub mod schemas;
pub mod secrets;
pub mod success_answer;
pub mod tolerant_reads;

/// What the steps need to know besides the document.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Headers that the transport sets.
    pub injected_headers: &'a [String],
    /// The module that is made.
    pub module: &'a Module,
}

/// What one step did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// How often it applied.
    pub applied: usize,
    /// What it could not keep exactly, with its JSON path.
    pub notes: Vec<String>,
}

impl Report {
    fn count(&mut self) {
        self.applied += 1;
    }

    fn left_out(&mut self, path: &str) {
        self.notes
            .push(format!("{path}: left out, OpenAPI 3.0 has no counterpart"));
    }
}

/// One preparation step.
#[derive(Clone, Copy)]
pub struct Step {
    /// Its name in reports and snapshots.
    pub name: &'static str,
    /// What it does.
    pub run: fn(&mut Value, Context<'_>) -> Result<Report>,
}

/// The steps, in the order in which they run.
pub const STEPS: [Step; 6] = [
    Step {
        name: "injected headers",
        run: injected_headers::apply,
    },
    Step {
        name: "error answers",
        run: error_answers::apply,
    },
    Step {
        name: "success answer",
        run: success_answer::apply,
    },
    Step {
        name: "secrets",
        run: secrets::apply,
    },
    Step {
        name: "plain values",
        run: plain_values::apply,
    },
    Step {
        name: "tolerant reads",
        run: tolerant_reads::apply,
    },
];

/// Runs every step on a merged 3.0 document.
///
/// # Errors
///
/// Names the JSON path of what a step cannot handle, or of what is not OpenAPI 3.0 afterwards.
pub fn prepare(
    document: &mut Value,
    context: Context<'_>,
) -> Result<(OpenAPI, Vec<(&'static str, Report)>)> {
    let mut reports = Vec::new();
    for step in STEPS {
        reports.push((step.name, (step.run)(document, context)?));
    }
    let parsed = serde_path_to_error::deserialize(&*document)
        .map_err(|error| anyhow!("at `{}`: {}", error.path(), error.inner()))?;
    Ok((parsed, reports))
}
