//! `daas reboot-idle`: the walkthrough's script, with consent, a dry run and exit codes.

use clap::Args;

use super::Where;
use super::bulk::{Acting, EXIT_CODES, Pacing};
use crate::arguments::{Guid, guid};
use crate::context::Context;
use crate::exit::{Exit, Failure};

const ABOUT: &str = "\
A machine with sessions, with an unknown number of them, in maintenance mode, with a power action
pending, off or suspended is left alone. The guest is asked to restart; nothing is forced. Between
the look at a machine and its reboot a user can log on, unless --drain is given.

A request without an answer may have run: evidence is looked for, as long as --confirm-timeout says, and it
is asked for again only if there is none.";

/// Reboot the machines of a catalog that nobody uses.
#[derive(Debug, Args)]
#[command(after_help = format!("{ABOUT}\n\n{EXIT_CODES}"))]
pub(crate) struct RebootIdle {
    /// The machine catalog, a GUID.
    #[arg(long, value_name = "ID", value_parser = guid)]
    catalog: Guid,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    pacing: Pacing,
}

impl RebootIdle {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.acting.check(context)?;
        let site = self.place.site(&context.client()?).await?;
        let idle = site.catalog(self.catalog.to_string()).reboot_idle();
        let idle = self.pacing.apply(idle);
        self.acting.perform(context, &site, idle).await
    }
}
