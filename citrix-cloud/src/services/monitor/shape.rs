//! The rows and columns that a query, or a navigation in it, selects.

use super::condition::{Condition, check};
use super::expand::Expand;
use crate::Error;

/// The OData options that queries and navigations have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    pub(super) filter: Option<Condition>,
    pub(super) select: Vec<String>,
    pub(super) expand: Vec<Expand>,
    pub(super) expand_text: Vec<String>,
    pub(super) order: Vec<(String, &'static str)>,
    pub(super) top: Option<u64>,
}

impl Shape {
    /// Adds a condition to any earlier ones.
    pub(super) fn narrow(&mut self, condition: Condition) {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter.and(condition),
            None => condition,
        });
    }

    /// Selects these columns in addition to any earlier ones.
    pub(super) fn select<S: Into<String>>(&mut self, columns: impl IntoIterator<Item = S>) {
        self.select.extend(columns.into_iter().map(Into::into));
    }

    pub(super) fn expands(&self) -> bool {
        !self.expand.is_empty() || !self.expand_text.is_empty()
    }

    /// Returns the text of the `$filter`.
    pub(super) fn filter(&self) -> Result<Option<String>, Error> {
        self.filter.clone().map(Condition::into_text).transpose()
    }

    /// Returns all other options.
    pub(super) fn options(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let mut options = Vec::new();
        if !self.select.is_empty() {
            self.select.iter().try_for_each(|it| check(it))?;
            options.push(("$select", self.select.join(",")));
        }
        if self.expands() {
            let expand: Result<Vec<_>, _> = self.expand.iter().map(Expand::text).collect();
            let expand = [expand?, self.expand_text.clone()].concat();
            options.push(("$expand", expand.join(",")));
        }
        if !self.order.is_empty() {
            self.order.iter().try_for_each(|(it, _)| check(it))?;
            let order = self.order.iter();
            let order = order.map(|(column, way)| format!("{column} {way}"));
            options.push(("$orderby", order.collect::<Vec<_>>().join(",")));
        }
        if let Some(rows) = self.top {
            options.push(("$top", rows.to_string()));
        }
        Ok(options)
    }
}
