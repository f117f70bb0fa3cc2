//! `citrix-cloud`: Citrix Cloud and Citrix DaaS from the command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod arguments;
mod commands;
mod completion;
mod context;
mod credentials;
mod curl;
mod errors;
mod exit;
mod interrupt;
mod logging;
mod masking;
mod misplaced;
mod near;
mod operations;
mod options;
mod other_tools;
mod output;
mod page;
mod profiles;
mod requests;
mod rounds;
mod secrets;
mod sending;
mod source;
mod terminal;
mod watch;

use std::process::ExitCode;

use crate::commands::completions;
use crate::context::Context;
use crate::errors::ErrorReport;
use crate::options::{Asked, Options};

fn main() -> ExitCode {
    completions::respond();
    match options::parsed() {
        Ok((asked, options, words)) => run(asked, options, &words),
        Err(refusal) => {
            let error_report = ErrorReport::of_arguments(&refusal);
            if refusal.use_stderr() && options::for_programs(std::env::args_os()) {
                output::note(&error_report.json_line());
            } else {
                // It is no failure if the reader closes the pipe before the end of the help.
                let _ = refusal.print();
            }
            ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(2))
        }
    }
}

#[tokio::main]
async fn run(asked: Asked, options: Options, words: &[String]) -> ExitCode {
    let context = Context::new(options);
    context.start_logging();
    let ran = match context.options.view.watch {
        Some(every) => watch::run(&context, asked, words, every).await,
        None => asked.run(&context).await,
    };
    match ran {
        Ok(exit) => exit.into(),
        Err(failure) => context.report_failure(&failure).into(),
    }
}
