//! What a query brings along from other sets.

use super::condition::check;
use crate::Error;

/// A navigation whose rows come with those of a query, such as `Machine` with a session.
#[derive(Debug, Clone, Default)]
#[must_use = "it does nothing until a query has it"]
pub struct Expand {
    navigation: String,
    select: Vec<String>,
    expand: Vec<Expand>,
}

impl Expand {
    /// Brings what a navigation leads to, with all of its columns.
    pub fn new(navigation: impl Into<String>) -> Self {
        Self {
            navigation: navigation.into(),
            ..Self::default()
        }
    }

    /// Brings these columns only.
    pub fn select<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.select.extend(columns.into_iter().map(Into::into));
        self
    }

    /// Brings what lies behind it as well.
    pub fn expand(mut self, further: Self) -> Self {
        self.expand.push(further);
        self
    }

    pub(super) fn text(&self) -> Result<String, Error> {
        check(&self.navigation)?;
        let mut options = Vec::new();
        if !self.select.is_empty() {
            self.select.iter().try_for_each(|it| check(it))?;
            options.push(format!("$select={}", self.select.join(",")));
        }
        if !self.expand.is_empty() {
            let further: Result<Vec<_>, _> = self.expand.iter().map(Self::text).collect();
            options.push(format!("$expand={}", further?.join(",")));
        }
        Ok(match options.is_empty() {
            true => self.navigation.clone(),
            false => format!("{}({})", self.navigation, options.join(";")),
        })
    }
}
