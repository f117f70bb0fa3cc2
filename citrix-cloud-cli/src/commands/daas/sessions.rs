//! `daas sessions`.

use clap::Args;

use super::{Where, read};
use crate::arguments::id_or_name;
use crate::commands::items;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

const TABLE: Table = Table {
    things: "sessions",
    columns: &[
        ("USER", "/User/DisplayName|/User/SamName|/UntrustedUserName"),
        ("MACHINE", "/Machine/Name"),
        ("STATE", "/State"),
        ("STARTED", "/StartTime"),
        ("ID", "/Id"),
    ],
};

/// List the sessions of a site or of one machine.
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    /// Only those on this machine, by id or name (`DOMAIN\NAME`).
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    machine: Option<String>,
    #[command(flatten)]
    place: Where,
}

impl Sessions {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let site = self.place.site(&context.client()?).await?;
        let sessions = match self.machine {
            Some(machine) => items(site.machine(machine).sessions().json().await?)?,
            None => read(context, &TABLE, site.sessions()).await?,
        };
        context.out.list(&TABLE, &sessions)
    }
}
