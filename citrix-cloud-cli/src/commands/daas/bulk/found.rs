//! A list of what was chosen, and what is said when it is empty.

use citrix_cloud::daas::Site;
use citrix_cloud::paging::Items;
use clap::Args;
use serde_json::value::RawValue;

use super::named::Named;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

/// How a list of what was chosen ends.
#[derive(Debug, Args)]
pub(crate) struct Found {
    /// Succeed even when the list is empty although something was named.
    #[arg(long)]
    allow_empty: bool,
}

impl Found {
    /// Prints the objects while they come; where there is none, what was named and does not exist is
    /// an error.
    pub(crate) async fn print(
        &self,
        context: &Context,
        table: &Table<'_>,
        site: &Site,
        objects: Result<Items<Box<RawValue>>, citrix_cloud::Error>,
        named: Named,
    ) -> Result<(), Failure> {
        let explained = async |error| Err(named.explain(site, error).await);
        let objects = match objects {
            Ok(objects) => objects,
            Err(error) => return explained(error).await,
        };
        let mut objects = std::pin::pin!(futures_util::StreamExt::peekable(objects));
        match objects.as_mut().peek().await {
            Some(Err(error)) => return explained(error.clone()).await,
            Some(Ok(_)) => {}
            None if self.allow_empty => {}
            None => {
                let machines = table.things() == "machines";
                if let Some(missing) = named.missing_of_none(site, machines).await? {
                    return Err(Failure::Missing(missing.to_string()));
                }
            }
        }
        context.out.rows(table, objects).await
    }
}
