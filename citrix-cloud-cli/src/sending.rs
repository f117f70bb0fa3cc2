//! Dry runs and confirmation for commands that change one object, or send requests from a file.

use citrix_cloud::operations::Operation;
use citrix_cloud::{Client, Request};
use clap::Args;

use crate::context::Context;
use crate::curl;
use crate::exit::Failure;
use crate::output::escaped;

/// The option of every command that changes something.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct DryRun {
    /// Print the request as a curl command without sending it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl DryRun {
    /// Prints a request if it is a dry run, and returns whether it was.
    pub(crate) fn shows<O: Operation>(
        self,
        context: &Context,
        request: impl FnOnce(&Client) -> Request<O>,
    ) -> Result<bool, Failure> {
        if self.dry_run {
            let client = context.unsigned_client()?;
            let request = request(&client).preview()?;
            context.out.line(&curl::command(&request))?;
        }
        Ok(self.dry_run)
    }
}

/// The options of a command that deletes, ends or affects more than one object.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Consent {
    #[command(flatten)]
    pub(crate) dry: DryRun,
    /// Do not ask for confirmation.
    #[arg(short, long)]
    yes: bool,
}

impl Consent {
    /// Asks for confirmation, unless it was given with the command.
    ///
    /// # Errors
    ///
    /// If confirmation is not given or there is no terminal to ask on; nothing must be sent then.
    pub(crate) async fn given(
        self,
        context: &Context,
        command: &str,
        question: &str,
    ) -> Result<(), Failure> {
        match self.yes {
            true => Ok(()),
            false => {
                let asking = format!("`{command}`");
                let question = format!("{}\nContinue?", escaped(question));
                context.terminal.consent(&asking, &question).await
            }
        }
    }
}

/// Notes that a name is not looked up, because nothing is sent.
pub(crate) fn note_name(context: &Context, name: &str) {
    let name = escaped(name);
    let words = format!("note: the id of `{name}` is looked up before it is sent");
    context.out.note(&words);
}
