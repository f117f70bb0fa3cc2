//! Groups rows, and computes their totals.

use std::collections::{BTreeMap, BTreeSet};

use super::super::value::Value;
use super::bound::{Term, Total};
use super::reader::{Reader, RowLimitExceeded};
use super::row::Row;
use super::syntax::Method;

/// Grouped rows, ordered by their grouping keys.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: BTreeMap<Vec<Value>, Vec<Tally>>,
}

impl Groups {
    /// Adds a row to its group.
    pub(crate) fn add(
        &mut self,
        reader: &Reader<'_>,
        row: &Row,
        by: &[Term],
        totals: &[Total],
    ) -> Result<(), RowLimitExceeded> {
        let key = by.iter().map(|it| reader.value(it, &[row]));
        let key = key.collect::<Result<Vec<_>, _>>()?;
        let new = || totals.iter().map(|it| Tally::new(it.method)).collect();
        let sums = self.groups.entry(key).or_insert_with(new);
        for (sum, total) in sums.iter_mut().zip(totals) {
            sum.add(reader.value(&total.of, &[row])?);
        }
        Ok(())
    }

    /// Builds a row for each group. Totals over everything give a row even if there are no rows.
    pub(crate) fn rows(mut self, by: &[Term], totals: &[Total]) -> Vec<Row> {
        if by.is_empty() && self.groups.is_empty() {
            let sums = totals.iter().map(|it| Tally::new(it.method)).collect();
            self.groups.insert(Vec::new(), sums);
        }
        let rows = self.groups.into_iter().map(|(mut row, sums)| {
            row.extend(sums.into_iter().map(Tally::value));
            row
        });
        rows.collect()
    }
}

/// A total being computed. Nulls are ignored.
#[derive(Debug)]
enum Tally {
    /// The sum is an integer as long as all values are.
    Sum(Option<(i128, f64, bool)>),
    Average(f64, u64),
    Extreme(Option<Value>, bool),
    Distinct(BTreeSet<Value>),
}

impl Tally {
    fn new(method: Method) -> Self {
        match method {
            Method::Sum => Self::Sum(None),
            Method::Average => Self::Average(0.0, 0),
            Method::Min => Self::Extreme(None, false),
            Method::Max => Self::Extreme(None, true),
            Method::CountDistinct => Self::Distinct(BTreeSet::new()),
        }
    }

    fn add(&mut self, value: Value) {
        if value.is_null() {
            return;
        }
        let number = value.number().unwrap_or_default();
        match self {
            Self::Sum(sum) => {
                let (whole, broken, is_whole) = sum.get_or_insert((0, 0.0, true));
                match value {
                    Value::Int(it) => *whole += i128::from(it),
                    _ => *is_whole = false,
                }
                *broken += number;
            }
            Self::Average(sum, count) => {
                *sum += number;
                *count += 1;
            }
            Self::Extreme(best, is_most) => {
                let is_better = best.as_ref().is_none_or(|it| {
                    let order = value.order(it);
                    if *is_most {
                        order.is_gt()
                    } else {
                        order.is_lt()
                    }
                });
                if is_better {
                    *best = Some(value);
                }
            }
            Self::Distinct(values) => {
                values.insert(value);
            }
        }
    }

    fn value(self) -> Value {
        match self {
            Self::Sum(None) | Self::Extreme(None, _) | Self::Average(_, 0) => Value::Null,
            Self::Sum(Some((whole, broken, is_whole))) => match i64::try_from(whole) {
                Ok(it) if is_whole => Value::Int(it),
                _ => Value::Double(broken),
            },
            #[expect(clippy::cast_precision_loss, reason = "no query sees that many rows")]
            Self::Average(sum, count) => Value::Double(sum / count as f64),
            Self::Extreme(Some(it), _) => it,
            Self::Distinct(values) => values.len().into(),
        }
    }
}
