//! `daas catalogs`.

use clap::Args;

use super::{Where, show};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

pub(crate) const TABLE: Table<'_> = Table {
    things: "machine catalogs",
    columns: &[
        ("NAME", "/Name"),
        ("ID", "/Id"),
        ("MACHINES", "/TotalCount"),
        ("USED", "/UsedCount"),
        ("AVAILABLE", "/AvailableCount"),
        ("SESSION SUPPORT", "/SessionSupport"),
        ("DESCRIPTION", "/Description"),
    ],
};

/// List the machine catalogs.
#[derive(Debug, Args)]
pub(crate) struct Catalogs {
    #[command(flatten)]
    place: Where,
}

impl Catalogs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let site = self.place.site(&context.client()?).await?;
        show(context, &TABLE, site.machine_catalogs().list()).await
    }
}
