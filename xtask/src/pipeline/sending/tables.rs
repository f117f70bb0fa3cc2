//! Constants that tell the transport what only the document knows.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};

use crate::pipeline::normalize::schemas::METHODS;
use crate::pipeline::rewrite::squeezed;

/// The operationIds that the document exempts from authentication (`security: []`).
#[must_use]
pub fn unauthenticated(document: &Value) -> Vec<String> {
    let items = document["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values());
    items
        .flat_map(|item| METHODS.iter().filter_map(|method| item.get(method)))
        .filter(|operation| operation["security"].as_array().is_some_and(Vec::is_empty))
        .filter_map(|operation| operation["operationId"].as_str().map(str::to_owned))
        .collect()
}

/// Adds `UNAUTHENTICATED` with the names that the generated code gives these operations.
///
/// # Errors
///
/// Names the operation that the generated code does not have: its requests would carry a token.
pub fn apply(file: &mut syn::File, unauthenticated: &[String]) -> Result<()> {
    let mut known = OperationIds::default();
    known.visit_file_mut(file);
    let names: Vec<&String> = unauthenticated
        .iter()
        .map(|id| {
            known
                .0
                .iter()
                .find(|name| squeezed(name) == squeezed(id))
                .with_context(|| format!("the generated code has no operation `{id}`"))
        })
        .collect::<Result<_>>()?;
    file.items.push(syn::parse_quote! {
        /// Operations that carry no token, by the name that hooks see.
        pub const UNAUTHENTICATED: &[&str] = &[#(#names),*];
    });
    Ok(())
}

/// The values of the fields called `operation_id`, which is what hooks get.
#[derive(Default)]
struct OperationIds(BTreeSet<String>);

impl VisitMut for OperationIds {
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        // Models are most of the code, and have none.
        if module.ident != "types" {
            visit_mut::visit_item_mod_mut(self, module);
        }
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        if let (syn::Member::Named(name), syn::Expr::Lit(value)) = (&field.member, &field.expr)
            && name == "operation_id"
            && let syn::Lit::Str(text) = &value.lit
        {
            self.0.insert(text.value());
        }
        visit_mut::visit_field_value_mut(self, field);
    }
}
