//! Finds names that are defined twice, which Rust does not allow.
//!
//! The generator does not notice them. The compiler would, and show the user an error in generated
//! code.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item};

/// Returns every name that is defined twice in one scope of a generated file.
#[must_use]
pub(super) fn doubles(file: &syn::File) -> Vec<String> {
    let mut found = Doubles(Vec::new());
    found.items("crate", &file.items);
    found.visit_file(file);
    found.0
}

struct Doubles(Vec<String>);

impl Doubles {
    fn check(&mut self, place: &str, names: impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name.clone()) {
                self.0.push(format!("{place}: {name}"));
            }
        }
    }

    fn items(&mut self, place: &str, items: &[Item]) {
        let names = items.iter().filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            Item::Mod(item) => Some(format!("mod {}", item.ident)),
            _ => None,
        });
        self.check(place, names);
    }
}

impl Visit<'_> for Doubles {
    fn visit_item_mod(&mut self, item: &syn::ItemMod) {
        if let Some((_, items)) = &item.content {
            self.items(&item.ident.to_string(), items);
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_struct(&mut self, item: &syn::ItemStruct) {
        if let Fields::Named(fields) = &item.fields {
            let names = fields.named.iter().filter_map(|field| field.ident.as_ref());
            self.check(&item.ident.to_string(), names.map(ToString::to_string));
        }
    }

    fn visit_item_enum(&mut self, item: &syn::ItemEnum) {
        let names = item
            .variants
            .iter()
            .map(|variant| variant.ident.to_string());
        self.check(&item.ident.to_string(), names);
    }

    fn visit_item_impl(&mut self, item: &syn::ItemImpl) {
        let names = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
            _ => None,
        });
        self.check("impl", names);
    }
}
