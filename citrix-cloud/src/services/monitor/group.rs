//! Aggregates over groups of rows.

use serde_json::Value;

use super::condition::check;
use crate::Error;

/// A number computed over the rows of a group, with a name.
#[derive(Debug, Clone)]
#[must_use = "it does nothing until it is added to a query"]
pub struct Aggregate {
    column: String,
    method: &'static str,
    name: String,
}

impl Aggregate {
    /// Computes the sum of a column.
    pub fn sum(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("sum", column.into(), name.into())
    }

    /// Computes the average of a column.
    pub fn average(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("average", column.into(), name.into())
    }

    /// Computes the minimum of a column.
    pub fn min(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("min", column.into(), name.into())
    }

    /// Computes the maximum of a column.
    pub fn max(column: impl Into<String>, name: impl Into<String>) -> Self {
        Self::with("max", column.into(), name.into())
    }

    /// Counts the distinct values of a column; with the key of the set, this counts rows.
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

/// Returns the step of `$apply` that groups rows and computes aggregates.
pub(super) fn step(columns: &[String], aggregates: &[Aggregate]) -> Result<String, Error> {
    columns.iter().try_for_each(|it| check(it))?;
    let computed: Result<Vec<_>, _> = aggregates.iter().map(Aggregate::text).collect();
    let computed = computed?.join(",");
    let columns = columns.join(",");
    Ok(match (columns.is_empty(), computed.is_empty()) {
        (true, true) => {
            return Err(Error::input(
                "an aggregate needs columns or something to compute",
            ));
        }
        (true, false) => format!("aggregate({computed})"),
        (false, true) => format!("groupby(({columns}))"),
        (false, false) => format!("groupby(({columns}),aggregate({computed}))"),
    })
}

/// Returns the steps of `$apply`: the filter, then the given step.
pub(super) fn apply(filter: Option<&str>, step: &str) -> String {
    match filter {
        Some(filter) => format!("filter({filter})/{step}"),
        None => step.to_owned(),
    }
}

/// Removes null ids from a row and from rows nested in it.
pub(super) fn without_null_ids(mut row: Value) -> Value {
    if let Value::Object(fields) = &mut row {
        fields.retain(|name, value| name != "@odata.id" || !value.is_null());
        for value in fields.values_mut().filter(|it| it.is_object()) {
            *value = without_null_ids(value.take());
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_null_ids_are_left_out_at_every_depth() {
        let row = json!({
            "@odata.id": null,
            "User": {"@odata.id": null, "FullName": null},
            "Kept": {"@odata.id": "x"},
            "N": 3,
        });
        let expected = json!({"User": {"FullName": null}, "Kept": {"@odata.id": "x"}, "N": 3});
        assert_eq!(without_null_ids(row), expected);
    }
}
