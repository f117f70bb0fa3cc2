//! `monitor query`.

use std::time::Duration;

use citrix_cloud::monitor::{Monitor, Query as Sent};
use clap::Args;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use super::catalog::{Catalog, Set};
use super::naming::named;
use super::period::{self, Period, time_column, within};
use super::selection::Selection;
use super::unknown::explained;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Rows, Table};

/// Query a set; enumerations are shown by name in tables, and as numbers in other formats.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud monitor query Sessions --filter 'EndDate eq null' --select User/UserName,StartDate
  citrix-cloud monitor query Machines --filter 'FaultState gt 1' --count
  citrix-cloud monitor query Sessions --since 7d --apply \\
    'groupby((User/UserName),aggregate(SessionKey with countdistinct as Sessions))' \\
    --order-by 'Sessions desc' --top 10")]
pub(crate) struct Query {
    /// The set, such as Sessions; `monitor sets` lists them.
    set: String,
    /// Only rows that match this OData filter, such as `LogOnDuration gt 60000`.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Only these columns; a path such as User/UserName includes a column of a related row.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    select: Vec<String>,
    /// Include the rows that a navigation leads to, in OData syntax: `Sessions($top=1)`.
    #[arg(long, value_name = "TEXT")]
    expand: Vec<String>,
    /// Sort by these columns; append `desc` to a column for descending order.
    #[arg(long, value_name = "A,B desc", value_delimiter = ',', value_parser = order)]
    order_by: Vec<Order>,
    /// Return at most N rows.
    #[arg(long, value_name = "N")]
    top: Option<u64>,
    /// Print only the number of rows.
    #[arg(long, conflicts_with_all = ["top", "apply", "window", "select", "expand", "order_by"])]
    count: bool,
    /// Group and aggregate, in OData syntax: `groupby((A),aggregate(B with sum as C))`.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["select", "expand"])]
    apply: Option<String>,
    #[command(flatten)]
    period: Period,
    /// The time column for --since and --until [default: depends on the set].
    #[arg(long, value_name = "COLUMN", requires = "since")]
    by: Option<String>,
    /// Split the query into time spans of this length, such as 1h, so that each stays below the
    /// service's limit of 30 s; rows are returned in order of time.
    #[arg(long, value_name = "LENGTH", value_parser = period::length, requires = "since")]
    #[arg(conflicts_with_all = ["top", "apply", "order_by"])]
    window: Option<Duration>,
}

/// A column to sort by, and whether the order is descending.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Order(String, bool);

fn order(text: &str) -> Result<Order, String> {
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(column), None | Some("asc"), None) => Ok(Order(column.to_owned(), false)),
        (Some(column), Some("desc"), None) => Ok(Order(column.to_owned(), true)),
        _ => Err("a column, with `asc` or `desc` behind it".to_owned()),
    }
}

impl Query {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if self.period.is_open() {
            let words = "--until needs --since; a filter can have one end alone";
            return Err(Failure::Usage(words.to_owned()));
        }
        let selection = Selection::of(&self.set, self.select.iter().map(String::as_str));
        let known = Catalog::get().set(&self.set);
        let query = self.query(&selection)?;
        let query = query(&context.client()?.monitor());
        let result = match self.count {
            true => match query.count().await {
                Ok(count) => return context.out.line(&count.to_string()),
                Err(error) => Err(error.into()),
            },
            false => {
                let paths = &selection.paths;
                match &self.apply {
                    None => show(context, query.raw_rows(), paths, known).await,
                    Some(_) => {
                        let rows = query.json_rows().map(|row| raw(&row?));
                        show(context, rows, paths, known).await
                    }
                }
            }
        };
        result.map_err(|failure| explained(failure, &self.set, &self.texts()))
    }

    /// Returns the texts that contain column names; those that define aliases come first.
    fn texts(&self) -> Vec<&str> {
        let texts = [&self.apply, &self.filter, &self.by].into_iter().flatten();
        let texts = texts.chain(&self.select).chain(&self.expand);
        let texts = texts.chain(self.order_by.iter().map(|Order(column, _)| column));
        texts.map(String::as_str).collect()
    }

    /// Builds the query, which is validated before a client is created.
    fn query(
        &self,
        selection: &Selection,
    ) -> Result<impl FnOnce(&Monitor) -> Sent + use<'_>, Failure> {
        let span = self.period.span(Timestamp::now())?;
        let by = match span {
            Some(_) => Some(time_column(&self.set, self.by.as_deref())?),
            None => None,
        };
        let selection = selection.clone();
        Ok(move |monitor: &Monitor| {
            let mut query = selection.apply(monitor.query(&self.set));
            if let Some(filter) = &self.filter {
                query = query.filter_text(filter);
            }
            if let (Some(span), Some(by)) = (span, by) {
                query = match self.window {
                    None => query.filter(within(&by, span)),
                    Some(length) => query.windowed(by, span.0, span.1, length),
                };
            }
            query = self.expand.iter().fold(query, Sent::expand_text);
            if let Some(apply) = &self.apply {
                query = query.apply_text(apply);
            }
            for Order(column, descending) in &self.order_by {
                query = match descending {
                    true => query.order_by_descending(column),
                    false => query.order_by(column),
                };
            }
            match self.top {
                Some(rows) => query.top(rows),
                None => query,
            }
        })
    }
}

/// Prints rows as they arrive: in tables with the names of enumeration values, otherwise unchanged.
async fn show(
    context: &Context,
    rows: impl Rows,
    paths: &[String],
    set: Option<&'static Set>,
) -> Result<(), Failure> {
    let pointers: Vec<String> = paths.iter().map(|it| format!("/{it}")).collect();
    let columns: Vec<(&str, &str)> = paths
        .iter()
        .zip(&pointers)
        .map(|(heading, pointer)| (heading.as_str(), pointer.as_str()))
        .collect();
    let table = Table::new("rows", &columns);
    match set.filter(|_| context.out.is_grid()) {
        None => context.out.rows(&table, rows).await,
        Some(set) => {
            let rows = rows.map(|row| with_names(&row.map_err(Into::into)?, set));
            context.out.rows(&table, rows).await
        }
    }
}

fn with_names(row: &RawValue, set: &Set) -> Result<Box<RawValue>, Failure> {
    let mut row: Value = serde_json::from_str(row.get()).map_err(std::io::Error::other)?;
    named(&mut row, set);
    raw(&row)
}

fn raw(row: &Value) -> Result<Box<RawValue>, Failure> {
    let raw = serde_json::value::to_raw_value(row);
    raw.map_err(|error| std::io::Error::other(error).into())
}
