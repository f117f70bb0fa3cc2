//! Each step of normalization on a tiny document, and the platform module as a whole.

use serde_json::Value;
use xtask::pipeline::facts::Facts;
use xtask::pipeline::generate::Source;
use xtask::pipeline::module::{Module, Required};
use xtask::pipeline::normalize::reach::Reach;
use xtask::pipeline::normalize::{Context, Report, STEPS, prepare};

mod errors;
mod explain;
mod lower;
mod merge;
mod models;
mod operations;
mod order;
mod overlay;
mod platform;
mod prepare_steps;
mod reading;
mod schema;
mod shape;
mod swagger;
mod times;
mod tolerant_reads;

/// The headers that the pipeline sets in these tests.
fn injected_headers() -> Vec<String> {
    ["Citrix-CustomerId", "Accept"].map(str::to_owned).to_vec()
}

/// A module without exceptions.
fn module() -> Module {
    Module {
        name: "tiny".to_owned(),
        documents: vec!["tiny.yml".to_owned()],
        ..Module::default()
    }
}

/// A module whose responses require one field.
fn requiring(field: &str) -> Module {
    let required = Required {
        field: field.to_owned(),
        reason: "the test says so".to_owned(),
    };
    Module {
        required: vec![required],
        ..module()
    }
}

fn document(yaml: &str) -> Value {
    xtask::pipeline::document::parse(yaml).expect("a document")
}

/// Returns a document and its report for a snapshot.
fn shown(document: &Value, report: &Report) -> String {
    let text = serde_json::to_string_pretty(document).expect("JSON");
    format!(
        "{text}\n\napplied {} times\n{}",
        report.applied,
        report.notes.join("\n")
    )
}

/// Runs one step of [`STEPS`].
fn run_step(name: &str, yaml: &str, module: &Module) -> Result<String, String> {
    let step = STEPS.iter().find(|step| step.name == name).expect("a step");
    let headers = injected_headers();
    let context = Context {
        injected_headers: &headers,
        module,
        max_fields: 100_000,
    };
    let mut document = document(yaml);
    let mut facts = Facts::default();
    match step.run(&mut document, &mut facts, context) {
        Ok(report) if facts == Facts::default() => Ok(shown(&document, &report)),
        Ok(report) => Ok(format!("{}\n\n{facts:#?}", shown(&document, &report))),
        Err(error) => Err(format!("{error:#}")),
    }
}

/// Returns what the generator makes of a document, before it is rewritten.
fn generated(yaml: &str, module: &Module) -> Result<(Source, Reach, Value), String> {
    let mut document = document(yaml);
    let headers = injected_headers();
    let context = Context {
        injected_headers: &headers,
        module,
        max_fields: 100_000,
    };
    xtask::pipeline::normalize::lower::apply(&mut document)
        .map_err(|error| format!("{error:#}"))?;
    let mut facts = Facts::take(&mut document, None).map_err(|error| format!("{error:#}"))?;
    let (parsed, _) =
        prepare(&mut document, &mut facts, context).map_err(|error| format!("{error:#}"))?;
    let reach = Reach::of(&document);
    let file = xtask::pipeline::generate::generate(&parsed, module)
        .map_err(|error| format!("{error:#}"))?;
    Ok((file, reach, document))
}

/// Returns a document of the given version with one GET and the given schemas, indented by four.
fn with_schemas(version: &str, schemas: &str) -> String {
    format!(
        "openapi: {version}
info: {{ title: Tiny, version: '1' }}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        '200':
          description: Things
          content:
            application/json:
              schema: {{ $ref: '#/components/schemas/Thing' }}
components:
  schemas:
{schemas}"
    )
}
