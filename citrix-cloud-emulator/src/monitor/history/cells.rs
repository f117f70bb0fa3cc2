//! Builds a row by the names of its columns.

use super::super::odata::Row;
use super::super::schema::Set;
use super::super::value::Value;

/// A row being built. Missing values are null.
pub(crate) struct Cells {
    set: &'static Set,
    row: Row,
    at: usize,
}

impl Cells {
    pub(crate) fn of(set: &'static Set) -> Self {
        Self {
            set,
            row: vec![Value::Null; set.columns.len()],
            at: 0,
        }
    }

    /// Sets a value. It is fast if called in the order of the columns.
    pub(crate) fn put(mut self, name: &str, value: impl Into<Value>) -> Self {
        let columns = &self.set.columns;
        let is_next = columns.get(self.at).is_some_and(|it| it.name == name);
        let column = match is_next {
            true => Some(self.at),
            false => columns.iter().position(|it| it.name == name),
        };
        debug_assert!(column.is_some(), "{} has no {name}", self.set.name);
        if let Some(column) = column {
            self.row[column] = value.into();
            self.at = column + 1;
        }
        self
    }

    /// Sets the times at which the row was created and modified.
    pub(crate) fn stamped(self, created: i64, modified: i64) -> Self {
        self.put("CreatedDate", super::moment::time(created))
            .put("ModifiedDate", super::moment::time(modified))
    }

    pub(crate) fn row(self) -> Row {
        self.row
    }
}
