//! Preparation: what the generator cannot take, or takes wrongly, is rewritten before it sees it.
//!
//! [`steps`] has the list of the steps and a module for each, which says which limit of the
//! generator it works around. They work on JSON values; [`prepare`] runs them in order and hands on
//! an [`openapiv3::OpenAPI`]. What is beside `steps` is what several of them use.

use anyhow::{Result, anyhow};
pub use openapiv3::OpenAPI;
use serde_json::Value;
pub use steps::{Documents, Run, STEPS, Step};

use crate::pipeline::facts::Facts;
use crate::pipeline::module::Module;

pub mod lower;
pub mod media;
pub mod pointers;
pub mod reach;
pub mod rust_names;
pub mod schemas;
pub mod steps;
pub mod swagger;

/// What the steps need to know besides the document.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Headers that the transport sets.
    pub injected_headers: &'a [String],
    /// The module that is made.
    pub module: &'a Module,
    /// How many fields models that extend one another may have together.
    pub max_fields: usize,
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

/// Runs every step on a merged 3.0 document, of which the facts are taken.
///
/// # Errors
///
/// Names the JSON path of what a step cannot handle, or of what is not OpenAPI 3.0 afterwards.
pub fn prepare(
    document: &mut Value,
    facts: &mut Facts,
    context: Context<'_>,
) -> Result<(OpenAPI, Vec<(&'static str, Report)>)> {
    let reports = run(STEPS, document, facts, context)?;
    let parsed = serde_path_to_error::deserialize(&*document)
        .map_err(|error| anyhow!("at `{}`: {}", error.path(), error.inner()))?;
    Ok((parsed, reports))
}

/// Runs some steps.
///
/// # Errors
///
/// Those of the steps.
pub fn run(
    steps: &[Step],
    document: &mut Value,
    facts: &mut Facts,
    context: Context<'_>,
) -> Result<Vec<(&'static str, Report)>> {
    let steps = steps.iter();
    steps
        .map(|step| Ok((step.name, step.run(document, facts, context)?)))
        .collect()
}
