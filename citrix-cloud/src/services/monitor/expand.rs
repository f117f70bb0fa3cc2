//! Related rows that a query includes.

use super::condition::{Condition, check};
use super::shape::Shape;
use crate::Error;

/// A navigation whose rows a query includes, such as the `Machine` of a session.
#[derive(Debug, Clone, Default)]
#[must_use = "it does nothing until it is added to a query"]
pub struct Expand {
    navigation: String,
    shape: Shape,
}

impl Expand {
    /// Includes the rows that a navigation leads to, with all columns.
    pub fn new(navigation: impl Into<String>) -> Self {
        Self {
            navigation: navigation.into(),
            ..Self::default()
        }
    }

    /// Includes only these columns.
    pub fn select<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.shape.select(columns);
        self
    }

    /// Includes a further navigation from there.
    pub fn expand(mut self, further: Self) -> Self {
        self.shape.expand.push(further);
        self
    }

    /// Includes only rows that meet a condition, in addition to any earlier conditions. Only for
    /// navigations to many rows.
    pub fn filter(mut self, condition: Condition) -> Self {
        self.shape.narrow(condition);
        self
    }

    /// Sorts the rows by a column, in ascending order. Only for navigations to many rows.
    pub fn order_by(mut self, column: impl Into<String>) -> Self {
        self.shape.order.push((column.into(), "asc"));
        self
    }

    /// Sorts the rows by a column, in descending order. Only for navigations to many rows.
    pub fn order_by_descending(mut self, column: impl Into<String>) -> Self {
        self.shape.order.push((column.into(), "desc"));
        self
    }

    /// Includes at most this many rows. Only for navigations to many rows.
    pub fn top(mut self, rows: u64) -> Self {
        self.shape.top = Some(rows);
        self
    }

    pub(super) fn text(&self) -> Result<String, Error> {
        check(&self.navigation)?;
        let filter = self.shape.filter()?.map(|it| ("$filter", it));
        let options = filter.into_iter().chain(self.shape.options()?);
        let options: Vec<String> = options.map(|(name, it)| format!("{name}={it}")).collect();
        Ok(match options.is_empty() {
            true => self.navigation.clone(),
            false => format!("{}({})", self.navigation, options.join(";")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::condition::column;
    use super::*;

    #[test]
    fn options_follow_the_navigation_in_parentheses() {
        let last = Expand::new("Sessions")
            .select(["StartDate"])
            .filter(column("EndDate").is_null())
            .expand(Expand::new("User").select(["UserName"]))
            .order_by_descending("StartDate")
            .order_by("SessionKey")
            .top(1);
        assert_eq!(
            last.text().unwrap(),
            "Sessions($filter=EndDate eq null;$select=StartDate;$expand=User($select=UserName);\
             $orderby=StartDate desc,SessionKey asc;$top=1)"
        );
        assert!(Expand::new("A;B").text().is_err());
        assert!(Expand::new("A").order_by("B desc").text().is_err());
    }
}
