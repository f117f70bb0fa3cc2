//! Names that stand twice where Rust wants them once; rustc would say so, and take longer.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item};

/// Every name that is defined twice in one place of a generated file.
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
            Item::Macro(item) => Some(declared(&item.mac.tokens.to_string()).0),
            _ => None,
        });
        self.check(place, names);
    }
}

/// The name and the variants that `crate::open_enum!` declares.
fn declared(tokens: &str) -> (String, Vec<String>) {
    let rest = tokens.split(" enum ").nth(1).expect("an enum");
    let (name, body) = rest.split_once('{').expect("a body");
    let variants = body.split(',').filter_map(|variant| {
        let (name, _) = variant.split_once('=')?;
        Some(name.trim().to_owned())
    });
    (name.trim().to_owned(), variants.collect())
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

    fn visit_item_macro(&mut self, item: &syn::ItemMacro) {
        let (name, variants) = declared(&item.mac.tokens.to_string());
        self.check(&name, variants.into_iter());
    }

    fn visit_item_impl(&mut self, item: &syn::ItemImpl) {
        let names = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
            _ => None,
        });
        self.check("impl", names);
    }
}
