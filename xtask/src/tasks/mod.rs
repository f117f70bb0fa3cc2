//! The commands: what each reads, writes and prints for this workspace.

use std::io::Write;

use anyhow::Result;

use crate::pipeline::normalize::Report;

pub mod bench;
mod commands;
pub mod config;
pub mod coverage;
pub mod diff;
pub mod generate;
pub mod monitor;
pub mod pin;
pub mod regen;

/// Prints what each step has done.
pub(crate) fn print_reports(
    out: &mut dyn Write,
    module: &str,
    reports: &[(String, Report)],
) -> Result<()> {
    writeln!(out, "{module}")?;
    for (step, report) in reports {
        writeln!(out, "  {:>5}  {step}", report.applied)?;
        for note in &report.notes {
            writeln!(out, "         - {note}")?;
        }
    }
    Ok(())
}
