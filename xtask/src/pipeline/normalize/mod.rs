//! Preparation: what the generator cannot take, or takes wrongly, is rewritten before it sees it.
//!
//! Each step is a module of its own that says which limit it answers. The steps work on JSON
//! values; [`prepare`] runs them in order and hands on an [`openapiv3::OpenAPI`].

use anyhow::{Result, anyhow};
pub use openapiv3::OpenAPI;
use serde_json::Value;

use crate::pipeline::module::Module;

pub mod answers;
pub mod combined;
pub mod discriminators;
pub mod error_answers;
pub mod field_names;
pub mod frame;
pub mod injected_headers;
pub mod keywords;
pub mod lower;
pub mod media;
pub mod model_names;
pub mod nullable_models;
pub mod operation_ids;
pub mod parameters;
pub mod plain_values;
pub mod pointers;
pub mod reach;
pub mod references;
pub mod request_bodies;
pub mod rust_names;
pub mod schemas;
pub mod secrets;
pub mod success_answer;
pub mod swagger;
pub mod texts;
pub mod tolerant_reads;

/// What the steps need to know besides the document.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Headers that the transport sets.
    pub injected_headers: &'a [String],
    /// The module that is made.
    pub module: &'a Module,
    /// How many values the document may have.
    pub max_nodes: usize,
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
pub const STEPS: [Step; 21] = [
    Step {
        name: "frame",
        run: frame::apply,
    },
    Step {
        name: "texts",
        run: texts::apply,
    },
    Step {
        name: "references",
        run: references::apply,
    },
    Step {
        name: "operation ids",
        run: operation_ids::apply,
    },
    Step {
        name: "injected headers",
        run: injected_headers::apply,
    },
    Step {
        name: "parameters",
        run: parameters::apply,
    },
    Step {
        name: "request bodies",
        run: request_bodies::apply,
    },
    Step {
        name: "answers",
        run: answers::apply,
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
        name: "discriminators",
        run: discriminators::apply,
    },
    Step {
        name: "keywords",
        run: keywords::apply,
    },
    Step {
        name: "combined models",
        run: combined::apply,
    },
    Step {
        name: "model names",
        run: model_names::apply,
    },
    Step {
        name: "nullable models",
        run: nullable_models::apply,
    },
    Step {
        name: "parameter types",
        run: parameters::types::apply,
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
    Step {
        name: "field names",
        run: field_names::apply,
    },
    Step {
        name: "models in place",
        run: model_names::apart,
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
