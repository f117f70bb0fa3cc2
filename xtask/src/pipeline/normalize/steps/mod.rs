//! The steps of normalization, each in its own module.
//!
//! [`STEPS`] lists them in order, with the reason for each one's place. A new step is a module here
//! and an entry there.

use anyhow::Result;
use serde_json::Value;

use crate::pipeline::facts::Facts;
use crate::pipeline::normalize::{Context, Report};

pub mod combined;
pub mod discriminators;
pub mod error_responses;
pub mod field_names;
pub mod frame;
pub mod injected_headers;
pub mod keywords;
pub mod model_names;
pub mod nullable_models;
pub mod operation_ids;
pub mod own_types;
pub mod parameters;
pub mod plain_values;
pub mod references;
pub mod request_bodies;
pub mod responses;
pub mod short_names;
pub mod success_response;
pub mod texts;
pub mod tolerant_reads;

/// Which documents need a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Documents {
    /// All documents, including this workspace's.
    Any,
    /// Only other people's documents; ours are the same without the step.
    Foreign,
}

/// One step.
#[derive(Clone, Copy)]
pub struct Step {
    /// The name in reports and snapshots.
    pub name: &'static str,
    /// Which documents need it.
    pub of: Documents,
    /// Why it is at this place in the order.
    pub place: &'static str,
    /// The function that it runs.
    pub run: Run,
}

/// The input of a step.
#[derive(Clone, Copy)]
pub enum Run {
    /// Only the document.
    Document(fn(&mut Value, Context<'_>) -> Result<Report>),
    /// The document and its facts: the step records something that later code needs.
    Facts(fn(&mut Value, &mut Facts, Context<'_>) -> Result<Report>),
}

impl Step {
    /// Runs the step.
    ///
    /// # Errors
    ///
    /// If the step cannot handle a part of the document; the error names the JSON path.
    pub fn run(
        &self,
        document: &mut Value,
        facts: &mut Facts,
        context: Context<'_>,
    ) -> Result<Report> {
        match self.run {
            Run::Document(run) => run(document, context),
            Run::Facts(run) => run(document, facts, context),
        }
    }
}

/// The steps, in the order in which they run.
pub const STEPS: &[Step] = &[
    Step {
        name: "frame",
        of: Documents::Any,
        place: "Code that walks paths and operations relies on their form.",
        run: Run::Document(frame::apply),
    },
    Step {
        name: "texts",
        of: Documents::Foreign,
        place: "Before references are replaced by copies, with their descriptions.",
        run: Run::Document(texts::apply),
    },
    Step {
        name: "references",
        of: Documents::Any,
        place: "Later steps read parameters, bodies and responses in place, without following references.",
        run: Run::Document(references::apply),
    },
    Step {
        name: "operation ids",
        of: Documents::Foreign,
        place: "Unnamed models are later named after their operations.",
        run: Run::Document(operation_ids::apply),
    },
    Step {
        name: "injected headers",
        of: Documents::Any,
        place: "A removed header must not take a name from a remaining parameter.",
        run: Run::Document(injected_headers::apply),
    },
    Step {
        name: "parameters",
        of: Documents::Any,
        place: "Once references are resolved, each operation has its own copies.",
        run: Run::Facts(parameters::apply),
    },
    Step {
        name: "request bodies",
        of: Documents::Foreign,
        place: "After the parameters: the content type of a form with files becomes another parameter.",
        run: Run::Facts(request_bodies::apply),
    },
    Step {
        name: "responses",
        of: Documents::Any,
        place: "Before one success is chosen: each response then has one media type.",
        run: Run::Document(responses::apply),
    },
    Step {
        name: "error responses",
        of: Documents::Any,
        place: "Before one success is chosen: only successes remain.",
        run: Run::Document(error_responses::apply),
    },
    Step {
        name: "success response",
        of: Documents::Any,
        place: "After the two steps above, which leave one success.",
        run: Run::Document(success_response::apply),
    },
    Step {
        name: "discriminators",
        of: Documents::Foreign,
        place: "Before unused keywords are dropped, because it reads some of them.",
        run: Run::Document(discriminators::apply),
    },
    Step {
        name: "keywords",
        of: Documents::Foreign,
        place: "Before schemas are compared, so that equal schemas look the same.",
        run: Run::Document(keywords::apply),
    },
    Step {
        name: "combined models",
        of: Documents::Foreign,
        place: "Before models are named, because it creates some.",
        run: Run::Document(combined::apply),
    },
    Step {
        name: "model names",
        of: Documents::Foreign,
        place: "After all steps that create models.",
        run: Run::Facts(model_names::apply),
    },
    Step {
        name: "nullable models",
        of: Documents::Foreign,
        place: "After combined models, which express null in their own way.",
        run: Run::Document(nullable_models::apply),
    },
    Step {
        name: "parameter types",
        of: Documents::Foreign,
        place: "After the models that parameters are made of.",
        run: Run::Document(parameters::types::apply),
    },
    Step {
        name: "secrets",
        of: Documents::Any,
        place: "Before formats are dropped, because `password` is one.",
        run: Run::Document(own_types::secrets),
    },
    Step {
        name: "times",
        of: Documents::Any,
        place: "Before formats are dropped, because `date-time` is one.",
        run: Run::Document(own_types::times),
    },
    Step {
        name: "plain values",
        of: Documents::Any,
        place: "Before fields are made optional, so that the copies for requests are plain too.",
        run: Run::Document(plain_values::apply),
    },
    Step {
        name: "tolerant reads",
        of: Documents::Any,
        place: "After all steps that change which fields are required.",
        run: Run::Document(tolerant_reads::apply),
    },
    Step {
        name: "field names",
        of: Documents::Foreign,
        place: "After the copies for requests, whose fields have the same collisions.",
        run: Run::Document(field_names::apply),
    },
    Step {
        name: "short names",
        of: Documents::Any,
        place: "After all exceptions, which use the document's names of models.",
        run: Run::Facts(short_names::apply),
    },
    Step {
        name: "models in place",
        of: Documents::Foreign,
        place: "Last, because it needs the names that the generator would give.",
        run: Run::Document(model_names::apart),
    },
];
