//! Adds a table of the models that responses reach, for tests that read each of them.

use std::collections::BTreeMap;

use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, Item};

use super::{module_items, squeezed};
use crate::pipeline::normalize::reach::Reach;

/// Adds `MODELS`, behind the private feature `__models`: the wire name, and a function that reads a
/// model and writes it again.
///
/// It is in `types`, next to the models, so that [`super::features`] adds the same conditions to
/// its lines.
pub fn apply(file: &mut syn::File, reach: &Reach, wire_names: &BTreeMap<String, String>) {
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    let names: BTreeMap<String, String> = types
        .iter()
        .filter_map(super::features::declared)
        .map(|name| (squeezed(&name), name))
        .collect();
    let rows = reach.responses.iter().filter_map(|short| {
        let name = names.get(&squeezed(short))?;
        let wire = wire_names.get(short).unwrap_or(short);
        let model = format_ident!("{name}");
        Some(quote! { (#wire, crate::wire::reread::<#model>), })
    });
    let table: Item = syn::parse_quote! {
        /// Every model that a response reaches, with a function that reads and writes it.
        #[cfg(feature = "__models")]
        pub const MODELS: &[(&str, crate::wire::Reread)] = &[#(#rows)*];
    };
    types.push(table);
}

/// Returns the rows of the table, for the pass that adds conditions.
pub(super) fn rows(item: &mut Item) -> impl Iterator<Item = (String, &mut Vec<Attribute>)> {
    let elements = match item {
        Item::Const(item) if item.ident == "MODELS" => match &mut *item.expr {
            syn::Expr::Reference(reference) => match &mut *reference.expr {
                syn::Expr::Array(array) => Some(array.elems.iter_mut()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    elements.into_iter().flatten().filter_map(|row| match row {
        syn::Expr::Tuple(row) => match row.elems.last() {
            Some(syn::Expr::Path(reread)) => match &reread.path.segments.last()?.arguments {
                syn::PathArguments::AngleBracketed(model) => {
                    Some((model.args.to_token_stream().to_string(), &mut row.attrs))
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}
