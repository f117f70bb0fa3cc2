//! `demo`.

use clap::Args;

use crate::context::Context;
use crate::exit::{Exit, Failure};

/// Show the walkthrough.
#[derive(Debug, Args)]
pub(crate) struct Demo {}

impl Demo {
    pub(super) async fn run(self, _context: &Context) -> Result<Exit, Failure> {
        Ok(Exit::Done)
    }
}
