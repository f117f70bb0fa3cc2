//! `OData` 4 as far as the service is known to support it: from text to rows, over any source of rows.

mod bind;
mod bound;
mod evaluate;
mod grammar;
mod group;
mod narrow;
mod query;
mod reader;
mod render;
mod row;
mod run;
mod syntax;

#[cfg(test)]
mod tests;

pub(crate) use bound::{Query, Resume};
pub(crate) use query::{QueryError, read, token};
pub(crate) use reader::{Reader, RowLimitExceeded};
pub(crate) use render::page;
pub(crate) use row::{Bounds, Chunk, Row, Source};
pub(crate) use run::{Page, go_on, run};

/// Parses a text as every option of a query of one set, for a fuzzer.
#[cfg(feature = "__fuzz")]
pub(crate) fn fuzz(text: &str) {
    let sets = &super::schema::Schema::get().sets;
    let set = &sets[text.len() % sets.len()];
    for option in ["$filter", "$select", "$expand", "$orderby", "$apply"] {
        // Only termination matters, not whether the text is valid.
        drop(read(set, |name| (name == option).then_some(text)));
    }
}
