//! Models that the service writes in two casings are read in both.
//!
//! A schema says so with `x-either-casing: true`: its documents have `RecordId`, live answers
//! `recordId`.

use serde_json::Value;
use syn::{Fields, Item, LitStr};

use super::{module_items, squeezed};

/// The models of a document that come in either casing, by squeezed name.
#[must_use]
pub fn either(document: &Value) -> Vec<String> {
    let schemas = document
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    schemas
        .into_iter()
        .flatten()
        .filter(|(_, schema)| schema["x-either-casing"] == true)
        .map(|(name, _)| squeezed(name))
        .collect()
}

/// Adds `#[serde(alias = "recordId")]` beside each `rename = "RecordId"` of these models.
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
