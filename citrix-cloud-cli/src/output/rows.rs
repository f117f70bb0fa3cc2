//! Prints lists: row by row as they arrive, or from memory.

use std::io;
use std::pin::pin;

use futures_util::{FutureExt as _, Stream, TryStreamExt as _};
use serde_json::Value;
use serde_json::value::RawValue;

use super::collect::RowKind;
use super::{Listing, Output, Table, View};
use crate::exit::Failure;

/// The rows of a list, as the text that the service returned.
pub(crate) trait Rows: Stream<Item = Result<Box<RawValue>, Self::Failed>> {
    /// Why the stream ended early.
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
    /// Prints a list as it arrives, row by row, in the chosen format.
    ///
    /// Rows are what the service returned. Only as much is buffered as the format needs: the first 250 rows of a table,
    /// and everything with `--sort` and `--query`.
    pub(crate) async fn rows(&self, table: &Table<'_>, rows: impl Rows) -> Result<(), Failure> {
        if self.collected.is_some() {
            return self.gather(table, RowKind::Listed, rows).await;
        }
        self.print(self.listing(table), rows).await
    }

    /// Prints rows of unknown structure: as JSON, unless another format is chosen.
    pub(crate) async fn any_rows(&self, table: &Table<'_>, rows: impl Rows) -> Result<(), Failure> {
        if self.collected.is_some() {
            return self.gather(table, RowKind::Anything, rows).await;
        }
        let listing = Listing::new(self, self.view.of_anything(), *table);
        self.print(listing, rows).await
    }

    async fn gather(
        &self,
        table: &Table<'_>,
        kind: RowKind,
        rows: impl Rows,
    ) -> Result<(), Failure> {
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
        let printed = self.print_while_it_comes(&mut listing, rows).await;
        // Rows before a failure are shown before the error.
        listing.flush()?;
        printed?;
        if !self.is_closed() {
            listing.end()?;
        }
        page.end()
    }

    async fn print_while_it_comes(
        &self,
        listing: &mut Listing<'_>,
        rows: impl Rows,
    ) -> Result<(), Failure> {
        let mut rows = pin!(rows);
        loop {
            // Text is buffered only while the next row is already available.
            let row = match rows.try_next().now_or_never() {
                Some(row) => row,
                None => {
                    listing.flush()?;
                    rows.try_next().await
                }
            };
            let Some(row) = row.map_err(Into::into)? else {
                return Ok(());
            };
            listing.push(&row)?;
            // A reader who only wants the first lines must not cause the rest of a long list to be fetched.
            if self.is_closed() || listing.is_full() {
                return Ok(());
            }
        }
    }

    /// Starts a list that is printed as it arrives.
    pub(super) fn listing<'a>(&'a self, table: &Table<'a>) -> Listing<'a> {
        Listing::new(self, self.view.clone(), *table)
    }

    /// Prints a list from memory.
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
            collected.begin(table, RowKind::Listed);
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use futures_util::stream::{self, StreamExt as _};

    use super::super::tests::{no_screen, view};
    use super::*;

    const BIRDS: Table<'_> = Table::new("birds", &[("ID", "/Id")]);

    /// Records each write separately.
    #[derive(Clone, Default)]
    struct Writes(Arc<Mutex<Vec<String>>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            self.0.lock().unwrap().push(text);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn row(id: usize) -> Box<RawValue> {
        RawValue::from_string(format!("{{\"Id\":{id}}}")).unwrap()
    }

    /// Returns what is written for the rows, and the result, unless it is still waiting for more rows.
    fn written(rows: impl Rows) -> (Vec<String>, Option<Result<(), Failure>>) {
        let writes = Writes::default();
        let sink = Box::new(writes.clone());
        let out = Output::to(view(&["--output", "jsonl"]), no_screen(), sink);
        let ended = out.rows(&BIRDS, rows).now_or_never();
        let writes = writes.0.lock().unwrap().clone();
        (writes, ended)
    }

    #[test]
    fn rows_that_came_together_are_one_write() {
        let (writes, ended) = written(stream::iter(0..100).map(|id| Ok::<_, Failure>(row(id))));
        ended.unwrap().unwrap();
        assert_eq!(writes.len(), 1);
        assert_eq!(writes[0].lines().count(), 100);
        assert!(writes[0].ends_with("{\"Id\":99}\n"));
    }

    #[test]
    fn received_rows_are_shown_before_waiting_for_the_next_page() {
        let page = stream::iter([Ok::<_, Failure>(row(1)), Ok(row(2))]);
        let (writes, ended) = written(page.chain(stream::pending()));
        assert!(ended.is_none());
        assert_eq!(writes, ["{\"Id\":1}\n{\"Id\":2}\n"]);
    }

    #[test]
    fn rows_received_before_a_failure_are_shown() {
        let failed = Failure::Usage("gone".to_owned());
        let (writes, ended) = written(stream::iter([Ok(row(1)), Err(failed)]));
        assert!(ended.unwrap().is_err());
        assert_eq!(writes, ["{\"Id\":1}\n"]);
    }
}
