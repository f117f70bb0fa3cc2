//! Derives bounds on single columns from a condition, so that rows which cannot match need not be built.

use jiff::{SignedDuration, Timestamp};

use super::super::value::Value;
use super::bound::{Term, Test};
use super::row::Bounds;
use super::syntax::Comparison;

/// Returns bounds that every matching row satisfies; `scope` is the row's position on the stack.
pub(crate) fn bounds(test: &Test, scope: usize) -> Bounds {
    let mut bounds = Bounds::default();
    collect(test, scope, &mut bounds);
    bounds
}

fn collect(test: &Test, scope: usize, bounds: &mut Bounds) {
    match test {
        Test::And(tests) => tests.iter().for_each(|it| collect(it, scope, bounds)),
        Test::Compare(left, by, right) => match (column(left, scope), right) {
            (Some(column), Term::Value(value)) => note(column, *by, value, bounds),
            _ => {
                if let (Term::Value(value), Some(column)) = (left, column(right, scope)) {
                    note(column, mirrored(*by), value, bounds);
                }
            }
        },
        _ => {}
    }
}

fn column(term: &Term, of: usize) -> Option<usize> {
    match term {
        Term::Column {
            scope,
            hops,
            column,
        } if *scope == of && hops.is_empty() => Some(*column),
        _ => None,
    }
}

fn mirrored(by: Comparison) -> Comparison {
    match by {
        Comparison::Gt => Comparison::Lt,
        Comparison::Ge => Comparison::Le,
        Comparison::Lt => Comparison::Gt,
        Comparison::Le => Comparison::Ge,
        same => same,
    }
}

fn note(column: usize, by: Comparison, value: &Value, bounds: &mut Bounds) {
    let tick = SignedDuration::from_nanos(1);
    match (by, value) {
        (Comparison::Eq, _) => bounds.equal.push((column, value.clone())),
        (Comparison::Ge, Value::Time(at)) => bounds.within.push((column, *at, Timestamp::MAX)),
        (Comparison::Le, Value::Time(at)) => bounds.within.push((column, Timestamp::MIN, *at)),
        (Comparison::Gt, Value::Time(at)) => {
            let from = at.checked_add(tick).unwrap_or(Timestamp::MAX);
            bounds.within.push((column, from, Timestamp::MAX));
        }
        (Comparison::Lt, Value::Time(at)) => {
            let to = at.checked_sub(tick).unwrap_or(Timestamp::MIN);
            bounds.within.push((column, Timestamp::MIN, to));
        }
        _ => {}
    }
}
