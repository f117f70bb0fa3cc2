//! Cargo features: items that only some areas of an API reach are compiled only with those areas.
//!
//! An API is generated as a whole, so that a shared model exists once, and each item lists the
//! areas that need it. An item that an operation without a feature reaches is always compiled.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenTree;
use serde_json::Value;
use syn::{Attribute, Item};

use super::{implemented_for, module_items, squeezed};
use crate::pipeline::normalize::reach::collect;
use crate::pipeline::normalize::schemas::METHODS;

/// Which features each operation and model of a module needs, by squeezed name.
#[derive(Debug, Default)]
pub struct Features {
    needs: BTreeMap<String, Need>,
}

/// The features of which one must be enabled; empty if the item is always compiled.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Need {
    always: bool,
    any: BTreeSet<String>,
}

impl Need {
    fn add(&mut self, feature: Option<&String>) {
        match feature {
            Some(feature) => self.any.extend([feature.clone()]),
            None => self.always = true,
        }
    }

    fn attribute(&self) -> Option<Attribute> {
        let mut features = self.any.iter();
        match (self.always, features.len()) {
            (true, _) | (_, 0) => None,
            (_, 1) => {
                let feature = features.next();
                Some(syn::parse_quote!(#[cfg(feature = #feature)]))
            }
            _ => Some(syn::parse_quote!(#[cfg(any(#(feature = #features),*))])),
        }
    }
}

impl Features {
    /// Finds the features that each item of a normalized document needs.
    ///
    /// `of_operation` maps operationIds to features.
    #[must_use]
    pub fn of(document: &Value, of_operation: &BTreeMap<String, String>) -> Self {
        let mut features = Self::default();
        if of_operation.is_empty() {
            return features;
        }
        for item in document["paths"]
            .as_object()
            .into_iter()
            .flat_map(|paths| paths.values())
        {
            for operation in METHODS.iter().filter_map(|method| item.get(method)) {
                let id = operation["operationId"].as_str().unwrap_or_default();
                let mut reached = BTreeSet::new();
                collect(document, operation, &mut reached);
                collect(document, &item["parameters"], &mut reached);
                for name in reached.iter().map(String::as_str).chain([id]) {
                    features
                        .needs
                        .entry(squeezed(name))
                        .or_default()
                        .add(of_operation.get(id));
                }
            }
        }
        features
    }

    /// Returns the features for an item by its Rust name. An inline type is named after the model
    /// or operation that contains it.
    fn need(&self, name: &str) -> Option<&Need> {
        let name = squeezed(name);
        (1..=name.len())
            .rev()
            .find_map(|length| self.needs.get(name.get(..length)?))
    }

    fn attribute(&self, name: &str) -> Option<Attribute> {
        self.need(name)?.attribute()
    }
}

/// Adds `#[cfg(feature = ...)]` to types.
pub fn apply(file: &mut syn::File, features: &Features) {
    if features.needs.is_empty() {
        return;
    }
    if let Some(types) = module_items(&mut file.items, "types") {
        guard(types, features);
    }
}

fn guard(items: &mut [Item], features: &Features) {
    for item in items {
        for (name, attributes) in super::models::rows(&mut *item) {
            attributes.extend(features.attribute(&name));
        }
        let name = match item {
            Item::Impl(item) => implemented_for(item),
            ref item => declared(item),
        };
        let attributes = match item {
            Item::Struct(item) => &mut item.attrs,
            Item::Enum(item) => &mut item.attrs,
            Item::Impl(item) => &mut item.attrs,
            Item::Macro(item) => &mut item.attrs,
            _ => continue,
        };
        if let Some(attribute) = name.and_then(|name| features.attribute(&name)) {
            attributes.insert(0, attribute);
        }
    }
}

/// Returns the name of the type that an item declares.
pub(super) fn declared(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Macro(item) => declared_in(&item.mac),
        _ => None,
    }
}

/// Returns the name after `enum` in `crate::open_enum!`, or the first name in `crate::model!`.
fn declared_in(invocation: &syn::Macro) -> Option<String> {
    let mut tokens = invocation.tokens.clone().into_iter();
    if invocation.path.segments.last()?.ident != "model" {
        tokens.find(|token| matches!(token, TokenTree::Ident(word) if word == "enum"))?;
    }
    tokens.next().map(|name| name.to_string())
}

/// Returns the operationIds of a document, each with the feature of its area.
#[must_use]
pub fn operations(document: &Value, feature: &str) -> BTreeMap<String, String> {
    let items = document["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values());
    items
        .flat_map(|item| METHODS.iter().filter_map(|method| item.get(method)))
        .filter_map(|operation| operation["operationId"].as_str())
        .map(|id| (id.to_owned(), feature.to_owned()))
        .collect()
}
