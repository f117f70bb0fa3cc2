//! `cargo xtask diff`: what a changed document means for users of the generated crate.
//!
//! [`surface`] reads the operations and models of a document, [`compare`] compares two of them,
//! `callers` adds names in Rust and on the command line, [`waivers`] applies reviewed exceptions,
//! and [`show`] prints. Both documents are used as they are, except for an overlay that is given.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::pipeline::document;
use crate::pipeline::limits::Limits;
use crate::pipeline::normalize::lower;
use crate::pipeline::overlay::Overlay;
use crate::tasks::config::Config;

mod callers;
pub mod change;
pub mod compare;
pub mod names;
pub mod show;
pub mod surface;
pub mod types;
mod values;
pub mod waivers;

pub use change::{Change, Step, Verdict};
pub use compare::Rules;
use surface::Surface;
use waivers::Waivers;

/// How to print the result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// For reading in a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// For a changelog or a page
    Markdown,
    /// For a comment on a pull request: the verdict and what breaks, with the rest folded
    PullRequest,
}

/// Options of `cargo xtask diff`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The old document: OpenAPI 3.0 or 3.1 or Swagger 2.0, YAML or JSON
    pub old: PathBuf,
    /// The new document
    pub new: PathBuf,
    /// How to print the difference
    #[arg(long, value_enum, default_value_t)]
    pub output: Output,
    /// Overlay to apply to both documents before they are compared
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// File of changes that were reviewed and count for less, each with its reason
    #[arg(long, value_name = "FILE")]
    pub waivers: Option<PathBuf>,
    /// The limits for each document
    #[command(flatten)]
    pub limits: Limits,
}

/// The difference between two documents.
#[derive(Debug)]
pub struct Difference {
    /// Every change: operations first, then models, each by name.
    pub changes: Vec<Change>,
    /// What could not be compared, with document and JSON path.
    pub notes: Vec<String>,
}

/// Runs the command for the workspace at `root`, and prints the difference to `out`.
///
/// Headers that `regen.toml` lists as injected do not count, and fields that it lists as required
/// count as required.
///
/// # Errors
///
/// If a document is not valid OpenAPI; the error names the file, and the line or JSON path.
pub fn run(root: &Path, options: &Options, out: &mut dyn Write) -> Result<Verdict> {
    let openapi = root.join("openapi");
    let config = Config::read(&openapi.join("regen.toml"))?;
    let required = config.modules.iter().flat_map(|module| &module.required);
    let rules = Rules {
        injected_headers: config.injected_headers.clone(),
        required: required.cloned().collect(),
    };
    let [old, new] = [&options.old, &options.new].map(|path| path.display().to_string());
    let waivers = match &options.waivers {
        Some(path) => Waivers::read(path)?,
        None => Waivers::default(),
    };
    let (limits, paths) = (options.limits, [options.old.clone(), options.new.clone()]);
    let overlay = options.overlay.clone();
    let mut difference = limits.watch(move || {
        let overlay = overlay.map(|path| {
            document::read(&path)
                .and_then(Overlay::from_value)
                .with_context(|| path.display().to_string())
        });
        let overlay = overlay.transpose()?;
        let (mut before, mended) = document::any::read(&paths[0], limits.max_nodes)?;
        let (mut after, mended_too) = document::any::read(&paths[1], limits.max_nodes)?;
        let mut unmatched = Vec::new();
        for (document, name) in [(&mut before, &old), (&mut after, &new)] {
            // An overlay action may match only one of the two documents.
            let failed = overlay
                .as_ref()
                .map(|overlay| overlay.apply_where_it_fits(document));
            let failed = failed.into_iter().flatten();
            unmatched.extend(failed.map(|error| format!("{name}: overlay: {error:#}")));
        }
        let mut difference = between(&before, &after, &rules, [&old, &new])?;
        callers::name(&mut difference, [&before, &after], &openapi, &config)?;
        difference.notes.splice(0..0, unmatched);
        for (name, report) in [(&new, mended_too), (&old, mended)] {
            let notes = report.notes.iter().map(|note| format!("{name}: {note}"));
            difference.notes.splice(0..0, notes);
        }
        Ok(difference)
    })?;
    for name in waivers.apply(&mut difference.changes) {
        difference
            .notes
            .push(format!("the waiver for `{name}` concerns no change"));
    }
    match options.output {
        Output::Text => show::text(&difference, out)?,
        Output::Json => show::json(&difference, out)?,
        Output::Markdown => show::markdown(&difference, out)?,
        Output::PullRequest => show::pull_request(&difference, out)?,
    }
    Ok(difference.verdict())
}

/// Compares two documents; `names` identify them in errors and notes.
///
/// # Errors
///
/// If a document is not valid OpenAPI; the error names it and the JSON path.
pub fn between(old: &Value, new: &Value, rules: &Rules, names: [&str; 2]) -> Result<Difference> {
    let mut notes = Vec::new();
    let mut read = |document: &Value, name: &str| -> Result<Surface> {
        let mut document = document.clone();
        lower::apply(&mut document)?;
        let surface = Surface::of(&document, &rules.injected_headers)?;
        notes.extend(surface.notes.iter().map(|note| format!("{name}: {note}")));
        Ok(surface)
    };
    let old = read(old, names[0]).with_context(|| names[0].to_owned())?;
    let new = read(new, names[1]).with_context(|| names[1].to_owned())?;
    Ok(Difference {
        changes: compare::compare(&old, &new, rules),
        notes,
    })
}

impl Difference {
    /// Returns the verdict on all changes.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.changes)
    }

    /// Returns the version step that they require.
    #[must_use]
    pub fn step(&self) -> Step {
        Step::of(&self.changes)
    }
}
