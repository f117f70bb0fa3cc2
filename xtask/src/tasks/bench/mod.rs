//! Compares whole programs that do the same work against the emulator.
//!
//! Each run has its own emulator, so that it does not depend on earlier runs. The sides take turns
//! in changing order, and the emulator's journal shows whether each really did the work.

mod cases;
mod cloud;
mod curl;
mod program;
mod table;
mod work;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use clap::Args;

use cases::{CASES, Case};
use cloud::Cloud;
use program::{Programs, Sample};

/// The page with the table.
const PAGE: &str = "docs/performance.md";

/// The fewest runs for which a median is meaningful.
const FEWEST: usize = 5;

/// Options of `cargo xtask bench`.
#[derive(Debug, Args)]
pub struct Options {
    /// Run only cases whose name contains one of these words; the page is not changed
    #[arg(value_name = "WORD")]
    only: Vec<String>,

    /// How often to run each side of a case; by default, short ones run more often than long ones
    #[arg(long, value_name = "N", value_parser = runs)]
    runs: Option<usize>,

    /// Use programs that have already been built
    #[arg(long)]
    no_build: bool,

    /// Print the table and leave docs/performance.md unchanged
    #[arg(long)]
    dry_run: bool,
}

fn runs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(runs @ FEWEST..=1000) => Ok(runs),
        _ => Err(format!("a number from {FEWEST} to 1000")),
    }
}

/// Runs the cases, prints the table and writes it into docs/performance.md.
///
/// # Errors
///
/// If a program cannot be built or started, if it fails, or if the journal shows that it did not do
/// the expected work. Nothing is written then.
pub fn run(root: &Path, options: &Options, out: &mut dyn Write) -> Result<()> {
    let wanted = |case: &&Case| {
        options.only.is_empty() || options.only.iter().any(|word| case.name.contains(word))
    };
    let chosen: Vec<&Case> = CASES.iter().filter(wanted).collect();
    ensure!(!chosen.is_empty(), "no case has one of these words");
    let programs = Programs::below(&target(root), root);
    if !options.no_build {
        build(root)?;
    }
    let mut rows = Vec::new();
    for case in chosen {
        let samples = measure(case, options.runs.unwrap_or(case.runs), &programs)?;
        let measured = table::rows(case, &samples)?;
        write!(out, "{measured}")?;
        out.flush()?;
        rows.push(measured);
    }
    if options.dry_run || !options.only.is_empty() {
        return Ok(());
    }
    table::write(&root.join(PAGE), &rows.concat())
}

/// Runs each side of a case N times; the samples are in the order of the sides.
fn measure(case: &Case, runs: usize, programs: &Programs) -> Result<Vec<Vec<Sample>>> {
    let mut samples = vec![Vec::with_capacity(runs); case.sides.len()];
    for run in 0..runs {
        let mut sides: Vec<_> = case.sides.iter().zip(&mut samples).collect();
        if run % 2 == 1 {
            sides.reverse();
        }
        for (side, samples) in sides {
            let what = || format!("{}, {}, run {}", case.name, side.name, run + 1);
            let cloud = Cloud::start(&programs.emulator, case).with_context(what)?;
            let sample = programs.run(side.program, &cloud).with_context(what)?;
            work::check(case, &sample, &cloud).with_context(what)?;
            samples.push(sample);
        }
    }
    Ok(samples)
}

fn build(root: &Path) -> Result<()> {
    let built = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["build", "--profile", "dist", "-p", "citrix-cloud-cli"])
        .args(["-p", "citrix-cloud-emulator", "-p", "speed"])
        .status()
        .context("cargo does not start")?;
    ensure!(built.success(), "the programs do not build");
    Ok(())
}

/// Returns cargo's target folder.
fn target(root: &Path) -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR");
    root.join(named.map_or_else(|| PathBuf::from("target"), PathBuf::from))
}
