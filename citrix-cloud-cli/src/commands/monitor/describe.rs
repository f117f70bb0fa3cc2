//! `monitor describe`.

use clap::Args;
use serde_json::{Value, json};

use super::catalog::{Catalog, Column, Navigation, Set};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

const COLUMNS: Table<'_> = Table::new(
    "columns",
    &[
        ("COLUMN", "/column"),
        ("TYPE", "/type"),
        ("UNIT", "/unit"),
        ("IS", "/is"),
        ("DESCRIPTION", "/description"),
    ],
);

const NAVIGATIONS: Table<'_> = Table::new(
    "navigations",
    &[("NAVIGATION", "/navigation"), ("LEADS TO", "/leadsTo")],
);

/// Show the columns of a set with their types, units and enumerations, and its navigations; nothing
/// is sent.
///
/// Filtering by an indexed column is fast. Enumerations are compared by number. Use --expand to
/// include the rows that a navigation leads to.
#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// The set, such as Sessions, in upper or lower case.
    set: String,
}

impl Describe {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let catalog = Catalog::get();
        let set = catalog.set(&self.set);
        let set = set.ok_or_else(|| Failure::Missing(catalog.no_set(&self.set)))?;
        let columns: Vec<Value> = set.columns.iter().map(of_column).collect();
        let navigations: Vec<Value> = set.navigations.iter().map(of_navigation).collect();
        let out = &context.out;
        if out.is_whole() {
            let described = json!({
                "set": set.name,
                "description": set.description,
                "isListed": set.is_listed,
                "key": set.key().collect::<Vec<_>>(),
                "time": set.time(),
                "columns": columns,
                "navigations": navigations,
            });
            return out.any(&COLUMNS, &described);
        }
        if !out.is_grid() {
            return out.list(&COLUMNS, &columns);
        }
        out.line(&format!("{}: {}\n", set.name, described(set)))?;
        out.list(&COLUMNS, &columns)?;
        if !navigations.is_empty() {
            out.line("")?;
            out.list(&NAVIGATIONS, &navigations)?;
        }
        Ok(())
    }
}

fn described(set: &Set) -> String {
    match set.is_listed {
        true => set.description.to_owned(),
        false => format!("{} Only navigations lead here.", set.description),
    }
}

fn of_column(column: &Column) -> Value {
    let of = match column.enumeration {
        "" => column.of,
        enumeration => enumeration,
    };
    let is = match (column.is_key, column.is_indexed) {
        (true, _) => Some("key"),
        (_, true) => Some("indexed"),
        _ => None,
    };
    let unit = Some(column.unit).filter(|it| !it.is_empty());
    json!({
        "column": column.name,
        "type": of,
        "unit": unit,
        "is": is,
        "description": column.description,
    })
}

fn of_navigation(navigation: &Navigation) -> Value {
    let many = if navigation.is_many {
        "rows of"
    } else {
        "a row of"
    };
    json!({
        "navigation": navigation.name,
        "leadsTo": format!("{many} {}", navigation.target),
    })
}
