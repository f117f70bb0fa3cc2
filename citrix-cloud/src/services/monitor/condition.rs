//! Conditions on columns, in the syntax of OData 4.

use jiff::Timestamp;
use uuid::Uuid;

use crate::Error;

/// A column of a set, or of the target of a navigation: `User/UserName`.
///
/// The compiler does not check it, unlike a `Column`, which the feature `monitor` provides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyColumn(String);

/// Creates a column from its name or path on the wire.
///
/// If the path is not valid, the query fails before anything is sent.
pub fn column(path: impl Into<String>) -> AnyColumn {
    AnyColumn(path.into())
}

impl AnyColumn {
    /// Matches if the column equals a value.
    pub fn eq(self, value: impl Into<Literal>) -> Condition {
        self.compare("eq", value.into())
    }

    /// Matches if the column does not equal a value.
    pub fn ne(self, value: impl Into<Literal>) -> Condition {
        self.compare("ne", value.into())
    }

    /// Matches if the column is less than a value, or earlier.
    pub fn lt(self, value: impl Into<Literal>) -> Condition {
        self.compare("lt", value.into())
    }

    /// Matches if the column is less than or equal to a value.
    pub fn le(self, value: impl Into<Literal>) -> Condition {
        self.compare("le", value.into())
    }

    /// Matches if the column is greater than a value, or later.
    pub fn gt(self, value: impl Into<Literal>) -> Condition {
        self.compare("gt", value.into())
    }

    /// Matches if the column is greater than or equal to a value.
    pub fn ge(self, value: impl Into<Literal>) -> Condition {
        self.compare("ge", value.into())
    }

    /// Matches if the column is null.
    pub fn is_null(self) -> Condition {
        self.compare("eq", Literal("null".to_owned()))
    }

    /// Matches if the column is not null.
    pub fn is_not_null(self) -> Condition {
        self.compare("ne", Literal("null".to_owned()))
    }

    /// Matches if the column contains a text.
    pub fn contains(self, text: &str) -> Condition {
        self.call("contains", text)
    }

    /// Matches if the column starts with a text.
    pub fn starts_with(self, text: &str) -> Condition {
        self.call("startswith", text)
    }

    /// Matches if the column ends with a text.
    pub fn ends_with(self, text: &str) -> Condition {
        self.call("endswith", text)
    }

    /// Matches if at least one of the rows that a navigation leads to meets a condition.
    pub fn any(self, condition: Condition) -> Condition {
        Condition(Node::Any(self.0, Box::new(condition.0)))
    }

    fn compare(self, operator: &'static str, value: Literal) -> Condition {
        Condition(Node::Compare(self.0, operator, value))
    }

    fn call(self, function: &'static str, text: &str) -> Condition {
        Condition(Node::Call(function, self.0, text.into()))
    }
}

/// A value in the syntax of OData 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal(String);

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self(format!("'{}'", text.replace('\'', "''")))
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<Timestamp> for Literal {
    fn from(time: Timestamp) -> Self {
        Self(time.to_string())
    }
}

impl From<Uuid> for Literal {
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
    }
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Self(value.to_string())
    }
}

impl From<i64> for Literal {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl From<i32> for Literal {
    fn from(number: i32) -> Self {
        i64::from(number).into()
    }
}

impl From<f64> for Literal {
    fn from(number: f64) -> Self {
        Self(match number {
            f64::INFINITY => "INF".to_owned(),
            f64::NEG_INFINITY => "-INF".to_owned(),
            number => format!("{number:?}"),
        })
    }
}

/// A condition that rows must meet.
#[derive(Debug, Clone)]
#[must_use = "a condition does nothing until it is added to a query"]
pub struct Condition(Node);

#[derive(Debug, Clone)]
enum Node {
    Compare(String, &'static str, Literal),
    Call(&'static str, String, Literal),
    Any(String, Box<Node>),
    Not(Box<Node>),
    Join(Operator, Box<Node>, Box<Node>),
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
}

impl Condition {
    /// Creates a condition from text, for anything without a method here; apart from
    /// percent-encoding, it is sent unchanged.
    pub fn text(text: impl Into<String>) -> Self {
        Self(Node::Text(text.into()))
    }

    /// Matches if both conditions do.
    pub fn and(self, other: Self) -> Self {
        self.join(Operator::And, other)
    }

    /// Matches if at least one of the conditions does.
    pub fn or(self, other: Self) -> Self {
        self.join(Operator::Or, other)
    }

    /// Matches if the condition does not.
    #[expect(clippy::should_implement_trait, reason = "reads as `and` and `or` do")]
    pub fn not(self) -> Self {
        Self(Node::Not(Box::new(self.0)))
    }

    fn join(self, operator: Operator, other: Self) -> Self {
        Self(Node::Join(operator, Box::new(self.0), Box::new(other.0)))
    }

    pub(super) fn into_text(self) -> Result<String, Error> {
        self.0.text(0)
    }
}

impl Node {
    /// Returns its text inside `depth` nested `any`.
    fn text(&self, depth: usize) -> Result<String, Error> {
        Ok(match self {
            Self::Compare(column, operator, Literal(value)) => {
                format!("{} {operator} {value}", within(column, depth)?)
            }
            Self::Call(function, column, Literal(text)) => {
                format!("{function}({},{text})", within(column, depth)?)
            }
            Self::Any(navigation, condition) => {
                let (navigation, row) = (within(navigation, depth)?, row(depth + 1));
                format!("{navigation}/any({row}:{})", condition.text(depth + 1)?)
            }
            Self::Not(condition) => format!("not ({})", condition.text(depth)?),
            Self::Join(operator, one, other) => {
                let word = match operator {
                    Operator::And => "and",
                    Operator::Or => "or",
                };
                let one = one.bracketed(*operator, depth)?;
                format!("{one} {word} {}", other.bracketed(*operator, depth)?)
            }
            Self::Text(_) if depth > 0 => {
                return Err(Error::input(
                    "a condition given as text cannot be used inside `any`, where columns have other names; write the whole condition as text",
                ));
            }
            Self::Text(text) => text.clone(),
        })
    }

    /// Returns its text, in brackets if the operator around it binds more tightly.
    fn bracketed(&self, within: Operator, depth: usize) -> Result<String, Error> {
        let text = self.text(depth)?;
        let is_loose = matches!(self, Self::Join(Operator::Or, ..) | Self::Text(_));
        Ok(match within == Operator::And && is_loose {
            true => format!("({text})"),
            false => text,
        })
    }
}

/// Returns the variable name for the row of an `any`.
fn row(depth: usize) -> String {
    format!("r{depth}")
}

/// Returns a column of the innermost row.
fn within(column: &str, depth: usize) -> Result<String, Error> {
    check(column)?;
    Ok(match depth {
        0 => column.to_owned(),
        depth => format!("{}/{column}", row(depth)),
    })
}

/// Rejects anything other than a name, or several names separated by slashes.
pub(super) fn check(path: &str) -> Result<(), Error> {
    let is_name = |name: &str| {
        name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && name
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '_')
    };
    match path.split('/').all(is_name) {
        true => Ok(()),
        false => Err(Error::input(format!(
            "`{path}` is not a name in Monitor (expected a name such as `StartDate` or a path such as \
             `User/UserName`)"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(condition: Condition) -> String {
        condition.into_text().unwrap()
    }

    #[test]
    fn literals_are_those_of_odata_4() {
        let id = Uuid::from_u128(7);
        let time: Timestamp = "2026-01-05T08:00:00.5Z".parse().unwrap();
        for (condition, expected) in [
            (column("Name").eq("O'Neil"), "Name eq 'O''Neil'"),
            (
                column("Id").eq(id),
                "Id eq 00000000-0000-0000-0000-000000000007",
            ),
            (
                column("StartDate").ge(time),
                "StartDate ge 2026-01-05T08:00:00.5Z",
            ),
            (column("Cpu").lt(1.0), "Cpu lt 1.0"),
            (column("Cpu").lt(f64::NEG_INFINITY), "Cpu lt -INF"),
            (column("Cpu").lt(f64::NAN), "Cpu lt NaN"),
            (column("IsAssigned").ne(true), "IsAssigned ne true"),
            (column("User/UserName").is_null(), "User/UserName eq null"),
            (column("Name").contains("a'b"), "contains(Name,'a''b')"),
        ] {
            assert_eq!(text(condition), expected);
        }
    }

    #[test]
    fn parentheses_are_added_where_needed() {
        let (a, b, c) = (column("A").eq(1), column("B").eq(2), column("C").eq(3));
        let either = a.clone().or(b.clone());
        assert_eq!(
            text(either.clone().and(c.clone())),
            "(A eq 1 or B eq 2) and C eq 3"
        );
        assert_eq!(text(a.and(b).or(c.clone())), "A eq 1 and B eq 2 or C eq 3");
        assert_eq!(text(either.not()), "not (A eq 1 or B eq 2)");
        let raw = Condition::text("A eq 1 or B eq 2");
        assert_eq!(text(raw.and(c)), "(A eq 1 or B eq 2) and C eq 3");
    }

    #[test]
    fn nested_any_conditions_use_different_variables() {
        let slow = column("LogOnDuration").gt(600_000);
        let failed = column("ConnectionFailureLogs").any(column("Id").is_not_null());
        let sessions = column("Sessions").any(slow.and(failed));
        assert_eq!(
            text(column("Name").eq("x").and(sessions)),
            "Name eq 'x' and Sessions/any(r1:r1/LogOnDuration gt 600000 and \
             r1/ConnectionFailureLogs/any(r2:r2/Id ne null))"
        );
        let error = column("Sessions").any(Condition::text("A eq 1"));
        assert!(error.into_text().is_err());
    }

    #[test]
    fn a_malformed_path_is_rejected_by_name() {
        for path in ["", "A B", "A/", "/A", "A eq 1 or B", "9A", "A'"] {
            let error = column(path).eq(1).and(column("B").eq(2)).into_text();
            let error = error.unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{path}` is not a name")),
                "{error}"
            );
        }
    }
}
