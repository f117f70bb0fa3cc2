//! Row types that several reports share, and names of enumeration values.

use std::fmt::Display;

use serde::Deserialize;

use super::model::Cell;

/// The user that a navigation leads to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    pub(super) user_name: Option<String>,
}

/// The machine that a navigation leads to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Machine {
    pub(super) name: Option<String>,
}

/// Returns the name of an enumeration value, or its number if it has none.
pub(super) fn named(value: Option<impl Display>) -> Cell {
    value.map_or(Cell::Absent, |it| it.to_string().into())
}
