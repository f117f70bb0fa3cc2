//! What rows of several reports have in common: names of users, machines and numbers.

use serde::Deserialize;

use super::super::catalog::Catalog;
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

/// The name of a number of an enumeration, or the number where it has none.
pub(super) fn named(enumeration: &str, number: Option<i64>) -> Cell {
    let Some(number) = number else {
        return Cell::Absent;
    };
    match Catalog::get().value_name(enumeration, number) {
        Some(name) => name.into(),
        None => number.to_string().into(),
    }
}
