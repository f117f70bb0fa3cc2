//! `citrix-cloud`: Citrix Cloud and Citrix DaaS from the command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod arguments;
mod commands;
mod completion;
mod context;
mod credentials;
mod curl;
mod exit;
mod interrupt;
mod logging;
mod near;
mod operations;
mod options;
mod output;
mod profiles;
mod requests;
mod secrets;
mod source;
mod terminal;
mod wording;

use std::process::ExitCode;

use crate::commands::completions;
use crate::context::Context;
use crate::options::{Asked, Options};

fn main() -> ExitCode {
    completions::answer();
    match options::parsed() {
        Ok((asked, options)) => run(asked, options),
        Err(refusal) => {
            // Help that nobody reads to its end is no failure.
            let _ = refusal.print();
            ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(2))
        }
    }
}

#[tokio::main]
async fn run(asked: Asked, options: Options) -> ExitCode {
    let context = Context::new(options);
    context.start_logging();
    match asked.run(&context).await {
        Ok(exit) => exit.into(),
        Err(failure) => {
            context.out.note(&format!("error: {failure}"));
            failure.code(context.requests.any())
        }
    }
}
