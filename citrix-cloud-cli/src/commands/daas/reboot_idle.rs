//! `daas reboot-idle`: the walkthrough's script, with confirmation, a dry run and exit codes.

use citrix_cloud::daas::Site;
use clap::Args;

use super::Where;
use super::bulk::{Acting, Pacing, Task};
use super::selection::Named;
use crate::arguments::id_or_name;
use crate::context::Context;
use crate::exit::{Exit, Failure};

const ABOUT: &str = "\
A machine is skipped if it has sessions or an unknown number of sessions, is in maintenance mode, has
a power action pending, or is off or suspended. The guest is asked to restart; nothing is forced. A
user can log on between the last look at a machine and its reboot, unless --drain is given.

A request without a response may have run: the program looks for evidence for up to
--confirm-timeout, and sends the request again only if evidence shows that nothing ran.";

/// Reboot the unused machines of a catalog.
#[derive(Debug, Args)]
#[command(after_help = ABOUT)]
pub(crate) struct RebootIdle {
    /// The machine catalog, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    catalog: String,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    pacing: Pacing,
}

impl RebootIdle {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let catalog = self.catalog;
        let task = Task::on(Named::catalog(catalog.clone()));
        let idle = |site: &Site, _: &Named| {
            self.pacing
                .apply(site.machine_catalog(catalog).reboot_idle())
        };
        self.acting.perform(context, &self.place, task, idle).await
    }
}
