//! The remaining rows of responses with several pages, so that they are sorted only once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::history::Snapshot;
use super::odata::{Page, Resume, Row};

/// How many responses have rows kept. A customer has one query at a time, and reads its pages in order.
const MOST: usize = 4;

/// A query for a certain state of a customer's sites.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) snapshot: Arc<Snapshot>,
    /// The set and the options, except for the start of the page.
    pub(crate) text: String,
    pub(crate) at: i64,
}

impl Asked {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.snapshot, &other.snapshot)
            && (&self.text, self.at) == (&other.text, other.at)
    }
}

#[derive(Debug)]
struct Rest {
    of: Asked,
    from: Resume,
    rows: VecDeque<Row>,
    count: Option<u64>,
}

/// The remaining rows of some responses.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<VecDeque<Rest>>);

impl Kept {
    /// Removes the rows from a position on, and the total number of rows if it was requested.
    pub(crate) fn take(&self, of: &Asked, from: Resume) -> Option<(VecDeque<Row>, Option<u64>)> {
        let mut kept = self.kept();
        let found = kept.iter().position(|it| it.from == from && it.of.is(of))?;
        kept.remove(found).map(|it| (it.rows, it.count))
    }

    /// Stores the rows that remain after a page.
    pub(crate) fn put(&self, of: Asked, page: &mut Page) {
        let rows = std::mem::take(&mut page.rest);
        let Some(from) = page.next.filter(|_| !rows.is_empty()) else {
            return;
        };
        let mut kept = self.kept();
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Rest {
            of,
            from,
            rows,
            count: page.count,
        });
    }

    pub(crate) fn forget(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Rest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
