//! `cargo xtask`: the project's automation, which needs nothing but cargo.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::pipeline::limits::STACK;
use xtask::tasks::{bench, coverage, diff, generate, regen};

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
    /// Regenerate citrix-cloud-gen from openapi/
    ///
    /// Reads openapi/regen.toml, normalizes each document, generates code with progenitor and
    /// writes only the files whose content has changed. Works offline.
    Regen(regen::Options),
    /// Report what a changed document means for users of the generated crate
    ///
    /// Exits with 0 if nothing changed for them, 10 if all changes are compatible, 20 if some break
    /// callers, and 1 if a document cannot be read.
    Diff(diff::Options),
    /// Count the operations in the facts, the documents, the SDK and the emulator, by area
    Coverage(coverage::Options),
    /// Measure whole programs side by side: bare reqwest, a Python script, curl and ours
    ///
    /// Builds them with the profile `dist`, runs each in turn against its own emulator, checks the
    /// emulator's journal for what they did, and writes the table into docs/performance.md.
    Bench(bench::Options),
    /// Generate a stand-alone crate from any OpenAPI 3.0, 3.1 or Swagger 2.0 document
    ///
    /// Prints what each normalization step did, and what could not be kept exactly.
    Generate(generate::Options),
}

/// Runs the task on a thread with a large stack. A panic is reported as a bug of ours.
fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("error: a fault of this program, not of its input: {panic}");
    }));
    let thread = std::thread::Builder::new().stack_size(STACK);
    match thread.spawn(task).map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: no thread can be made: {error}");
            ExitCode::FAILURE
        }
    }
}

fn task() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    let mut out = std::io::stdout();
    let done = match Cli::parse().task {
        Task::Regen(options) => regen::run(root, &options, &mut out).map(|()| ExitCode::SUCCESS),
        Task::Generate(options) => generate::run(&options, &mut out).map(|()| ExitCode::SUCCESS),
        Task::Diff(options) => {
            diff::run(root, &options, &mut out).map(|verdict| ExitCode::from(verdict.exit_code()))
        }
        Task::Bench(options) => bench::run(root, &options, &mut out).map(|()| ExitCode::SUCCESS),
        Task::Coverage(options) => {
            coverage::run(root, &options, &mut out).map(|()| ExitCode::SUCCESS)
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
