//! Lists: row by row while they come, or those that are there already.

use std::io;
use std::pin::pin;

use futures_util::{Stream, TryStreamExt as _};
use serde_json::Value;
use serde_json::value::RawValue;

use super::collect::Kind;
use super::{Listing, Output, Table, View};
use crate::exit::Failure;

/// The rows of a list, as the text that the service gave.
pub(crate) trait Rows: Stream<Item = Result<Box<RawValue>, Self::Failed>> {
    /// Why there is no next one.
    type Failed: Into<Failure>;
}

impl<S, E> Rows for S
where
    S: Stream<Item = Result<Box<RawValue>, E>>,
    E: Into<Failure>,
{
    type Failed = E;
}

impl Output {
    /// Prints a list while it comes, row by row, in the chosen format.
    ///
    /// Rows are what the service gave. Nothing is held back but what the format needs: the first 250
    /// rows of a table, and everything with `--sort` and `--query`.
    pub(crate) async fn rows(&self, table: &Table<'_>, rows: impl Rows) -> Result<(), Failure> {
        if self.collected.is_some() {
            return self.gather(table, Kind::Listed, rows).await;
        }
        self.print(self.listing(table), rows).await
    }

    /// The same for rows of which nothing is known: unless another format is chosen, as JSON.
    pub(crate) async fn any_rows(&self, table: &Table<'_>, rows: impl Rows) -> Result<(), Failure> {
        if self.collected.is_some() {
            return self.gather(table, Kind::Anything, rows).await;
        }
        let listing = Listing::new(self, self.view.of_anything(), *table);
        self.print(listing, rows).await
    }

    async fn gather(&self, table: &Table<'_>, kind: Kind, rows: impl Rows) -> Result<(), Failure> {
        if let Some(mut collected) = self.collect() {
            collected.begin(table, kind);
        }
        let mut rows = pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(Into::into)? {
            let row = serde_json::from_str(row.get()).map_err(io::Error::other)?;
            let Some(mut collected) = self.collect() else {
                break;
            };
            collected.push(row);
            if self.limit().is_some_and(|limit| collected.len() >= limit) {
                break;
            }
        }
        Ok(())
    }

    async fn print(&self, mut listing: Listing<'_>, rows: impl Rows) -> Result<(), Failure> {
        let page = self.page();
        let mut rows = pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(Into::into)? {
            listing.push(&row)?;
            // Whoever reads the first lines only does not want the rest of a long list.
            if self.is_closed() {
                return page.end();
            }
            if listing.is_full() {
                break;
            }
        }
        listing.end()?;
        page.end()
    }

    /// Begins a list that is printed while it comes.
    pub(super) fn listing<'a>(&'a self, table: &Table<'a>) -> Listing<'a> {
        Listing::new(self, self.view.clone(), *table)
    }

    /// Prints a list that is there already.
    pub(crate) fn list(&self, table: &Table<'_>, rows: &[Value]) -> Result<(), Failure> {
        self.list_as(self.view.clone(), table, rows)
    }

    pub(super) fn list_as(
        &self,
        view: View,
        table: &Table<'_>,
        rows: &[Value],
    ) -> Result<(), Failure> {
        if let Some(mut collected) = self.collect() {
            collected.begin(table, Kind::Listed);
            rows.iter().cloned().for_each(|row| collected.push(row));
            return Ok(());
        }
        let page = self.page();
        let mut listing = Listing::new(self, view, *table);
        for row in rows {
            listing.push_value(row.clone())?;
            if listing.is_full() {
                break;
            }
        }
        listing.end()?;
        page.end()
    }
}
