//! Rows, and where they come from.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::super::schema::Set;
use super::super::value::Value;

/// A row of a set: a value for each of its columns.
pub(crate) type Row = Vec<Value>;

/// A bounded number of rows that are made together, by the order of their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Chunk {
    pub(crate) day: i32,
    pub(crate) place: u32,
}

/// What is known of rows that are wanted: each of them fulfils it, but not all that fulfil it are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds {
    /// Column and value.
    pub(crate) equal: Vec<(usize, Value)>,
    /// Column, first and last moment.
    pub(crate) within: Vec<(usize, Timestamp, Timestamp)>,
}

impl Bounds {
    /// The value that a column has to have.
    pub(crate) fn of(&self, set: &Set, column: &str) -> Option<&Value> {
        let column = set.column(column)?;
        let mut equal = self.equal.iter();
        equal.find(|(it, _)| *it == column).map(|(_, value)| value)
    }

    /// The moments that a column has to be within.
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

/// Where rows come from.
pub(crate) trait Source {
    /// Lists in order the chunks that rows within bounds can be in, but for those that are before a certain one and
    /// easily left out.
    fn chunks<'a>(
        &'a self,
        set: &'static Set,
        bounds: &Bounds,
        from: Option<Chunk>,
    ) -> Box<dyn Iterator<Item = Chunk> + 'a>;

    /// Makes the rows of a chunk, of which those out of bounds may be missing.
    fn rows(&self, set: &'static Set, chunk: Chunk, bounds: &Bounds) -> Vec<Row>;

    /// Says whether rows with a certain value of a column are found without looking through the set.
    fn finds(&self, set: &'static Set, column: usize) -> bool;
}
