//! `daas`.

use citrix_cloud::Client;
use citrix_cloud::daas::Site;
use citrix_cloud::models::MySite;
use citrix_cloud::operations::{HasFields, Listed};
use citrix_cloud::paging::List;
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::arguments::{guid, site};
use crate::completion::NameKind;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::near::near;
use crate::output::Table;
use crate::profiles::Field;

mod batch;
pub(crate) mod bulk;
pub(crate) mod catalogs;
pub(crate) mod jobs;
pub(crate) mod machines;
pub(crate) mod me;
mod reboot_idle;
pub(crate) mod selection;
pub(crate) mod sessions;
mod sites;

/// The hand-written commands that only read and print rows.
pub(super) const READING: &[&str] = &[
    "jobs get",
    "jobs list",
    "machine-catalogs get",
    "machine-catalogs list",
    "machines get",
    "machines list",
    "me",
    "sessions get",
    "sessions list",
    "sites list",
];

/// What can be done with Citrix DaaS.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show who is signed in, with the customers and sites that this identity can access.
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
    /// The site, by id or name; required if the customer has several and the profile names none.
    #[arg(long, value_name = "ID|NAME", value_parser = site)]
    #[arg(add = NameKind::Sites.completer())]
    pub(crate) site: Option<String>,
}

impl Where {
    /// Returns the site given by an option, the environment or the profile.
    fn wanted(&self, context: &Context) -> Result<Option<String>, Failure> {
        if let Some(site) = &self.site {
            return Ok(Some(site.clone()));
        }
        let settings = context.settings()?;
        Ok(settings.value(Field::Site).map(str::to_owned))
    }

    /// Returns the site if it was given by id, for uses where a name cannot be looked up.
    pub(crate) fn id(&self, context: &Context) -> Result<Option<String>, Failure> {
        let wanted = self.wanted(context)?;
        Ok(wanted.filter(|it| guid(it).is_ok()))
    }

    /// Returns the selected site, or the customer's only one.
    pub(crate) async fn site(&self, context: &Context, client: &Client) -> Result<Site, Failure> {
        match self.wanted(context)? {
            Some(wanted) => named_site(client, &wanted).await,
            None => Ok(client.daas().only_site().await?),
        }
    }
}

/// Returns a site by its id, without sending anything, or by its name.
pub(crate) async fn named_site(client: &Client, wanted: &str) -> Result<Site, Failure> {
    if guid(wanted).is_ok() {
        return Ok(client.daas().site(wanted));
    }
    let sites = client.daas().my_sites().await?;
    let name = |site: &MySite| site.name.clone().unwrap_or_default();
    let same = sites
        .iter()
        .filter(|site| name(site).eq_ignore_ascii_case(wanted));
    let ids: Vec<&String> = same.filter_map(|site| site.id.as_ref()).collect();
    match ids.as_slice() {
        [id] => Ok(client.daas().site(*id)),
        [] => {
            let names: Vec<String> = sites.iter().map(name).collect();
            let near = near(wanted, names.iter().map(String::as_str));
            let there = match near.as_slice() {
                [] if names.is_empty() => "; the customer has none".to_owned(),
                [] => format!("; the customer has {}", names.join(", ")),
                near => format!("; did you mean {}?", near.join(", ")),
            };
            Err(Failure::Missing(format!("no site `{wanted}`{there}")))
        }
        ids => Err(Failure::Usage(format!(
            "several sites are called `{wanted}`; give the id of one: {}",
            ids.iter()
                .map(|it| it.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ))),
    }
}

/// Prints a list as it arrives, fetching only the properties shown.
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

/// Prints a list of whole objects as it arrives.
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

/// Fetches the properties of a list that a table shows.
pub(crate) async fn rows<O: Listed + HasFields>(
    table: &Table<'_>,
    list: List<O>,
) -> Result<Vec<Value>, Failure> {
    let list = list.fields(table.fields());
    Ok(list.json_items().collect().await?)
}
