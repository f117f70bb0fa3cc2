//! What rows of several reports have in common: names of users, machines and numbers.

use std::fmt::Display;

use serde::Deserialize;

use super::model::Cell;

/// The user behind a navigation.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    pub(super) user_name: Option<String>,
}

/// The machine behind a navigation.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Machine {
    pub(super) name: Option<String>,
}

/// A value of an enumeration by its name, or the number where it has none.
pub(super) fn named(value: Option<impl Display>) -> Cell {
    value.map_or(Cell::Absent, |it| it.to_string().into())
}
