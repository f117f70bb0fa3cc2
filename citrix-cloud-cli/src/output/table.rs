//! The kinds of objects in output, and their default columns.

use std::collections::BTreeSet;

use super::collect::OwnedHead;
use super::column::Column;

/// A heading and the JSON pointer to its value, or several pointers separated by `|`, of which the first that leads to
/// a value counts.
pub(crate) type Head<'a> = (&'a str, &'a str);

/// Objects of one kind as rows.
///
/// Without columns, they are derived from the first rows: names first, ids last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'a> {
    /// The kind of object, in the plural.
    pub(super) things: &'a str,
    columns: &'a [Head<'a>],
    wide: &'a [Head<'a>],
    /// A column before all others, including derived ones.
    first: Option<Head<'a>>,
}

impl<'a> Table<'a> {
    /// Creates a table for objects of this kind with these columns.
    pub(crate) const fn new(things: &'a str, columns: &'a [Head<'a>]) -> Self {
        let wide = &[];
        Self {
            things,
            columns,
            wide,
            first: None,
        }
    }

    /// Adds a column before all others.
    pub(super) const fn led_by(mut self, first: Head<'a>) -> Self {
        self.first = Some(first);
        self
    }

    /// Returns the column before all others.
    pub(super) fn first(&self) -> Option<Column> {
        self.first.map(|head| Column::of_table(head.0, head.1))
    }

    /// Adds the columns that only `--output wide` shows; they precede an id.
    pub(crate) const fn wide(mut self, columns: &'a [Head<'a>]) -> Self {
        self.wide = columns;
        self
    }

    /// Returns the headings of its columns, and of those for `--output wide`, as owned texts.
    pub(super) fn heads(&self) -> (Vec<OwnedHead>, Vec<OwnedHead>) {
        let owned = |heads: &[Head<'_>]| {
            let heads = heads.iter();
            heads
                .map(|(heading, pointer)| ((*heading).to_owned(), (*pointer).to_owned()))
                .collect()
        };
        (owned(self.columns), owned(self.wide))
    }

    /// Returns the default columns; none if they are derived from the rows.
    pub(super) fn columns(&self, wide: bool) -> Vec<Column> {
        let ids = |column: &&Head<'_>| column.0 == "ID";
        let (last, mut columns): (Vec<_>, Vec<_>) = match wide {
            true => self.columns.iter().partition(ids),
            false => (Vec::new(), self.columns.iter().collect()),
        };
        if wide && !self.columns.is_empty() {
            columns.extend(self.wide);
        }
        columns.extend(last);
        let column = |head: &Head<'_>| Column::of_table(head.0, head.1);
        match columns.is_empty() {
            true => Vec::new(),
            false => {
                let first = self.first().into_iter();
                first.chain(columns.into_iter().map(column)).collect()
            }
        }
    }

    /// Returns the properties that the columns need, by their names in JSON.
    pub(crate) fn fields(&self) -> BTreeSet<String> {
        let columns = self.columns(false);
        let properties = columns.iter().flat_map(Column::properties);
        properties.map(str::to_owned).collect()
    }

    /// Returns all columns with a heading.
    pub(super) fn headed(&self) -> impl Iterator<Item = Column> {
        let all = self.first.iter().chain(self.columns).chain(self.wide);
        all.map(|head| Column::of_table(head.0, head.1))
    }

    /// Returns the columns that name an object, best first.
    pub(super) fn naming(&self) -> impl Iterator<Item = Column> {
        ["NAME", "ID"].into_iter().filter_map(|wanted| {
            let mut columns = self.columns.iter();
            let head = columns.find(|head| head.0 == wanted)?;
            Some(Column::of_table(head.0, head.1))
        })
    }
}
