//! `daas`.

use citrix_cloud::Client;
use citrix_cloud::daas::Site;
use citrix_cloud::operations::{HasFields, Listed};
use citrix_cloud::paging::List;
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::arguments::{Guid, guid};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

mod batch;
pub(crate) mod bulk;
pub(crate) mod catalogs;
pub(crate) mod jobs;
pub(crate) mod machines;
pub(crate) mod me;
mod reboot_idle;
mod sessions;
mod sites;

/// What can be done with Citrix DaaS.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show who is signed in, with the customers and sites this identity sees.
    Me,
    Sites(sites::Sites),
    #[command(name = "machine-catalogs", visible_alias = "catalogs")]
    Catalogs(catalogs::Catalogs),
    Machines(Box<machines::Machines>),
    Sessions(Box<sessions::Sessions>),
    RebootIdle(Box<reboot_idle::RebootIdle>),
    Jobs(jobs::Jobs),
    Batch(batch::Batch),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Me => me::run(context).await?,
            Self::Sites(command) => command.run(context).await?,
            Self::Catalogs(command) => command.run(context).await?,
            Self::Machines(command) => return command.run(context).await,
            Self::Sessions(command) => return command.run(context).await,
            Self::RebootIdle(command) => return command.run(context).await,
            Self::Jobs(command) => command.run(context).await?,
            Self::Batch(command) => return command.run(context).await,
        }
        Ok(Exit::Done)
    }
}

/// Which site.
#[derive(Debug, Clone, Args)]
pub(crate) struct Where {
    /// The site, a GUID; needed when the customer has several.
    #[arg(long, value_name = "ID", value_parser = guid)]
    pub(crate) site: Option<Guid>,
}

impl Where {
    /// The site that was named.
    pub(crate) fn id(&self) -> Option<String> {
        self.site.map(|id| id.to_string())
    }

    /// The site that was named, or the customer's only one.
    pub(crate) async fn site(&self, client: &Client) -> Result<Site, Failure> {
        match self.site {
            Some(id) => Ok(client.daas().site(id.to_string())),
            None => Ok(client.daas().only_site().await?),
        }
    }
}

/// Prints a list while it comes, asking for no more than is shown.
pub(crate) async fn show<O: Listed + HasFields>(
    context: &Context,
    table: &Table<'_>,
    list: List<O>,
) -> Result<(), Failure> {
    let list = match context.out.fields(table) {
        Some(fields) => list.fields(fields),
        None => list,
    };
    show_all(context, table, list).await
}

/// Prints a list of whole objects while it comes.
pub(crate) async fn show_all<O: Listed>(
    context: &Context,
    table: &Table<'_>,
    list: List<O>,
) -> Result<(), Failure> {
    let list = match context.out.limit() {
        Some(limit) => list.limit(limit),
        None => list,
    };
    context.out.rows(table, list.raw_items()).await
}

/// Reads what a table shows of a list.
pub(crate) async fn rows<O: Listed + HasFields>(
    table: &Table<'_>,
    list: List<O>,
) -> Result<Vec<Value>, Failure> {
    let list = list.fields(table.fields());
    Ok(list.json_items().collect().await?)
}
