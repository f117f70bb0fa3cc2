//! Lists the objects that selectors match.

use clap::Args;

use super::selectors::Selectors;
use crate::commands::daas::Where;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

/// What is listed, and how that ends.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct List<S: Args> {
    /// Succeed even if a selector names something that does not exist.
    #[arg(long)]
    allow_empty: bool,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    selectors: S,
}

impl<S: Args + Selectors> List<S> {
    /// Prints the objects as they arrive, if every named object exists.
    pub(crate) async fn run(self, context: &Context, table: &Table<'_>) -> Result<(), Failure> {
        let site = self.place.site(context, &context.client()?).await?;
        let named = self.selectors.named();
        let explained = async |error| Err(named.explain(&site, error).await);
        let fields = context.out.fields(table).unwrap_or_default();
        let limit = context.out.limit();
        let objects = match self.selectors.rows(&site, fields, limit).await {
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
            && let Some(unknown) = named.unknown(&site, found).await?
        {
            return Err(unknown.into());
        }
        context.out.rows(table, objects).await
    }
}
