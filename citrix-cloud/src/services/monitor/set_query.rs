//! Typed queries of sets.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::entity::Set;
use super::export::Export;
use super::group::Aggregate;
use super::kind::Time;
use super::query::Query;
use super::typed::{Any, Brought, Column, Columns, Computed, Filter, Named, Order, Own};
use super::{Condition, Monitor};
use crate::Error;
use crate::paging::{Items, Pages};

/// A query of the set `S` that has not been sent yet.
///
/// It works like [`Query`], with columns and values that the compiler checks.
#[must_use = "a query is sent by `rows`, `pages` or `count`"]
pub struct SetQuery<S> {
    query: Query,
    of: PhantomData<fn() -> S>,
}

impl Monitor {
    /// Creates a query of the set `S`.
    pub fn set<S: Set>(&self) -> SetQuery<S> {
        SetQuery::of(self.query(<S as Set>::NAME))
    }
}

impl<S: Set> SetQuery<S> {
    fn of(query: Query) -> Self {
        Self {
            query,
            of: PhantomData,
        }
    }

    /// Returns only rows that meet a condition, in addition to any earlier conditions.
    pub fn filter(self, condition: Filter<S>) -> Self {
        Self::of(self.query.filter(condition.into_condition()))
    }

    /// Works like [`SetQuery::filter`] with the text of a `$filter`, which is sent unchanged apart
    /// from percent-encoding.
    pub fn filter_text(self, text: impl Into<String>) -> Self {
        Self::of(self.query.filter(Condition::text(text)))
    }

    /// Returns only these columns of the set: one, an array or a tuple.
    pub fn select(self, columns: impl Columns<S, Own>) -> Self {
        Self::of(self.query.select(columns.names()))
    }

    /// Includes the rows that a navigation leads to.
    pub fn expand(self, navigation: impl Into<Brought<S>>) -> Self {
        Self::of(self.query.expand(navigation.into().expand))
    }

    /// Sorts by a column; further calls add further columns.
    pub fn order_by(self, order: impl Into<Order<S>>) -> Self {
        let order = order.into();
        Self::of(match order.descending {
            true => self.query.order_by_descending(order.path),
            false => self.query.order_by(order.path),
        })
    }

    /// Returns at most this many rows.
    pub fn top(self, rows: u64) -> Self {
        Self::of(self.query.top(rows))
    }

    /// Groups rows by columns: one, an array or a tuple.
    pub fn group_by(self, columns: impl Columns<S, Any>) -> Grouped<S> {
        Grouped {
            query: self.query,
            columns: columns.names(),
            of: PhantomData,
        }
    }

    /// Returns a single row with aggregates over all rows.
    pub fn aggregate(self, computed: impl IntoIterator<Item = Computed<S>>) -> Query {
        let nothing: [&str; 0] = [];
        self.query.aggregate(nothing, aggregates(computed))
    }

    /// The same as [`Query::windowed`].
    pub fn windowed(
        self,
        column: Column<S, Time>,
        from: Timestamp,
        until: Timestamp,
        length: Duration,
    ) -> Self {
        let column = Named::<S, Own>::name(column);
        Self::of(self.query.windowed(column, from, until, length))
    }

    /// The same as [`Query::export`].
    pub fn export(self, file: impl Into<PathBuf>) -> Export {
        self.query.export(file)
    }

    /// Returns the rows.
    pub fn rows(self) -> Items<S> {
        self.query.rows()
    }

    /// Returns the rows as your own type, whose fields are named as on the wire.
    pub fn rows_as<R: DeserializeOwned + Send + 'static>(self) -> Items<R> {
        self.query.rows()
    }

    /// Returns the rows as the service sent them, parsed as JSON.
    pub fn json_rows(self) -> Items<Value> {
        self.query.json_rows()
    }

    /// Returns the pages, one request each.
    pub fn pages(self) -> Pages<S> {
        self.query.pages()
    }

    /// Returns the number of rows that match the filter.
    ///
    /// # Errors
    ///
    /// The same as [`Query::count`].
    pub async fn count(self) -> Result<u64, Error> {
        self.query.count().await
    }

    /// Converts it into an untyped query, for anything without a method here.
    pub fn into_query(self) -> Query {
        self.query
    }
}

/// Grouped rows of a set.
#[must_use = "nothing is sent until rows are read"]
pub struct Grouped<S> {
    query: Query,
    columns: Vec<String>,
    of: PhantomData<fn() -> S>,
}

impl<S: Set> Grouped<S> {
    /// Returns one row per group with its columns and the aggregates, by their names;
    /// [`Query::rows`] reads them as your own type.
    pub fn aggregate(self, computed: impl IntoIterator<Item = Computed<S>>) -> Query {
        self.query.aggregate(self.columns, aggregates(computed))
    }

    /// Returns one row per group with only its columns.
    pub fn distinct(self) -> Query {
        self.query.aggregate(self.columns, [])
    }
}

fn aggregates<S>(computed: impl IntoIterator<Item = Computed<S>>) -> Vec<Aggregate> {
    computed.into_iter().map(|it| it.aggregate).collect()
}

impl<S> From<SetQuery<S>> for Query {
    fn from(typed: SetQuery<S>) -> Self {
        typed.query
    }
}

impl<S> Clone for SetQuery<S> {
    fn clone(&self) -> Self {
        Self {
            query: self.query.clone(),
            of: PhantomData,
        }
    }
}

impl<S> fmt::Debug for SetQuery<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.query.fmt(f)
    }
}

impl<S> fmt::Debug for Grouped<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grouped")
            .field("query", &self.query)
            .field("columns", &self.columns)
            .finish()
    }
}
