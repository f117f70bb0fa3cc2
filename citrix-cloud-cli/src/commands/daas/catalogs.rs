//! `daas machine-catalogs list`.

use clap::{Args, Subcommand};

use super::{Where, show};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

pub(crate) const TABLE: Table<'_> = Table::new(
    "machine catalogs",
    &[
        ("NAME", "/Name"),
        ("MACHINES", "/TotalCount"),
        ("USED", "/UsedCount"),
        ("AVAILABLE", "/AvailableCount"),
        ("SESSION SUPPORT", "/SessionSupport"),
        ("ID", "/Id"),
    ],
)
.wide(&[
    ("PROVISIONING", "/ProvisioningType"),
    ("ALLOCATION", "/AllocationType"),
    ("ZONE", "/Zone/Name"),
    ("DESCRIPTION", "/Description"),
]);

/// Machine catalogs: list, get, create, update, delete, machines, …
#[derive(Debug, Args)]
pub(crate) struct Catalogs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the machine catalogs.
    List {
        #[command(flatten)]
        place: Where,
    },
}

impl Catalogs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Command::List { place } = self.command;
        let site = place.site(&context.client()?).await?;
        show(context, &TABLE, site.machine_catalogs().list()).await
    }
}
