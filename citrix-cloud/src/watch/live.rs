//! The copy of a list, and how a new read changes it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use super::Change;

/// A list at one point in time. Cheap to clone, and immutable.
#[derive(Debug)]
pub struct Snapshot<R> {
    rows: Arc<BTreeMap<String, Arc<R>>>,
    taken: Option<Instant>,
}

impl<R> Snapshot<R> {
    /// Returns the item with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<R>> {
        self.rows.get(id)
    }

    /// Returns all items, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<R>> {
        self.rows.values()
    }

    /// Returns the number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there are no items, as before the first successful read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the age of the snapshot; `None` before the first successful read.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.taken.map(|taken| taken.elapsed())
    }
}

impl<R> Clone for Snapshot<R> {
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            taken: self.taken,
        }
    }
}

impl<R> Default for Snapshot<R> {
    fn default() -> Self {
        Self {
            rows: Arc::default(),
            taken: None,
        }
    }
}

/// Gives access to a live copy while its changes are read elsewhere. Cheap to clone.
pub struct Reader<R>(Arc<RwLock<Snapshot<R>>>);

impl<R> Reader<R> {
    /// Returns the copy as of the last successful read.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<R> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// Replaces the copy with a complete read, and returns the changes.
    pub(super) fn take(&self, look: Look<R>) -> VecDeque<Change<R>> {
        let first = look.before.taken.is_none();
        let (now, mut changes) = look.conclude();
        if first {
            changes = VecDeque::from([Change::Init(now.iter().cloned().collect())]);
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = now;
        changes
    }
}

impl<R> Clone for Reader<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R> Default for Reader<R> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<R: fmt::Debug> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reader").field(&self.snapshot()).finish()
    }
}

/// The rows read so far. Unchanged rows are not stored twice.
pub(super) struct Look<R> {
    before: Snapshot<R>,
    rows: BTreeMap<String, Arc<R>>,
}

impl<R: PartialEq> Look<R> {
    pub(super) fn after(before: Snapshot<R>) -> Self {
        Self {
            before,
            rows: BTreeMap::new(),
        }
    }

    /// Adds a row. If an id appears twice, for example because it moved between pages, the later
    /// row counts.
    pub(super) fn add(&mut self, id: String, row: R) {
        let same = self.before.get(&id).filter(|before| ***before == row);
        let row = same.cloned().unwrap_or_else(|| Arc::new(row));
        self.rows.insert(id, row);
    }
}

impl<R> Look<R> {
    fn conclude(self) -> (Snapshot<R>, VecDeque<Change<R>>) {
        let before = &self.before.rows;
        let mut changes = VecDeque::new();
        for (id, row) in before.iter() {
            if !self.rows.contains_key(id) {
                changes.push_back(Change::Removed(row.clone()));
            }
        }
        for (id, now) in &self.rows {
            match before.get(id) {
                None => changes.push_back(Change::Added(now.clone())),
                Some(before) if Arc::ptr_eq(before, now) => {}
                Some(before) => changes.push_back(Change::Changed {
                    before: before.clone(),
                    now: now.clone(),
                }),
            }
        }
        let now = Snapshot {
            rows: Arc::new(self.rows),
            taken: Some(Instant::now()),
        };
        (now, changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(reader: &Reader<u8>, rows: &[(&str, u8)]) -> Vec<Change<u8>> {
        let mut look = Look::after(reader.snapshot());
        for (id, row) in rows {
            look.add((*id).to_owned(), *row);
        }
        reader.take(look).into()
    }

    #[test]
    fn each_poll_is_compared_with_the_one_before() {
        let reader = Reader::default();
        assert_eq!(reader.snapshot().age(), None);
        let arc = |row: u8| Arc::new(row);
        assert_eq!(look(&reader, &[]), [Change::Init(vec![])], "even of none");
        let two = [("a", 1), ("b", 2)];
        assert_eq!(
            look(&reader, &two),
            [Change::Added(arc(1)), Change::Added(arc(2))]
        );
        assert!(look(&reader, &two).is_empty());
        let before = reader.snapshot();
        assert_eq!(
            look(&reader, &[("b", 3), ("c", 4), ("c", 5)]),
            [
                Change::Removed(arc(1)),
                Change::Changed {
                    before: arc(2),
                    now: arc(3)
                },
                Change::Added(arc(5)),
            ]
        );
        assert_eq!((before.len(), before.get("b").map(|it| **it)), (2, Some(2)));
        assert_eq!(
            reader.snapshot().iter().map(|it| **it).collect::<Vec<_>>(),
            [3, 5]
        );
    }

    #[test]
    fn unchanged_values_are_stored_once() {
        let reader = Reader::default();
        look(&reader, &[("a", 1)]);
        let before = reader.snapshot();
        look(&reader, &[("a", 1), ("b", 2)]);
        let now = reader.snapshot();
        assert!(Arc::ptr_eq(before.get("a").unwrap(), now.get("a").unwrap()));
    }
}
