//! `monitor enums`.

use clap::Args;
use serde_json::{Value, json};

use super::catalog::Catalog;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

const ENUMS: Table<'_> = Table::new(
    "enumerations",
    &[
        ("ENUM", "/enum"),
        ("VALUES", "/values"),
        ("DESCRIPTION", "/description"),
    ],
);

const VALUES: Table<'_> = Table::new(
    "values",
    &[
        ("VALUE", "/value"),
        ("NAME", "/name"),
        ("MEANING", "/meaning"),
    ],
);

/// List the enumerations, or the numbers and names of one; nothing is sent.
#[derive(Debug, Args)]
pub(crate) struct Enums {
    /// The enumeration, or a column that uses it, in upper or lower case.
    name: Option<String>,
}

impl Enums {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let catalog = Catalog::get();
        let Some(name) = self.name else {
            let all = catalog.enums.iter().map(|it| {
                json!({
                    "enum": it.name,
                    "values": it.values.len(),
                    "description": it.description,
                })
            });
            return context.out.list(&ENUMS, &all.collect::<Vec<_>>());
        };
        let found = catalog.enumeration(&name);
        let found = found.ok_or_else(|| Failure::Missing(catalog.no_enumeration(&name)))?;
        let values: Vec<Value> = found
            .values
            .iter()
            .map(|it| json!({ "value": it.number, "name": it.name, "meaning": it.meaning }))
            .collect();
        context.out.list(&VALUES, &values)
    }
}
