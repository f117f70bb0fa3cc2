//! `monitor sets`.

use clap::Args;
use serde_json::{Value, json};

use super::catalog::{Catalog, Set};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

const TABLE: Table<'_> = Table::new(
    "sets",
    &[
        ("SET", "/set"),
        ("KEY", "/key"),
        ("TIME", "/time"),
        ("DESCRIPTION", "/description"),
    ],
);

/// List the sets that can be queried; nothing is sent.
#[derive(Debug, Args)]
pub(crate) struct Sets {
    /// Only sets with this word in their name, description or column names; case is ignored.
    word: Option<String>,
}

impl Sets {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let word = self.word.unwrap_or_default();
        let sets = Catalog::get().sets.iter();
        let sets = sets.filter(|it| it.is_listed && it.mentions(&word));
        let rows: Vec<Value> = sets.map(row).collect();
        context.out.list(&TABLE, &rows)
    }
}

fn row(set: &Set) -> Value {
    json!({
        "set": set.name,
        "key": set.key().collect::<Vec<_>>().join(","),
        "time": set.time(),
        "description": set.description,
        "columns": set.columns.iter().map(|it| it.name).collect::<Vec<_>>(),
    })
}
