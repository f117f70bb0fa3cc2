//! Rows that are collected instead of printed, to be printed together with others.

use serde_json::Value;

use super::{Table, cell, column};
use crate::exit::Failure;

/// A heading and the pointer to its value, as in a table.
pub(super) type OwnedHead = (String, String);

/// The kind of a command's rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    /// Items of a list, with the columns of its table.
    #[default]
    Listed,
    /// One object, with the columns of its table.
    Object,
    /// An unknown structure, shown whole unless another format is chosen.
    Anything,
}

/// The output of a command as data.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    things: String,
    columns: Vec<OwnedHead>,
    wide: Vec<OwnedHead>,
    kind: RowKind,
    rows: Vec<Value>,
}

impl Collected {
    /// Records what kind of rows follow.
    pub(super) fn begin(&mut self, table: &Table<'_>, kind: RowKind) {
        let (columns, wide) = table.heads();
        self.things = table.things.to_owned();
        (self.columns, self.wide, self.kind) = (columns, wide, kind);
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
            (self.things, self.kind) = (other.things, other.kind);
            (self.columns, self.wide) = (other.columns, other.wide);
        }
        self.rows.append(&mut other.rows);
    }

    /// Returns whether it is one object or an unknown structure.
    pub(crate) fn is_object(&self) -> bool {
        self.kind != RowKind::Listed
    }

    /// Returns the rows with the selected columns only, by their names for programs. Without a selection, these are the
    /// columns of the table, or else the usual ones that exist.
    ///
    /// # Errors
    ///
    /// If no row has a selected column; `option` is the user's name for the selection.
    pub(crate) fn condensed(
        self,
        wanted: &[String],
        usual: &[&str],
        option: &str,
    ) -> Result<Vec<Value>, Failure> {
        let (heads, wide) = (borrowed(&self.columns), borrowed(&self.wide));
        let table = Table::new(&self.things, &heads).wide(&wide);
        let named = |name: &str| column::named(&table, name, option, &self.rows);
        let columns = match (wanted.is_empty(), self.is_object(), self.columns.is_empty()) {
            _ if self.rows.is_empty() => Vec::new(),
            (false, ..) => wanted
                .iter()
                .map(|it| named(it))
                .collect::<Result<_, _>>()?,
            (true, true, _) => return Ok(self.rows),
            (true, false, false) => table.columns(false),
            (true, false, true) => {
                let usual = usual.iter().filter_map(|it| named(it).ok());
                let usual: Vec<column::Column> = usual.collect();
                match usual.is_empty() {
                    true => column::derived(&self.rows, false, None),
                    false => usual,
                }
            }
        };
        let condensed = |row: &Value| {
            let value = |it: &column::Column| match it.find(row) {
                // A referenced object is identified by its name.
                Some(Value::Object(inner)) if wanted.is_empty() => match cell::reference(inner) {
                    Some(name) => name.into(),
                    None => Value::Object(inner.clone()),
                },
                found => found.cloned().unwrap_or_default(),
            };
            let values = columns.iter().map(|it| (it.name.clone(), value(it)));
            Value::Object(values.collect())
        };
        Ok(self.rows.iter().map(condensed).collect())
    }

    /// Returns the rows, and the table for them with one more column at the start.
    pub(super) fn shown<T>(
        &self,
        heading: &str,
        pointer: &str,
        show: impl FnOnce(&Table<'_>, &[Value], bool) -> T,
    ) -> T {
        let (heads, wide) = (borrowed(&self.columns), borrowed(&self.wide));
        let table = Table::new(&self.things, &heads)
            .wide(&wide)
            .led_by((heading, pointer));
        show(&table, &self.rows, self.kind == RowKind::Anything)
    }
}

fn borrowed(heads: &[OwnedHead]) -> Vec<(&str, &str)> {
    heads
        .iter()
        .map(|(heading, pointer)| (heading.as_str(), pointer.as_str()))
        .collect()
}
