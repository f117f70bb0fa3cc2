//! Queries of sets.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::condition::{Condition, check, column};
use super::expand::Expand;
use super::export::Export;
use super::group::{self, Aggregate};
use super::pages;
use super::shape::Shape;
use crate::paging::{self, Items, Pages};
use crate::{Client, Error};

/// The most windows that a query is split into.
const MOST_WINDOWS: usize = 100_000;

/// A query of one set that has not been sent yet.
///
/// Rows are read page by page: links are followed to the end, but only on the client's own origin.
/// A repeated link is an error. While a page is being consumed, the next one is prefetched. The
/// service rejects concurrent queries of a customer, so the queries of one process wait for each
/// other, and so do those of processes that share a [token
/// store](crate::ClientBuilder::token_store); this wait does not count towards the call's timeout.
#[derive(Clone)]
#[must_use = "a query is sent by `rows`, `pages` or `count`"]
pub struct Query {
    client: Client,
    set: String,
    shape: Shape,
    groups: Option<Groups>,
    windows: Option<Windows>,
}

/// How rows are grouped, and what is computed for each group.
#[derive(Clone)]
enum Groups {
    Of(Vec<String>, Vec<Aggregate>),
    Text(String),
}

/// A period, and how it is divided.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    column: String,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) length: Duration,
}

impl Query {
    pub(super) fn new(client: Client, set: String) -> Self {
        Self {
            client,
            set,
            shape: Shape::default(),
            groups: None,
            windows: None,
        }
    }

    /// Returns only rows that meet a condition, in addition to any earlier conditions.
    pub fn filter(mut self, condition: Condition) -> Self {
        self.shape.narrow(condition);
        self
    }

    /// Works like [`Query::filter`] with the text of a `$filter`, which is sent unchanged apart
    /// from percent-encoding.
    pub fn filter_text(self, text: impl Into<String>) -> Self {
        self.filter(Condition::text(text))
    }

    /// Returns only these columns.
    pub fn select<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.shape
            .select
            .extend(columns.into_iter().map(Into::into));
        self
    }

    /// Includes the rows that a navigation leads to.
    pub fn expand(mut self, navigation: Expand) -> Self {
        self.shape.expand.push(navigation);
        self
    }

    /// Works like [`Query::expand`] with the text of an `$expand`, such as
    /// `Sessions($filter=EndDate eq null;$top=1)`.
    pub fn expand_text(mut self, text: impl Into<String>) -> Self {
        self.shape.expand_text.push(text.into());
        self
    }

    /// Sorts by a column, in ascending order.
    pub fn order_by(mut self, column: impl Into<String>) -> Self {
        self.shape.order.push((column.into(), "asc"));
        self
    }

    /// Sorts by a column, in descending order.
    pub fn order_by_descending(mut self, column: impl Into<String>) -> Self {
        self.shape.order.push((column.into(), "desc"));
        self
    }

    /// Returns at most this many rows.
    pub fn top(mut self, rows: u64) -> Self {
        self.shape.top = Some(rows);
        self
    }

    /// Returns one row per group instead, or a single row if there are no columns.
    ///
    /// The filter is applied before the rows are grouped.
    pub fn aggregate<S: Into<String>>(
        mut self,
        group_by: impl IntoIterator<Item = S>,
        computed: impl IntoIterator<Item = Aggregate>,
    ) -> Self {
        let columns = group_by.into_iter().map(Into::into).collect();
        self.groups = Some(Groups::Of(columns, computed.into_iter().collect()));
        self
    }

    /// Works like [`Query::aggregate`] with the text of an `$apply`, for anything without a method
    /// here; apart from percent-encoding, it is sent unchanged.
    pub fn apply_text(mut self, text: impl Into<String>) -> Self {
        self.groups = Some(Groups::Text(text.into()));
        self
    }

    /// Splits a period into several consecutive queries, each covering `length`.
    ///
    /// Use this to stay below the 30 s after which the service ends a query. It returns the rows
    /// whose `column` is at or after `from` and before `until`, ordered by that column.
    pub fn windowed(
        mut self,
        column: impl Into<String>,
        from: Timestamp,
        until: Timestamp,
        length: Duration,
    ) -> Self {
        self.windows = Some(Windows {
            column: column.into(),
            from,
            until,
            length,
        });
        self
    }

    /// Prepares to write the rows of all windows to a file, such that an interrupted export can be
    /// continued; nothing is sent yet.
    pub fn export(self, file: impl Into<PathBuf>) -> Export {
        Export::new(self, file.into())
    }

    /// Returns the rows as your own type, whose fields are named as on the wire.
    pub fn rows<R: DeserializeOwned + Send + 'static>(self) -> Items<R> {
        Items::new(paging::flat(self.pages::<R>()))
    }

    /// Returns the rows as the service sent them, parsed as JSON.
    ///
    /// The service adds a null `@odata.id` to each row of an aggregate; it is removed.
    pub fn json_rows(self) -> Items<Value> {
        Items::new(self.rows::<Value>().map_ok(group::without_null_ids))
    }

    /// Returns the rows as the text that the service sent.
    pub fn raw_rows(self) -> Items<Box<RawValue>> {
        self.rows()
    }

    /// Returns the pages, one request each.
    pub fn pages<R: DeserializeOwned + Send + 'static>(self) -> Pages<R> {
        let queries = match self.split() {
            Ok(queries) => queries,
            Err(error) => return Pages::new(stream::once(async { Err(error) })),
        };
        let pages = stream::iter(queries)
            .map(|query| {
                let pairs = query.pairs()?;
                Ok(pages::follow(&query.client, &query.set, &pairs))
            })
            .try_flatten();
        Pages::new(until_error(pages))
    }

    /// Returns the number of rows that match the filter.
    ///
    /// # Errors
    ///
    /// The same as reading the rows. Also [`ErrorKind::Input`](crate::ErrorKind::Input), before
    /// anything is sent, if the query has `top`, groups or windows, for which the service does not
    /// count rows.
    pub async fn count(self) -> Result<u64, Error> {
        if self.shape.top.is_some() || self.groups.is_some() || self.windows.is_some() {
            return Err(Error::input(
                "`count` counts all rows that match the filter; it cannot be combined with `top`, \
                 `aggregate` or `windowed`",
            ));
        }
        check(&self.set)?;
        let mut pairs = vec![("$count", "true".to_owned()), ("$top", "0".to_owned())];
        if let Some(filter) = self.shape.filter()? {
            pairs.push(("$filter", filter));
        }
        pages::count(&self.client, &self.set, &pairs).await
    }

    /// Returns the queries that this one is split into.
    fn split(mut self) -> Result<Vec<Self>, Error> {
        check(&self.set)?;
        let Some(windows) = self.windows.take() else {
            return Ok(vec![self]);
        };
        self.check_windowed()?;
        let length = SignedDuration::try_from(windows.length)
            .ok()
            .filter(SignedDuration::is_positive)
            .ok_or_else(|| {
                Error::input(format!(
                    "windows of {:?}: expected a duration above 0",
                    windows.length
                ))
            })?;
        let mut queries = Vec::new();
        let mut from = windows.from;
        while from < windows.until {
            if queries.len() == MOST_WINDOWS {
                return Err(Error::input(format!(
                    "windows of {:?} make more than {MOST_WINDOWS} queries; use longer ones",
                    windows.length
                )));
            }
            let until = from.checked_add(length).unwrap_or(windows.until);
            let until = until.min(windows.until);
            queries.push(self.clone().within(&windows.column, from, until));
            from = until;
        }
        Ok(queries)
    }

    fn check_windowed(&self) -> Result<(), Error> {
        match self.shape.top.is_some() || self.groups.is_some() || !self.shape.order.is_empty() {
            false => Ok(()),
            true => Err(Error::input(
                "`windowed` returns all rows by the time that it splits; it cannot be combined with \
                 `top`, `aggregate` or `order_by`",
            )),
        }
    }

    /// Restricts the query to one window, ordered by the window's column.
    fn within(self, by: &str, from: Timestamp, until: Timestamp) -> Self {
        let within = column(by).ge(from).and(column(by).lt(until));
        self.filter(within).order_by(by)
    }

    pub(super) fn windows(&self) -> Option<&Windows> {
        self.windows.as_ref()
    }

    /// Returns the query for a part of the period; rows with the same time are ordered by `key`.
    pub(super) fn window(&self, from: Timestamp, until: Timestamp, key: &[String]) -> Self {
        let mut query = self.clone();
        match query.windows.take() {
            Some(windows) => {
                let query = query.within(&windows.column, from, until);
                key.iter().fold(query, Self::order_by)
            }
            None => query,
        }
    }

    /// Returns a text that identifies the query, regardless of the period.
    pub(super) fn identity(&self, key: &[String]) -> Result<String, Error> {
        check(&self.set)?;
        self.check_windowed()?;
        let by = self.windows.as_ref().map_or("", |it| &it.column);
        let pairs = self.pairs()?;
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
        let pairs: Vec<String> = pairs.collect();
        let order = [&[by.to_owned()], key].concat().join(",");
        Ok(format!("{} {} by {order}", self.set, pairs.join("&")))
    }

    fn pairs(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let mut pairs = Vec::new();
        let filter = self.shape.filter()?;
        match (&self.groups, filter) {
            (Some(Groups::Of(columns, computed)), filter) => {
                if !self.shape.select.is_empty() || self.shape.expands() {
                    return Err(Error::input(
                        "`aggregate` determines which columns are returned; it cannot be combined with \
                         `select` or `expand`",
                    ));
                }
                let step = group::step(columns, computed)?;
                pairs.push(("$apply", group::apply(filter.as_deref(), &step)));
            }
            (Some(Groups::Text(step)), filter) => {
                pairs.push(("$apply", group::apply(filter.as_deref(), step)));
            }
            (None, Some(filter)) => pairs.push(("$filter", filter)),
            (None, None) => {}
        }
        pairs.extend(self.shape.options()?);
        Ok(pairs)
    }
}

/// Ends a stream after its first error, so that later windows are not requested.
fn until_error<T: Send + 'static>(
    pages: impl futures_util::Stream<Item = Result<T, Error>> + Send + 'static,
) -> impl futures_util::Stream<Item = Result<T, Error>> + Send + 'static {
    let mut failed = false;
    pages.take_while(move |page| {
        let go_on = !failed;
        failed |= page.is_err();
        std::future::ready(go_on)
    })
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("set", &self.set)
            .field("filter", &self.shape.filter)
            .finish_non_exhaustive()
    }
}
