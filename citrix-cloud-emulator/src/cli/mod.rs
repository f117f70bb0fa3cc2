//! Arguments and commands.

mod environment;
mod exec;
mod folder;
mod identity;
mod isolation;
mod limits;
mod man;
mod options;
mod remote;
mod serve;
mod signals;
mod world;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::{Shell, generate};
use tracing_subscriber::EnvFilter;

/// Citrix Cloud on your own machine, for demos and tests.
///
/// Everything is made up and kept in memory; nothing leaves this machine.
#[derive(Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Exec(exec::Exec),

    /// Print or check files that describe worlds, for `--world`.
    #[command(subcommand)]
    World(world::World),

    /// Prints a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },

    Man(man::Man),
}

pub(crate) fn run() -> ExitCode {
    match Program::parse().command {
        Command::Serve(options) => {
            log("info");
            let served = serve::run(&options).map(|()| ExitCode::SUCCESS);
            served.unwrap_or_else(|error| failed(&error))
        }
        Command::Exec(options) => {
            log("off");
            exec::run(&options)
        }
        Command::World(command) => match world::run(&command) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        },
        Command::Man(options) => match options.run(Program::command()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        },
        Command::Completions { shell } => {
            let mut script = Vec::new();
            generate(
                shell,
                &mut Program::command(),
                "citrix-cloud-emulator",
                &mut script,
            );
            match io::stdout().write_all(&script) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => failed(&error),
                _ => ExitCode::SUCCESS,
            }
        }
    }
}

fn failed(error: &io::Error) -> ExitCode {
    eprintln!("error: {error}");
    let usage = error.kind() == io::ErrorKind::InvalidInput;
    ExitCode::from(if usage { 2 } else { 1 })
}

/// Logs to standard error, filtered by `RUST_LOG` or else by the default.
fn log(default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
}
