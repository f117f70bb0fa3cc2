//! `cargo xtask generate`: one document in, one crate out that stands alone.
//!
//! The document goes the same way as those of `regen`. Beside models and operations, the crate has
//! the hand-written parts of `citrix-cloud-gen` and a small client, so that it needs nothing that is
//! not published.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::config::Module;
use crate::generate::caught;
use crate::limits::Limits;
use crate::operations::facts::Facts;
use crate::operations::rust_types::RustTypes;
use crate::prepare::reach::Reach;
use crate::prepare::{Context, Report, lower, operation_ids, prepare};
use crate::shape::{self, Outline};
use crate::{document, operations, regen};

mod doubles;
pub mod fitting;
mod package;
mod servers;

use package::Package;

/// Headers that a transport sets; they leave the signatures.
const INJECTED_HEADERS: [&str; 6] = [
    "Authorization",
    "Citrix-CustomerId",
    "Citrix-InstanceId",
    "Citrix-TransactionId",
    "Accept",
    "User-Agent",
];

/// Options of `cargo xtask generate`.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// OpenAPI 3.0 or 3.1, or Swagger 2.0, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub spec: PathBuf,
    /// Name of the crate
    #[arg(long)]
    pub name: String,
    /// Folder of the crate; it is made if need be, and must be empty
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace a crate that this command has made in that folder
    #[arg(long)]
    pub force: bool,
    /// A header that the transport sets and that is no parameter therefore; may be repeated
    #[arg(long, value_name = "HEADER")]
    pub injected_header: Vec<String>,
    /// What the document may take
    #[command(flatten)]
    pub limits: Limits,
}

/// Runs the command and tells `out` what each step did.
///
/// # Errors
///
/// A name that no crate can have, a folder that is not to be overwritten, and what the document
/// does not allow, with its JSON path. Nothing is written unless everything could be made.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<()> {
    ensure!(
        package::is_crate_name(&options.name),
        "--name: `{}` cannot be the name of a crate; use letters, digits, `-` and `_`",
        options.name
    );
    package::ensure_free(&options.out, options.force)?;
    let (spec, limits) = (options.spec.clone(), options.limits);
    let (name, injected) = (options.name.clone(), options.injected_header.clone());
    let work = move || {
        let (parsed, mended) = document::any::read(&spec, limits.max_nodes)?;
        caught(|| make(parsed, mended, &name, &injected, limits))
            .context("a fault of this program")
            .and_then(|made| made)
            .with_context(|| spec.display().to_string())
    };
    let made = options.limits.watch(work)?;
    for (path, content) in &made.files {
        package::write(&options.out, path, content)?;
    }
    regen::print_reports(out, &options.name, &made.reports)?;
    let operations = match made.operations {
        1 => "1 operation".to_owned(),
        several => format!("{several} operations"),
    };
    writeln!(out, "wrote {operations} to {}", options.out.display())?;
    Ok(())
}

/// A crate, not yet written.
#[derive(Debug)]
pub struct Made {
    /// Its files by path below its folder.
    pub files: Vec<(&'static Path, String)>,
    /// What each step did, in order.
    pub reports: Vec<(String, Report)>,
    /// How many operations it has.
    pub operations: usize,
}

/// Makes a crate from a parsed document; `reading` is what reading it has reported.
///
/// # Errors
///
/// Names the JSON path of what the document does not allow, and what to change.
pub fn make(
    mut document: Value,
    reading: Report,
    name: &str,
    injected: &[String],
    limits: Limits,
) -> Result<Made> {
    let module = Module {
        name: "api".to_owned(),
        documents: Vec::new(),
        features: BTreeMap::new(),
        required: Vec::new(),
        always_answers: Vec::new(),
        shared: Vec::new(),
    };
    let mut headers: Vec<String> = INJECTED_HEADERS.map(str::to_owned).to_vec();
    headers.extend(injected.iter().cloned());
    let context = Context {
        injected_headers: &headers,
        module: &module,
        max_nodes: limits.max_nodes,
    };
    let lowered = lower::apply(&mut document)?;
    let base_url = servers::base_url(&document);
    let mut reports = vec![
        ("reading".to_owned(), reading),
        ("lower".to_owned(), lowered),
    ];
    let title = document["info"]["title"]
        .as_str()
        .unwrap_or(name)
        .to_owned();
    let (_, steps) = prepare(&mut document, context)?;
    reports.extend(
        steps
            .into_iter()
            .map(|(step, report)| (step.to_owned(), report)),
    );
    let (mut file, fitted) = fitting::generate_fitting(&mut document, &module)?;
    reports.push(("fitting".to_owned(), fitted));
    let areas = operations::emit(&operations::Input {
        document: &document,
        facts: &Facts::of(&document, None)?,
        types: &RustTypes::of(&file),
        models: syn::parse_quote!(crate::types),
        module: &module,
        features: &BTreeMap::new(),
    })?;
    let outline = Outline {
        reach: Reach::of(&document),
        either_casing: shape::casings::either(&document),
        ..Outline::default()
    };
    shape::shape(&mut file, &outline);
    let count = operation_ids::count(&document);
    if count == 0 && reports.iter().all(|(_, report)| report.notes.is_empty()) {
        bail!("at `paths`: the document has no operations; is it complete?");
    }
    let package = Package {
        name,
        title: &title,
        base_url: &base_url,
        types: &shape::text(&shape::models_of(file)),
        ops: &operations::alone(&module, &areas)?,
        example: operation_ids::first(&document),
        reports: &reports,
    };
    Ok(Made {
        files: package.files()?,
        operations: count,
        reports,
    })
}
