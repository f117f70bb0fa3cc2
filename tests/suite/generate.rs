//! `cargo xtask generate`: documents with every feature, and random documents.

use serde_json::Value;
use xtask::pipeline::limits::Limits;
use xtask::pipeline::normalize::Report;
use xtask::pipeline::template::{Made, make};

mod command;
mod compiled;
mod last_resort;
mod random;
mod sent;

const EVERYTHING: &str = include_str!("generate/everything.yml");
const SWAGGER: &str = include_str!("generate/swagger.yml");

fn made(document: Value) -> Made {
    named("generated", document)
}

fn named(name: &str, document: Value) -> Made {
    let limits = Limits::default();
    make(document, Report::default(), name, &[], limits).expect("generated")
}

/// Returns the text of a file.
fn file<'a>(made: &'a Made, name: &str) -> &'a str {
    let mut files = made.files.iter();
    let found = files.find(|(path, _)| path.ends_with(name));
    &found.expect("a file").1
}

/// Returns the report of the last resort: the types that it replaced.
fn fitted(made: &Made) -> &Report {
    let mut reports = made.reports.iter();
    &reports
        .find(|(step, _)| step == "fitting")
        .expect("a step")
        .1
}

/// Returns the number of operations in a document, before normalization.
fn operations(document: &Value) -> usize {
    let methods = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace",
    ];
    let items = document["paths"].as_object().into_iter().flatten();
    items
        .map(|(_, item)| {
            methods
                .iter()
                .filter(|method| item.get(method).is_some())
                .count()
        })
        .sum()
}
