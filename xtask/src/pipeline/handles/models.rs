//! The models of an area: those that its operations send and return.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use syn::Path;
use syn::visit::{self, Visit};

use super::Method;
use crate::pipeline::operations::described::{Place, Reads};

/// The module with progenitor's types.
const TYPES: &str = "types";

/// Returns a table of the models of some methods, each with a link; empty if they have none.
pub(super) fn table<'a>(methods: impl Iterator<Item = &'a Method<'a>>) -> String {
    let (mut sent, mut returned) = (Models::default(), Models::default());
    for method in methods {
        let operation = method.operation;
        let bodies = operation.parameters.iter();
        bodies
            .filter(|it| it.place == Place::Body)
            .for_each(|it| sent.visit_type(&it.ty));
        match (&operation.envelope, &operation.reads) {
            (Some(page), _) => returned.visit_type(&page.item),
            (None, Reads::Json(ty) | Reads::Optional(ty)) => returned.visit_type(ty),
            (None, Reads::Empty | Reads::Bytes | Reads::Exists) => {}
        }
    }
    let rows = [("sent", sent), ("returned", returned)];
    let rows = rows.iter().filter(|(_, models)| !models.0.is_empty());
    let rows = rows.fold(String::new(), |mut text, (way, models)| {
        let links = models.0.iter();
        let links: Vec<String> = links
            .map(|name| format!("[`{name}`](crate::models::{name})"))
            .collect();
        let _ = write!(text, "\n| {way} | {} |", links.join(", "));
        text
    });
    match rows.is_empty() {
        true => rows,
        false => format!("| | models |\n|---|---|{rows}"),
    }
}

/// Returns the names of models in alphabetical order.
#[derive(Default)]
struct Models(BTreeSet<String>);

impl<'ast> Visit<'ast> for Models {
    fn visit_path(&mut self, path: &'ast Path) {
        let mut segments = path.segments.iter().rev();
        if let (Some(name), Some(module)) = (segments.next(), segments.next())
            && module.ident == TYPES
        {
            self.0.insert(name.ident.to_string());
        }
        visit::visit_path(self, path);
    }
}
