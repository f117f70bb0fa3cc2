//! Rows and their sources.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::super::schema::Set;
use super::super::value::Value;

/// A row of a set: a value for each of its columns.
pub(crate) type Row = Vec<Value>;

/// A bounded number of rows that are built together, ordered by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Chunk {
    pub(crate) day: i32,
    pub(crate) place: u32,
}

/// Necessary conditions on rows: every matching row satisfies them, but not every row that satisfies them matches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds {
    /// Column and value.
    pub(crate) equal: Vec<(usize, Value)>,
    /// Column, first and last time.
    pub(crate) within: Vec<(usize, Timestamp, Timestamp)>,
}

impl Bounds {
    /// Returns the value that a column must have.
    pub(crate) fn of(&self, set: &Set, column: &str) -> Option<&Value> {
        let column = set.column(column)?;
        let mut equal = self.equal.iter();
        equal.find(|(it, _)| *it == column).map(|(_, value)| value)
    }

    /// Returns the period that a time column must be in.
    pub(crate) fn window(&self, set: &Set, column: &str) -> RangeInclusive<Timestamp> {
        let column = set.column(column);
        let (mut first, mut last) = (Timestamp::MIN, Timestamp::MAX);
        for (_, from, to) in self.within.iter().filter(|it| Some(it.0) == column) {
            first = first.max(*from);
            last = last.min(*to);
        }
        if let Some(column) = column {
            for (_, value) in self.equal.iter().filter(|it| it.0 == column) {
                if let Value::Time(at) = value {
                    first = first.max(*at);
                    last = last.min(*at);
                }
            }
        }
        first..=last
    }
}

/// A source of rows.
pub(crate) trait Source {
    /// Returns in order the chunks that can contain rows within bounds; chunks before a given one may be left out.
    fn chunks<'a>(
        &'a self,
        set: &'static Set,
        bounds: &Bounds,
        from: Option<Chunk>,
    ) -> Box<dyn Iterator<Item = Chunk> + 'a>;

    /// Builds the rows of a chunk; rows out of bounds may be missing.
    fn rows(&self, set: &'static Set, chunk: Chunk, bounds: &Bounds) -> Vec<Row>;

    /// Returns whether rows with a value in a column can be found without reading the whole set.
    fn finds(&self, set: &'static Set, column: usize) -> bool;
}
