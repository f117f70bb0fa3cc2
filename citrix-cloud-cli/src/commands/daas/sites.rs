//! `daas sites list`.

use clap::{Args, Subcommand};

use super::{Where, named_site, show_all};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

const TABLE: Table<'_> = Table::new("sites", &[("NAME", "/Name"), ("ID", "/Id")]);

/// Sites: list, get, settings, status, test, …
#[derive(Debug, Args)]
pub(crate) struct Sites {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the sites.
    List {
        #[command(flatten)]
        place: Where,
    },
}

impl Sites {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Command::List { place } = self.command;
        let client = context.client()?;
        let way_in = match place.site {
            Some(site) => Some(named_site(&client, &site).await?.id().to_owned()),
            None => client
                .daas()
                .my_sites()
                .await?
                .into_iter()
                .find_map(|site| site.id),
        };
        match way_in {
            Some(id) => show_all(context, &TABLE, client.daas().site(id).sites()).await,
            None => context.out.list(&TABLE, &[]),
        }
    }
}
