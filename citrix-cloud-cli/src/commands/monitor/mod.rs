//! `monitor`: current sessions, logon durations, connection failures, idle machines.

use clap::Subcommand;

use crate::context::Context;
use crate::exit::{Exit, Failure};

mod catalog;
mod describe;
mod enums;
mod export;
mod naming;
mod period;
mod query;
mod report;
mod scope;
mod selection;
mod sets;
mod unknown;
mod watch;

/// The commands that only read, and print rows or one report.
pub(super) const READING: &[&str] = &["query", "report"];

/// What can be done with the Monitor service.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Sets(sets::Sets),
    Describe(describe::Describe),
    Enums(enums::Enums),
    Query(Box<query::Query>),
    Report(Box<report::Report>),
    Export(Box<export::Export>),
    Watch(watch::Watch),
}

impl Command {
    /// Returns whether it writes its output to a file instead of printing it.
    pub(super) fn writes_a_file(&self) -> bool {
        match self {
            Self::Report(command) => command.writes_a_file(),
            Self::Export(_) => true,
            Self::Sets(_)
            | Self::Describe(_)
            | Self::Enums(_)
            | Self::Query(_)
            | Self::Watch(_) => false,
        }
    }

    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Sets(command) => command.run(context)?,
            Self::Describe(command) => command.run(context)?,
            Self::Enums(command) => command.run(context)?,
            Self::Query(command) => command.run(context).await?,
            Self::Report(command) => command.run(context).await?,
            Self::Export(command) => command.run(context).await?,
            Self::Watch(command) => return command.run(context).await,
        }
        Ok(Exit::Done)
    }
}
