//! Sums, counts and the like over groups of rows.

use super::condition::check;
use crate::Error;

/// A number computed over the rows of a group, under a name of its own.
#[derive(Debug, Clone)]
#[must_use = "it does nothing until a query has it"]
pub struct Aggregate {
    column: String,
    method: &'static str,
    name: String,
}

impl Aggregate {
    /// The sum of a column.
    pub fn sum(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("sum", column.into(), name.into())
    }

    /// The mean of a column.
    pub fn average(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("average", column.into(), name.into())
    }

    /// The least value of a column.
    pub fn min(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("min", column.into(), name.into())
    }

    /// The greatest value of a column.
    pub fn max(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("max", column.into(), name.into())
    }

    /// The number of different values of a column; of rows, for the key of the set.
    pub fn count_distinct(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("countdistinct", column.into(), name.into())
    }

    fn with(method: &'static str, column: String, name: String) -> Self {
        Self {
            column,
            method,
            name,
        }
    }

    fn text(&self) -> Result<String, Error> {
        check(&self.name)?;
        check(&self.column)?;
        Ok(format!(
            "{} with {} as {}",
            self.column, self.method, self.name
        ))
    }
}

/// The steps of `$apply`: the rows that count, what they are grouped by, what is computed.
pub(super) fn apply(
    filter: Option<&str>,
    columns: &[String],
    aggregates: &[Aggregate],
) -> Result<String, Error> {
    columns.iter().try_for_each(|it| check(it))?;
    let computed: Result<Vec<_>, _> = aggregates.iter().map(Aggregate::text).collect();
    let computed = computed?.join(",");
    let columns = columns.join(",");
    let step = match (columns.is_empty(), computed.is_empty()) {
        (true, true) => {
            return Err(Error::input(
                "an aggregate needs columns or something to compute",
            ));
        }
        (true, false) => format!("aggregate({computed})"),
        (false, true) => format!("groupby(({columns}))"),
        (false, false) => format!("groupby(({columns}),aggregate({computed}))"),
    };
    Ok(match filter {
        Some(filter) => format!("filter({filter})/{step}"),
        None => step,
    })
}
