//! `daas sites list` and `activate`.

use clap::{Args, Subcommand};

use super::{Where, named_site, show_all};
use crate::context::Context;
use crate::exit::Failure;
use crate::operations::UNKNOWN_SITE;
use crate::output::Table;

const TABLE: Table<'_> = Table::new("sites", &[("NAME", "/Name"), ("ID", "/Id")]);

/// Sites: list, get, activate, settings, status, test, …
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
    /// Wake up the customer's site if it is frozen, and wait until it responds.
    ///
    /// A frozen site responds with 530 to everything. Waking up takes up to 20 minutes; if the site
    /// is awake, this returns at once.
    Activate,
}

impl Sites {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let place = match self.command {
            Command::List { place } => place,
            Command::Activate => {
                // The customer has only one site, and its id cannot be looked up while it is frozen.
                client.daas().site(UNKNOWN_SITE).activate_and_wait().await?;
                context.out.note("the site is awake");
                return Ok(());
            }
        };
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
