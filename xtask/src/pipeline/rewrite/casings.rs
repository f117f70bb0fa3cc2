//! Reads models in both casings if the service writes them in two.

use syn::{Fields, Item, LitStr};

use super::{module_items, squeezed};
use crate::pipeline::facts::Facts;

/// Returns the models of a document that come in either casing, by squeezed name.
#[must_use]
pub fn of(facts: &Facts) -> Vec<String> {
    facts.either_casing().map(squeezed).collect()
}

/// Adds `#[serde(alias = "recordId")]` next to each `rename = "RecordId"` of these models.
pub fn apply(file: &mut syn::File, either: &[String]) {
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    for item in types {
        let Item::Struct(item) = item else { continue };
        let Fields::Named(fields) = &mut item.fields else {
            continue;
        };
        if !either.contains(&squeezed(&item.ident.to_string())) {
            continue;
        }
        for field in &mut fields.named {
            if let Some(name) = field.attrs.iter().find_map(super::open_enums::rename) {
                let other = LitStr::new(&uncapitalized(&name.value()), name.span());
                field
                    .attrs
                    .push(syn::parse_quote!(#[serde(alias = #other)]));
            }
        }
    }
}

fn uncapitalized(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}
