//! A query: what is asked of a set, and how its rows are read.

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

/// A query of one set, not sent yet.
///
/// Rows come page after page: links are followed until there is none, and only below the
/// client's own origin. A link that comes a second time is an error. While a page is used, the next
/// one is fetched. The service refuses a second query of a customer, so those of one process wait
/// for one another, and so do processes that share a [token store](crate::ClientBuilder::token_store);
/// that time does not count towards the call's timeout.
#[derive(Clone)]
#[must_use = "a query is sent by `rows`, `pages` or `count`"]
pub struct Query {
    client: Client,
    set: String,
    shape: Shape,
    groups: Option<Groups>,
    windows: Option<Windows>,
}

/// What rows are grouped by and what is computed over the groups.
#[derive(Clone)]
enum Groups {
    Of(Vec<String>, Vec<Aggregate>),
    Text(String),
}

/// A time, and how it is cut.
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

    /// Returns only rows that fulfil a condition, and those that were set before.
    pub fn filter(mut self, condition: Condition) -> Self {
        self.shape.narrow(condition);
        self
    }

    /// As [`Query::filter`], with the text of a `$filter`, which is percent-encoded and nothing more.
    pub fn filter_text(self, text: impl Into<String>) -> Self {
        self.filter(Condition::text(text))
    }

    /// Returns only these columns.
    pub fn select<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.shape.select(columns);
        self
    }

    /// Brings what a navigation leads to.
    pub fn expand(mut self, navigation: Expand) -> Self {
        self.shape.expand.push(navigation);
        self
    }

    /// As [`Query::expand`], with the text of an `$expand`, such as
    /// `Sessions($filter=EndDate eq null;$top=1)`.
    pub fn expand_text(mut self, text: impl Into<String>) -> Self {
        self.shape.expand_text.push(text.into());
        self
    }

    /// Sorts by a column, the least or earliest first.
    pub fn order_by(mut self, column: impl Into<String>) -> Self {
        self.shape.order.push((column.into(), "asc"));
        self
    }

    /// Sorts by a column, the greatest or latest first.
    pub fn order_by_descending(mut self, column: impl Into<String>) -> Self {
        self.shape.order.push((column.into(), "desc"));
        self
    }

    /// Returns no more rows than this.
    pub fn top(mut self, rows: u64) -> Self {
        self.shape.top = Some(rows);
        self
    }

    /// Returns a row for each group of rows instead, or one for all if there are no columns.
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

    /// As [`Query::aggregate`], with the text of an `$apply`, for what has no method here; it is
    /// percent-encoded and nothing more.
    pub fn apply_text(mut self, text: impl Into<String>) -> Self {
        self.groups = Some(Groups::Text(text.into()));
        self
    }

    /// Asks for the rows of a time in several queries, one after the other, each for `length` of it.
    ///
    /// This is the way around the 30 s after which the service ends a query. Rows are those whose
    /// `column` is at or after `from` and before `until`, in the order of that column.
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

    /// Writes the rows of all windows to a file, in such a way that a run that was killed goes on
    /// where it was; nothing is sent yet.
    pub fn export(self, file: impl Into<PathBuf>) -> Export {
        Export::new(self, file.into())
    }

    /// The rows, read into a type of the caller's whose fields have the names on the wire.
    pub fn rows<R: DeserializeOwned + Send + 'static>(self) -> Items<R> {
        Items::new(paging::flat(self.pages::<R>()))
    }

    /// The rows as the service returned them, read as JSON.
    ///
    /// The service puts an `@odata.id` of null into each row of an aggregate, which is left out.
    pub fn json_rows(self) -> Items<Value> {
        Items::new(self.rows::<Value>().map_ok(group::without_null_ids))
    }

    /// The rows as the text that the service returned.
    pub fn raw_rows(self) -> Items<Box<RawValue>> {
        self.rows()
    }

    /// The pages, one request each.
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

    /// The number of rows that fulfil the filter.
    ///
    /// # Errors
    ///
    /// As reading the rows. [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent,
    /// when the query has `top`, groups or windows, whose rows the service does not count.
    pub async fn count(self) -> Result<u64, Error> {
        if self.shape.top.is_some() || self.groups.is_some() || self.windows.is_some() {
            return Err(Error::input(
                "`count` counts all rows that fulfil the filter; it cannot be combined with `top`, \
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

    /// The queries that this one is sent as.
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

    /// The rows of one window in the order of its column.
    fn within(self, by: &str, from: Timestamp, until: Timestamp) -> Self {
        let within = column(by).ge(from).and(column(by).lt(until));
        self.filter(within).order_by(by)
    }

    pub(super) fn windows(&self) -> Option<&Windows> {
        self.windows.as_ref()
    }

    /// The query of a part of the windows' time; rows of the same time come by their key.
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

    /// What is asked, whatever the time.
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
                        "`aggregate` says which columns come back; it cannot be combined with \
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

/// Ends a stream after its first error, so that no later window is asked for.
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
