//! `daas sites`.

use clap::Args;

use super::Where;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

const TABLE: Table<'_> = Table {
    things: "sites",
    columns: &[("NAME", "/Name"), ("ID", "/Id")],
};

/// List the sites.
#[derive(Debug, Args)]
pub(crate) struct Sites {
    #[command(flatten)]
    place: Where,
}

impl Sites {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let way_in = match self.place.site {
            Some(id) => Some(id.to_string()),
            None => client
                .daas()
                .my_sites()
                .await?
                .into_iter()
                .find_map(|site| site.id),
        };
        let sites = match way_in {
            Some(id) => {
                client
                    .daas()
                    .site(id)
                    .sites()
                    .json_items()
                    .collect()
                    .await?
            }
            None => Vec::new(),
        };
        context.out.list(&TABLE, &sites)
    }
}
