//! Evaluates conditions and terms for a row.

use super::super::value::Value;
use super::bound::{Hop, Term, Test, TextTest};
use super::reader::{Reader, RowLimitExceeded};
use super::row::Row;
use super::syntax::Comparison;

/// The rows that an expression can refer to, innermost last.
pub(crate) type Stack<'a> = [&'a Row];

impl Reader<'_> {
    /// Returns whether a condition is true; unknown is not true.
    pub(crate) fn holds(&self, test: Option<&Test>, row: &Row) -> Result<bool, RowLimitExceeded> {
        match test {
            None => Ok(true),
            Some(test) => Ok(self.test(test, &[row])? == Some(true)),
        }
    }

    fn test(&self, test: &Test, stack: &Stack<'_>) -> Result<Option<bool>, RowLimitExceeded> {
        match test {
            Test::Compare(left, by, right) => {
                let (left, right) = (self.value(left, stack)?, self.value(right, stack)?);
                Ok(Some(compare(&left, *by, &right)))
            }
            Test::Leads { scope, hops } => Ok(Some(self.one(stack[*scope], hops)?.is_some())),
            Test::Text(test, one, two) => {
                let (one, two) = (self.value(one, stack)?, self.value(two, stack)?);
                Ok(texts(*test, &one, &two))
            }
            Test::Is(term) => Ok(truth(&self.value(term, stack)?)),
            Test::Not(inner) => Ok(self.test(inner, stack)?.map(|it| !it)),
            Test::And(tests) => self.until(tests, stack, false),
            Test::Or(tests) => self.until(tests, stack, true),
            Test::Rows {
                scope,
                hops,
                many,
                all,
                condition,
                bounds,
            } => {
                let Some(rows) = self.behind(stack[*scope], hops, many, bounds)? else {
                    return Ok(Some(*all));
                };
                let Some(condition) = condition else {
                    return Ok(Some(!rows.is_empty()));
                };
                for row in &rows {
                    let mut inner = stack.to_vec();
                    inner.push(row);
                    let is_true = self.test(condition, &inner)? == Some(true);
                    if is_true != *all {
                        return Ok(Some(!*all));
                    }
                }
                Ok(Some(*all))
            }
        }
    }

    /// Evaluates conditions until one decides.
    fn until(
        &self,
        tests: &[Test],
        stack: &Stack<'_>,
        decisive: bool,
    ) -> Result<Option<bool>, RowLimitExceeded> {
        let mut result = Some(!decisive);
        for test in tests {
            match self.test(test, stack)? {
                Some(it) if it == decisive => return Ok(Some(decisive)),
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(result)
    }

    fn behind(
        &self,
        row: &Row,
        hops: &[Hop],
        many: &Hop,
        bounds: &super::row::Bounds,
    ) -> Result<Option<Vec<Row>>, RowLimitExceeded> {
        if hops.is_empty() {
            return self.many(row, many, bounds).map(Some);
        }
        match self.one(row, hops)? {
            Some(row) => self.many(&row, many, bounds).map(Some),
            None => Ok(None),
        }
    }

    /// Evaluates a term.
    pub(crate) fn value(&self, term: &Term, stack: &Stack<'_>) -> Result<Value, RowLimitExceeded> {
        Ok(match term {
            Term::Value(value) => value.clone(),
            Term::Column {
                scope,
                hops,
                column,
            } if hops.is_empty() => stack[*scope][*column].clone(),
            Term::Column {
                scope,
                hops,
                column,
            } => {
                let row = self.one(stack[*scope], hops)?;
                row.map_or(Value::Null, |row| row[*column].clone())
            }
            Term::Lower(inner) => match self.value(inner, stack)? {
                Value::Text(it) => Value::text(it.to_lowercase()),
                _ => Value::Null,
            },
            Term::Upper(inner) => match self.value(inner, stack)? {
                Value::Text(it) => Value::text(it.to_uppercase()),
                _ => Value::Null,
            },
            Term::Truth(test) => self.test(test, stack)?.into(),
        })
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(it) => Some(*it),
        _ => None,
    }
}

/// Null is equal only to null, and has no order.
fn compare(left: &Value, by: Comparison, right: &Value) -> bool {
    if left.is_null() || right.is_null() {
        let both = left.is_null() && right.is_null();
        return match by {
            Comparison::Eq => both,
            Comparison::Ne => !both,
            _ => false,
        };
    }
    let Some(order) = left.compare(right) else {
        return by == Comparison::Ne;
    };
    match by {
        Comparison::Eq => order.is_eq(),
        Comparison::Ne => order.is_ne(),
        Comparison::Gt => order.is_gt(),
        Comparison::Ge => order.is_ge(),
        Comparison::Lt => order.is_lt(),
        Comparison::Le => order.is_le(),
    }
}

fn texts(test: TextTest, one: &Value, two: &Value) -> Option<bool> {
    let (Value::Text(one), Value::Text(two)) = (one, two) else {
        return None;
    };
    let (one, two) = (one.to_lowercase(), two.to_lowercase());
    Some(match test {
        TextTest::Contains => one.contains(two.as_str()),
        TextTest::StartsWith => one.starts_with(two.as_str()),
        TextTest::EndsWith => one.ends_with(two.as_str()),
    })
}
