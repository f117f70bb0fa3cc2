//! Normalization: rewrites whatever the generator does not handle, or handles wrongly.
//!
//! [`steps`] has the list of steps, and a module for each that explains which limit of the
//! generator it works around. They work on JSON values. [`prepare`] runs them in order and returns
//! an [`openapiv3::OpenAPI`]. The other modules here are shared by several steps.

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

/// What the steps know besides the document.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Headers that the pipeline sets.
    pub injected_headers: &'a [String],
    /// The module to generate.
    pub module: &'a Module,
    /// How many fields models that extend one another may have together.
    pub max_fields: usize,
}

/// What one step changed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// How often it applied.
    pub applied: usize,
    /// What it could not keep exactly, with the JSON path.
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

/// Runs every step on a merged 3.0 document whose facts have been taken.
///
/// # Errors
///
/// If a step cannot handle a part of the document, or the result is not valid OpenAPI 3.0; the
/// error names the JSON path.
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

/// Runs the given steps.
///
/// # Errors
///
/// The errors of the steps.
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
