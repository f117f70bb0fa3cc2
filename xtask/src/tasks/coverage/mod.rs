//! `cargo xtask coverage`: which operations exist where.
//!
//! There are four columns: the facts (tables of the operations that official clients call, in
//! `tests/facts`), the documents in `regen.toml`, the SDK and the emulator. [`documents`],
//! [`tables`] and [`sources`] read them, [`rows`] combines them, [`fields`] counts described
//! fields, and [`show`] prints the result. All input is read as text, because this crate must build
//! even if the others do not.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use crate::tasks::config::Config;
use crate::tasks::diff::Output;

pub mod documents;
pub mod fields;
pub mod rows;
pub mod show;
pub mod sources;
pub mod tables;

pub use rows::{Coverage, Row};

/// Options of `cargo xtask coverage`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How to print the table
    #[arg(long, value_enum, default_value_t)]
    pub output: Output,
    /// List each operation that is in one column but not in another, and each field without a
    /// description
    #[arg(long)]
    pub missing: bool,
}

/// Runs the command on the workspace at `root`, and prints the table to `out`.
///
/// # Errors
///
/// The same as [`read`].
pub fn run(root: &Path, options: &Options, out: &mut dyn Write) -> Result<()> {
    let coverage = read(root)?;
    match options.output {
        Output::Text => show::text(&coverage, options.missing, out),
        Output::Json => show::json(&coverage, options.missing, out),
        Output::Markdown | Output::PullRequest => show::markdown(&coverage, options.missing, out),
    }
}

/// Finds out where the operations of the workspace at `root` exist.
///
/// # Errors
///
/// If a file cannot be read or does not have the expected format; the error names the place in it.
pub fn read(root: &Path) -> Result<Coverage> {
    let openapi = root.join("openapi");
    let config = Config::read(&openapi.join("regen.toml"))?;
    let mut coverage = Coverage::new(documents::read(&openapi, &config)?);
    for table in tables::FACTS {
        if let Some(lines) = tables::facts(root, table)? {
            coverage.add_facts(table, &lines);
        }
    }
    coverage.add_called(&sources::called(&root.join("citrix-cloud").join("src"))?);
    let emulator = root.join("citrix-cloud-emulator");
    let emulated = tables::emulated(&emulator.join("evidence.tsv"))?;
    for (site, line) in tables::emulator(&emulator.join("src"))? {
        if emulated.contains(&line.name) {
            coverage.add_emulated(site, &line);
        }
    }
    coverage.sort(&config);
    coverage.fields = fields::read(&openapi, &config)?;
    Ok(coverage)
}
