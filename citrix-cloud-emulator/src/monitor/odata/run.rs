//! Runs a query: selects rows, sorts them, and determines where the next page starts.

use std::collections::VecDeque;

use super::super::value::Value;
use super::bound::{Order, Query, Resume, Stage, View};
use super::group::Groups;
use super::reader::{Reader, RowLimitExceeded};
use super::row::{Chunk, Row};

/// One page of a query's result.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    /// The number of matching rows on all pages, if requested.
    pub(crate) count: Option<u64>,
    pub(crate) next: Option<Resume>,
    /// The rows of the following pages, if they are available; see [`go_on`].
    pub(crate) rest: VecDeque<Row>,
}

/// The maximum number of values in sorted rows that are kept for further pages. A larger result is sorted again for
/// each page; the limit is small in tests so that random rows exceed it.
const KEPT: usize = if cfg!(test) { 100 } else { 2_000_000 };

/// The position of a row, and its sort keys.
struct Sorted {
    keys: Vec<Value>,
    chunk: Chunk,
    offset: usize,
    row: Option<Row>,
}

/// Returns as many rows as fit on a page or as the query requests.
pub(crate) fn run(
    query: &Query,
    reader: &Reader<'_>,
    page: usize,
) -> Result<Page, RowLimitExceeded> {
    if query.fields().is_some() {
        grouped(query, reader, page)
    } else if query.view.order.is_empty() {
        in_place(query, reader, page)
    } else {
        in_order(query, reader, page)
    }
}

/// Returns the next page from the rows that an earlier response left.
pub(crate) fn go_on(
    query: &Query,
    mut rest: VecDeque<Row>,
    count: Option<u64>,
    page: usize,
) -> Page {
    let (taken, size) = extent(&query.view, query.resume, page);
    let left = rest.len();
    let rows: Vec<Row> = rest.drain(..size.min(left)).collect();
    let next = next_by_number(&query.view, taken, rows.len(), left);
    Page {
        rows,
        count,
        next,
        rest,
    }
}

/// Returns how many rows to skip, and how many fit on this page.
fn extent(view: &View, resume: Option<Resume>, page: usize) -> (u64, usize) {
    let taken = resume.map_or(0, |it| it.taken);
    let left = view.top.map_or(u64::MAX, |top| top.saturating_sub(taken));
    let size = usize::try_from(left).unwrap_or(usize::MAX).min(page);
    (taken, size)
}

/// Returns whether the query requests rows beyond a full page.
fn goes_on(view: &View, taken: u64) -> bool {
    view.top.is_none_or(|top| taken < top)
}

/// Returns rows in their natural order. A page starts where the previous one ended, so all pages together read each row
/// once.
fn in_place(query: &Query, reader: &Reader<'_>, page: usize) -> Result<Page, RowLimitExceeded> {
    let view = &query.view;
    let (before, size) = extent(view, query.resume, page);
    let mut response = Page::default();
    let (mut matching, mut skipped) = (0_u64, 0_u64);
    // Counting has to include the earlier pages.
    let from = query.resume.filter(|_| !view.count).map(|it| it.chunk);
    for chunk in reader.chunks(query.set, &view.bounds, from) {
        let begins = query.resume.filter(|it| chunk <= it.chunk);
        if begins.is_some_and(|it| chunk < it.chunk) && !view.count {
            continue;
        }
        let done = match begins {
            Some(it) if chunk == it.chunk => it.offset,
            Some(_) => usize::MAX,
            None => 0,
        };
        let rows = reader.rows(query.set, chunk, &view.bounds)?;
        for (offset, row) in rows.into_iter().enumerate() {
            if offset < done && !view.count {
                continue;
            }
            if !reader.holds(view.filter.as_ref(), &row)? {
                continue;
            }
            matching += 1;
            if offset < done {
                continue;
            }
            if query.resume.is_none() && skipped < view.skip {
                skipped += 1;
                continue;
            }
            if response.rows.len() < size {
                response.rows.push(row);
                continue;
            }
            let taken = before + count_of(&response.rows);
            if response.next.is_none() && goes_on(view, taken) {
                let next = Resume {
                    taken,
                    chunk,
                    offset,
                };
                response.next = Some(next);
            }
            if !view.count {
                return Ok(response);
            }
        }
    }
    response.count = view.count.then_some(matching);
    Ok(response)
}

fn count_of(rows: &[Row]) -> u64 {
    u64::try_from(rows.len()).unwrap_or(u64::MAX)
}

/// Returns sorted rows. They are kept up to a limit; beyond it, only their sort keys.
fn in_order(query: &Query, reader: &Reader<'_>, page: usize) -> Result<Page, RowLimitExceeded> {
    let view = &query.view;
    let mut sorted = sorted(query, reader, KEPT)?;
    let count = view
        .count
        .then(|| u64::try_from(sorted.len()).unwrap_or(u64::MAX));
    let (taken, size) = extent(view, query.resume, page);
    let from = usize::try_from(view.skip.saturating_add(taken)).unwrap_or(usize::MAX);
    let rest = sorted.split_off(from.min(sorted.len()));
    if rest.iter().all(|it| it.row.is_some()) {
        let rest = rest.into_iter().filter_map(|it| it.row).collect();
        return Ok(go_on(query, rest, count, page));
    }
    let mut rows = Vec::new();
    let mut last: Option<(Chunk, Vec<Row>)> = None;
    for it in rest.iter().take(size) {
        if last.as_ref().is_none_or(|last| last.0 != it.chunk) {
            last = Some((it.chunk, reader.rows(query.set, it.chunk, &view.bounds)?));
        }
        let row = last.as_ref().and_then(|(_, rows)| rows.get(it.offset));
        rows.extend(row.cloned());
    }
    let next = next_by_number(view, taken, rows.len(), rest.len());
    Ok(Page {
        rows,
        count,
        next,
        rest: VecDeque::new(),
    })
}

/// Sorts all rows; if they have more values than may be kept, returns only their positions and keys.
fn sorted(
    query: &Query,
    reader: &Reader<'_>,
    kept: usize,
) -> Result<Vec<Sorted>, RowLimitExceeded> {
    let view = &query.view;
    let mut sorted: Vec<Sorted> = Vec::new();
    let mut left = Some(kept);
    for chunk in reader.chunks(query.set, &view.bounds, None) {
        let rows = reader.rows(query.set, chunk, &view.bounds)?;
        for (offset, row) in rows.into_iter().enumerate() {
            if !reader.holds(view.filter.as_ref(), &row)? {
                continue;
            }
            let keys = keys(reader, &view.order, &row)?;
            if let Some(some) = left {
                left = some.checked_sub(row.len());
                if left.is_none() {
                    sorted.iter_mut().for_each(|it| it.row = None);
                }
            }
            sorted.push(Sorted {
                keys,
                chunk,
                offset,
                row: left.map(|_| row),
            });
        }
    }
    sorted.sort_by(|one, two| {
        let by_keys = by_keys(&view.order, &one.keys, &two.keys);
        by_keys.then_with(|| (one.chunk, one.offset).cmp(&(two.chunk, two.offset)))
    });
    Ok(sorted)
}

/// Returns the start of the next page for rows that are identified only by their numbers.
fn next_by_number(view: &View, taken: u64, here: usize, rest: usize) -> Option<Resume> {
    let taken = taken + u64::try_from(here).unwrap_or(u64::MAX);
    let is_more = here < rest && here > 0 && goes_on(view, taken);
    let (chunk, offset) = (Chunk { day: 0, place: 0 }, 0);
    is_more.then_some(Resume {
        taken,
        chunk,
        offset,
    })
}

fn grouped(query: &Query, reader: &Reader<'_>, page: usize) -> Result<Page, RowLimitExceeded> {
    let view = &query.view;
    let mut rows: Option<Vec<Row>> = None;
    for stage in &query.stages {
        match stage {
            Stage::Group { by, totals, .. } => {
                let mut groups = Groups::default();
                match rows {
                    Some(rows) => {
                        for row in &rows {
                            groups.add(reader, row, by, totals)?;
                        }
                    }
                    None => {
                        for chunk in reader.chunks(query.set, &query.bounds, None) {
                            for row in &reader.rows(query.set, chunk, &query.bounds)? {
                                if reader.holds(query.before.as_ref(), row)? {
                                    groups.add(reader, row, by, totals)?;
                                }
                            }
                        }
                    }
                }
                rows = Some(groups.rows(by, totals));
            }
            Stage::Filter(test) => {
                rows = Some(only(reader, test, rows.unwrap_or_default())?);
            }
        }
    }
    let mut rows = rows.unwrap_or_default();
    if let Some(test) = &view.filter {
        rows = only(reader, test, rows)?;
    }
    let keyed = rows.into_iter().map(|row| {
        let keys = keys(reader, &view.order, &row)?;
        Ok((keys, row))
    });
    let mut keyed = keyed.collect::<Result<Vec<_>, RowLimitExceeded>>()?;
    keyed.sort_by(|one, two| by_keys(&view.order, &one.0, &two.0));
    let count = view
        .count
        .then(|| u64::try_from(keyed.len()).unwrap_or(u64::MAX));
    let (taken, _) = extent(view, query.resume, page);
    let from = usize::try_from(view.skip.saturating_add(taken)).unwrap_or(usize::MAX);
    let rest = keyed.split_off(from.min(keyed.len()));
    let rest = rest.into_iter().map(|(_, row)| row).collect();
    Ok(go_on(query, rest, count, page))
}

fn only(
    reader: &Reader<'_>,
    test: &super::bound::Test,
    rows: Vec<Row>,
) -> Result<Vec<Row>, RowLimitExceeded> {
    let mut wanted = Vec::new();
    for row in rows {
        if reader.holds(Some(test), &row)? {
            wanted.push(row);
        }
    }
    Ok(wanted)
}

/// Computes the sort keys of a row.
pub(crate) fn keys(
    reader: &Reader<'_>,
    order: &[Order],
    row: &Row,
) -> Result<Vec<Value>, RowLimitExceeded> {
    let keys = order.iter().map(|it| reader.value(&it.by, &[row]));
    keys.collect()
}

/// Compares sort keys; null comes first, as in SQL Server.
pub(crate) fn by_keys(order: &[Order], one: &[Value], two: &[Value]) -> std::cmp::Ordering {
    let pairs = order.iter().zip(one.iter().zip(two));
    let mut orders = pairs.map(|(order, (one, two))| {
        let up = one.order(two);
        if order.descending { up.reverse() } else { up }
    });
    let decisive = orders.find(|it| it.is_ne());
    decisive.unwrap_or(std::cmp::Ordering::Equal)
}
