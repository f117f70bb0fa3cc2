//! `cargo xtask`: the project's own automation, nothing to install beyond cargo.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::regen;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Automation for the Citrix Cloud for Rust workspace"
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the machine-written modules of citrix-cloud-gen anew from openapi/.
    ///
    /// Reads openapi/regen.toml, prepares each document, generates with progenitor and writes
    /// only the files whose content changed. Works offline.
    Regen(regen::Options),
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    let done = match Cli::parse().task {
        Task::Regen(options) => regen::run(root, &options, &mut std::io::stdout()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
