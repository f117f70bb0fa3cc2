//! `daas machine-catalogs list`.

use clap::{Args, Subcommand};

use super::selection::Named;
use super::{Where, show};
use crate::arguments::id_or_name;
use crate::completion::NameKind;
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
    /// Show everything known about a machine catalog.
    Get {
        /// Its id or name.
        #[arg(value_name = "ID|NAME", value_parser = id_or_name)]
        #[arg(add = NameKind::CATALOGS.completer())]
        catalog: String,
        #[command(flatten)]
        place: Where,
    },
}

impl Catalogs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            Command::List { place } => {
                let site = place.site(context, &context.client()?).await?;
                show(context, &TABLE, site.machine_catalogs().list()).await
            }
            Command::Get { catalog, place } => {
                let site = place.site(context, &context.client()?).await?;
                match site.machine_catalog(&catalog).get().json().await {
                    Ok(found) => context.out.object(&TABLE, &found),
                    Err(error) => Err(Named::catalog(catalog).explain(&site, error).await),
                }
            }
        }
    }
}
