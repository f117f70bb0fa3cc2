//! `monitor query`.

use std::time::Duration;

use citrix_cloud::monitor::{Monitor, Query as Sent};
use citrix_cloud::paging::Items;
use clap::Args;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use super::catalog::{Catalog, Set};
use super::naming::named;
use super::period::{self, Period, time_column, within};
use super::selection::Selection;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

/// How many columns a table has unless they are chosen.
const COLUMNS: usize = 7;

/// Query a set: rows with their numbers for programs, with the names of enumerations in tables.
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
    /// Only rows that fulfil this condition of OData, such as `LogOnDuration gt 60000`.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Only these columns; a path such as User/UserName brings along what it leads to.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    select: Vec<String>,
    /// Bring along what a navigation leads to, as text of OData: `Sessions($top=1)`.
    #[arg(long, value_name = "TEXT")]
    expand: Vec<String>,
    /// Sort by columns, each with `desc` behind it for the greatest first.
    #[arg(long, value_name = "A,B desc", value_delimiter = ',', value_parser = order)]
    order_by: Vec<Order>,
    /// No more rows than this.
    #[arg(long, value_name = "N")]
    top: Option<u64>,
    /// Print the number of rows and none of them.
    #[arg(long, conflicts_with_all = ["top", "apply", "window", "select", "expand", "order_by"])]
    count: bool,
    /// Groups and sums, as text of OData: `groupby((A),aggregate(B with sum as C))`.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["select", "expand"])]
    apply: Option<String>,
    #[command(flatten)]
    period: Period,
    /// The column that --since and --until go by [default: the set's own].
    #[arg(long, value_name = "COLUMN", requires = "since")]
    by: Option<String>,
    /// Ask for the rows of this much time at once, such as 1h, so that no query meets the service's
    /// limit of 30 s; rows come in the order of time.
    #[arg(long, value_name = "LENGTH", value_parser = period::length, requires = "since")]
    #[arg(conflicts_with_all = ["top", "apply", "order_by"])]
    window: Option<Duration>,
}

/// A column to sort by, and whether the greatest comes first.
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
        let answered = match self.count {
            true => match query.count().await {
                Ok(count) => return context.out.line(&count.to_string()),
                Err(error) => Err(error.into()),
            },
            false => {
                let rows = match self.apply {
                    None => Rows::Raw(query.raw_rows()),
                    Some(_) => Rows::Json(query.json_rows()),
                };
                show(context, rows, &selection.paths, known).await
            }
        };
        answered.map_err(|failure| match failure {
            Failure::Service(error) if error.status() == Some(404) && known.is_none() => {
                Failure::Missing(Catalog::get().no_set(&self.set))
            }
            failure => failure,
        })
    }

    /// What is asked, judged before there is a client.
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

/// Rows as the service wrote them, or read.
enum Rows {
    Raw(Items<Box<RawValue>>),
    Json(Items<Value>),
}

impl Rows {
    async fn next(&mut self) -> Result<Option<Box<RawValue>>, Failure> {
        Ok(match self {
            Self::Raw(rows) => rows.try_next().await?,
            Self::Json(rows) => match rows.try_next().await? {
                Some(row) => Some(raw(&row)?),
                None => None,
            },
        })
    }
}

fn raw(row: &Value) -> Result<Box<RawValue>, Failure> {
    let raw = serde_json::value::to_raw_value(row);
    raw.map_err(|error| std::io::Error::other(error).into())
}

/// Prints rows while they come.
async fn show(
    context: &Context,
    mut rows: Rows,
    paths: &[String],
    set: Option<&Set>,
) -> Result<(), Failure> {
    let first = rows.next().await?;
    let columns = match (paths, &first) {
        ([], Some(first)) => columns_of(first)?,
        (paths, _) => paths.to_vec(),
    };
    let pointers: Vec<String> = columns.iter().map(|it| format!("/{it}")).collect();
    let columns: Vec<(&str, &str)> = columns
        .iter()
        .zip(&pointers)
        .map(|(heading, pointer)| (heading.as_str(), pointer.as_str()))
        .collect();
    let table = Table::new("rows", &columns);
    let mut listing = context.out.listing(&table);
    let mut next = first;
    while let Some(row) = next {
        match set.filter(|_| context.out.is_table()) {
            Some(set) => {
                let mut row: Value =
                    serde_json::from_str(row.get()).map_err(std::io::Error::other)?;
                named(&mut row, set);
                listing.push(&raw(&row)?)?;
            }
            None => listing.push(&row)?,
        }
        if context.out.is_closed() {
            return Ok(());
        }
        next = rows.next().await?;
    }
    listing.end()
}

/// The first columns of a row, those behind single navigations included.
fn columns_of(row: &RawValue) -> Result<Vec<String>, Failure> {
    let row: Value = serde_json::from_str(row.get()).map_err(std::io::Error::other)?;
    let mut columns = Vec::new();
    for (name, value) in row.as_object().into_iter().flatten() {
        match value {
            Value::Object(behind) => {
                columns.extend(behind.keys().map(|it| format!("{name}/{it}")));
            }
            Value::Array(_) => {}
            _ => columns.push(name.clone()),
        }
    }
    columns.retain(|it| !it.contains("@odata."));
    columns.truncate(COLUMNS);
    Ok(columns)
}
