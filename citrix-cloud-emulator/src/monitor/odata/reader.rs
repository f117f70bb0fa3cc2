//! Reads rows from a source, follows navigations, and limits the work.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::super::schema::{Schema, Set};
use super::super::value::Value;
use super::bound::Hop;
use super::row::{Bounds, Chunk, Row, Source};

/// The query read more rows than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowLimitExceeded;

/// The maximum number of cached rows of to-one navigations; many rows lead to the same one.
const REMEMBERED: usize = 4096;

/// The chunks that contain each value of a column.
type Index = HashMap<Value, Vec<Chunk>>;

/// A set, a column, and its value.
type Key = (usize, usize, Value);

/// Access to rows for one query.
pub(crate) struct Reader<'a> {
    source: &'a dyn Source,
    left: Cell<u64>,
    single: RefCell<HashMap<Key, Option<Rc<Row>>>>,
    indexes: RefCell<HashMap<(usize, usize), Rc<Index>>>,
}

impl<'a> Reader<'a> {
    /// Creates a reader that may read a number of rows.
    pub(crate) fn new(source: &'a dyn Source, rows: u64) -> Self {
        Self {
            source,
            left: Cell::new(rows),
            single: RefCell::default(),
            indexes: RefCell::default(),
        }
    }

    pub(crate) fn chunks(
        &self,
        set: &'static Set,
        bounds: &Bounds,
        from: Option<Chunk>,
    ) -> Box<dyn Iterator<Item = Chunk> + '_> {
        self.source.chunks(set, bounds, from)
    }

    /// Builds the rows of a chunk. Even an empty chunk counts as work.
    pub(crate) fn rows(
        &self,
        set: &'static Set,
        chunk: Chunk,
        bounds: &Bounds,
    ) -> Result<Vec<Row>, RowLimitExceeded> {
        let rows = self.source.rows(set, chunk, bounds);
        let work = u64::try_from(rows.len()).unwrap_or(u64::MAX).max(1);
        let left = self.left.get().checked_sub(work).ok_or(RowLimitExceeded)?;
        self.left.set(left);
        Ok(rows)
    }

    /// Follows to-one navigations.
    pub(crate) fn one(&self, row: &Row, hops: &[Hop]) -> Result<Option<Rc<Row>>, RowLimitExceeded> {
        let mut at: Option<Rc<Row>> = None;
        for hop in hops {
            let from = at.as_deref().unwrap_or(row);
            match self.single(from, hop)? {
                Some(next) => at = Some(next),
                None => return Ok(None),
            }
        }
        Ok(at)
    }

    fn single(&self, row: &Row, hop: &Hop) -> Result<Option<Rc<Row>>, RowLimitExceeded> {
        let Some(join) = hop.navigation.join else {
            return Ok(None);
        };
        let key = (hop.target.number, join.to, row[join.from].clone());
        if let Some(known) = self.single.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = self.many(row, hop, &Bounds::default())?.into_iter().next();
        let found = found.map(Rc::new);
        let mut single = self.single.borrow_mut();
        if single.len() >= REMEMBERED {
            single.clear();
        }
        single.insert(key, found.clone());
        Ok(found)
    }

    /// Returns the rows that a navigation leads to; rows out of bounds may be missing.
    pub(crate) fn many(
        &self,
        row: &Row,
        hop: &Hop,
        bounds: &Bounds,
    ) -> Result<Vec<Row>, RowLimitExceeded> {
        let Some(join) = hop.navigation.join else {
            return Ok(Vec::new());
        };
        let value = &row[join.from];
        let Some((pairs, first, second)) = join.via else {
            return self.having(hop.target, join.to, value, bounds);
        };
        let pairs = &Schema::get().sets[pairs];
        let mut rows = Vec::new();
        for pair in self.having(pairs, first, value, &Bounds::default())? {
            rows.extend(self.having(hop.target, join.to, &pair[second], bounds)?);
        }
        Ok(rows)
    }

    /// Returns the rows with a value in a column.
    fn having(
        &self,
        set: &'static Set,
        column: usize,
        value: &Value,
        bounds: &Bounds,
    ) -> Result<Vec<Row>, RowLimitExceeded> {
        let mut rows = Vec::new();
        if value.is_null() {
            return Ok(rows);
        }
        let mut bounds = bounds.clone();
        bounds.equal.push((column, value.clone()));
        let is_wanted = |row: &Row| row[column] == *value;
        if self.source.finds(set, column) {
            for chunk in self.source.chunks(set, &bounds, None) {
                let found = self.rows(set, chunk, &bounds)?;
                rows.extend(found.into_iter().filter(is_wanted));
            }
            return Ok(rows);
        }
        let index = self.index(set, column)?;
        for chunk in index.get(value).into_iter().flatten() {
            let found = self.rows(set, *chunk, &bounds)?;
            rows.extend(found.into_iter().filter(is_wanted));
        }
        Ok(rows)
    }

    /// Reads a set once, and indexes which chunks contain each value.
    fn index(&self, set: &'static Set, column: usize) -> Result<Rc<Index>, RowLimitExceeded> {
        if let Some(index) = self.indexes.borrow().get(&(set.number, column)) {
            return Ok(Rc::clone(index));
        }
        let mut index = Index::new();
        let all = Bounds::default();
        for chunk in self.source.chunks(set, &all, None) {
            for mut row in self.rows(set, chunk, &all)? {
                let chunks = index.entry(row.swap_remove(column)).or_default();
                if chunks.last() != Some(&chunk) {
                    chunks.push(chunk);
                }
            }
        }
        let index = Rc::new(index);
        let mut indexes = self.indexes.borrow_mut();
        indexes.insert((set.number, column), Rc::clone(&index));
        Ok(index)
    }
}
