//! Rows that are collected instead of printed, to be printed together with others.

use serde_json::Value;

use super::Table;

/// A heading and the pointer to its value, as a table has them.
pub(super) type OwnedHead = (String, String);

/// What a command would have printed.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    things: String,
    columns: Vec<OwnedHead>,
    wide: Vec<OwnedHead>,
    /// Whether whole objects are shown unless another format is chosen.
    anything: bool,
    rows: Vec<Value>,
}

impl Collected {
    /// Notes what kind of rows come.
    pub(super) fn begin(&mut self, table: &Table<'_>, anything: bool) {
        let (columns, wide) = table.heads();
        self.things = table.things.to_owned();
        (self.columns, self.wide, self.anything) = (columns, wide, anything);
    }

    pub(super) fn push(&mut self, row: Value) {
        self.rows.push(row);
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a property to every row, before all others.
    pub(crate) fn mark(&mut self, name: &str, value: &str) {
        for row in &mut self.rows {
            let marked = [(name.to_owned(), Value::from(value))].into_iter();
            *row = match std::mem::take(row) {
                Value::Object(row) => Value::Object(marked.chain(row).collect()),
                other => Value::Object(marked.chain([("value".to_owned(), other)]).collect()),
            };
        }
    }

    /// Adds the rows of another run of the same command.
    pub(crate) fn append(&mut self, mut other: Self) {
        if self.things.is_empty() {
            (self.things, self.anything) = (other.things, other.anything);
            (self.columns, self.wide) = (other.columns, other.wide);
        }
        self.rows.append(&mut other.rows);
    }

    /// The rows, and how they are shown with one more column before the others.
    pub(super) fn shown<T>(
        &self,
        heading: &str,
        pointer: &str,
        show: impl FnOnce(&Table<'_>, &[Value], bool) -> T,
    ) -> T {
        let columns = self.columns.iter().map(|(a, b)| (a.as_str(), b.as_str()));
        let columns: Vec<(&str, &str)> = columns.collect();
        let wide = self.wide.iter().map(|(a, b)| (a.as_str(), b.as_str()));
        let wide: Vec<(&str, &str)> = wide.collect();
        let table = Table::new(&self.things, &columns)
            .wide(&wide)
            .led_by((heading, pointer));
        show(&table, &self.rows, self.anything)
    }
}
