//! A list of what was chosen.

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
    /// Succeed even if a selector names something that does not exist.
    #[arg(long)]
    allow_empty: bool,
}

impl Found {
    /// Prints the objects while they come, if everything that was named exists.
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
        let found = match objects.as_mut().peek().await {
            Some(Err(error)) => return explained(error.clone()).await,
            Some(Ok(_)) => true,
            None => false,
        };
        if !self.allow_empty
            && let Some(unknown) = named.unknown(site, found).await?
        {
            return Err(unknown.into());
        }
        context.out.rows(table, objects).await
    }
}
