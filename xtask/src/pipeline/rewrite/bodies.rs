//! Adds constructors and setters to models that are sent, and types that distinguish a field that
//! is kept, cleared or set.
//!
//! A list that is not set is not sent. The generator does not send an empty list either, so nothing
//! could be emptied.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use quote::{format_ident, quote};
use syn::{Attribute, Field, Fields, Item, ItemStruct, Meta, Type};

use super::open_enums::serde_words;
use super::{module_items, squeezed, unraw, wire_name};
use crate::pipeline::normalize::reach::Reach;
use crate::pipeline::operations::rust_types::{argument, passed};

/// Nullable fields, by model and field, both squeezed.
pub type Nullable = BTreeSet<(String, String)>;

/// Finds the nullable fields.
#[must_use]
pub fn nullable(document: &serde_json::Value) -> Nullable {
    let schemas = document["components"]["schemas"].as_object();
    let models = schemas.into_iter().flatten();
    models
        .flat_map(|(model, schema)| {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let fields = fields.filter(|(_, field)| field["nullable"] == true);
            fields.map(|(field, _)| (squeezed(model), squeezed(field)))
        })
        .collect()
}

/// Gives optional fields of models that are only sent a type that distinguishes kept, cleared and
/// set.
///
/// Runs before [`super::tabled`], which writes fields by their attributes.
pub fn three_states(file: &mut syn::File, reach: &Reach, nullable: &Nullable) {
    let sent = reach.sent();
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    for item in types {
        let Item::Struct(model) = item else { continue };
        let name = model.ident.to_string();
        if !sent.is_only(&name) {
            continue;
        }
        for field in &mut model.fields {
            let wire = wire_name(field).unwrap_or_default();
            let may_be_null = nullable.contains(&(squeezed(&name), squeezed(&wire)));
            if let Some(inner) = optional(field) {
                let (ty, alone): (Type, &str) = match may_be_null {
                    true => (
                        syn::parse_quote!(crate::model::Update<#inner>),
                        "crate::model::Update::is_keep",
                    ),
                    false => (
                        syn::parse_quote!(::std::option::Option<#inner>),
                        "::std::option::Option::is_none",
                    ),
                };
                field.ty = ty;
                skip(&mut field.attrs, alone);
            }
        }
    }
}

/// Returns the type of a field that may be omitted, without its `Option`; `None` if it is always sent.
fn optional(field: &Field) -> Option<Type> {
    let words: Vec<Meta> = field.attrs.iter().flat_map(serde_words).collect();
    let skipped = |word: &Meta| word.path().is_ident("skip_serializing_if");
    if !words.iter().any(skipped) {
        return None;
    }
    argument(&field.ty, "Option").or_else(|| Some(field.ty.clone()))
}

/// Omits a field if `alone` holds, and uses its default if it is missing.
fn skip(attributes: &mut [Attribute], alone: &str) {
    for attribute in attributes.iter_mut() {
        let words = serde_words(attribute);
        if !words
            .iter()
            .any(|word| word.path().is_ident("skip_serializing_if"))
        {
            continue;
        }
        let kept = words.into_iter().filter(|word| {
            let path = word.path();
            !path.is_ident("skip_serializing_if") && !path.is_ident("default")
        });
        *attribute = syn::parse_quote!(#[serde(#(#kept,)* default, skip_serializing_if = #alone)]);
    }
}

/// Adds setters to models in requests, and `new` if no field is required.
pub fn setters(file: &mut syn::File, reach: &Reach) {
    let sent = reach.sent();
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    let constructed: BTreeSet<String> = types.iter().filter_map(constructed).collect();
    *types = std::mem::take(types)
        .into_iter()
        .flat_map(|item| {
            let more = match &item {
                // A struct with named required fields is built as a literal, and needs no setters.
                Item::Struct(model) if is_open(model) => None,
                Item::Struct(model) if sent.has(&model.ident.to_string()) => {
                    setters_of(model, constructed.contains(&model.ident.to_string()))
                }
                _ => None,
            };
            [Some(item), more]
        })
        .flatten()
        .collect();
}

/// Returns whether programs can build the struct as a literal.
fn is_open(model: &ItemStruct) -> bool {
    !model
        .attrs
        .iter()
        .any(|it| it.path().is_ident("non_exhaustive"))
}

/// Returns the type that already has a constructor.
fn constructed(item: &Item) -> Option<String> {
    match item {
        Item::Impl(item) if item.trait_.is_none() => super::implemented_for(item),
        _ => None,
    }
}

fn setters_of(model: &ItemStruct, constructed: bool) -> Option<Item> {
    let Fields::Named(fields) = &model.fields else {
        return None;
    };
    let name = &model.ident;
    let new = (!constructed).then(|| {
        quote! {
            /// Creates the model with no fields set.
            #[inline]
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }
        }
    });
    let changes = name.to_string().starts_with("Update");
    let setters = fields.named.iter().filter_map(|it| setter(it, changes));
    Some(syn::parse_quote! {
        impl #name {
            #new
            #(#setters)*
        }
    })
}

/// Returns the setter of a field. In a model that changes an object, fields that can be cleared have a
/// method for that too.
fn setter(field: &Field, changes: bool) -> Option<proc_macro2::TokenStream> {
    let name = field.ident.as_ref()?;
    let wire = wire_name(field)?;
    let update = argument(&field.ty, "Update");
    let option = argument(&field.ty, "Option");
    let held = update.as_ref().or(option.as_ref()).unwrap_or(&field.ty);
    let (ty, value) = match argument(held, "Box").filter(|_| update.is_some() || option.is_some()) {
        Some(inner) => {
            let (ty, value) = passed(name, &inner);
            (ty, quote!(::std::boxed::Box::new(#value)))
        }
        None => passed(name, held),
    };
    let value = match (&update, &option) {
        (Some(_), _) => quote!(crate::model::Update::Set(#value)),
        (None, Some(_)) => quote!(Some(#value)),
        (None, None) => value,
    };
    let docs: Vec<&Attribute> = field
        .attrs
        .iter()
        .filter(|it| it.path().is_ident("doc"))
        .collect();
    let docs = match docs.as_slice() {
        [] => {
            let text = format!("Sets `{wire}`.");
            quote!(#[doc = #text])
        }
        docs => quote!(#(#docs)*),
    };
    let is_list = option
        .as_ref()
        .is_some_and(|it| argument(it, "Vec").is_some());
    let cleared = match (update.is_some(), changes && is_list) {
        (true, _) => Some((
            format!("Clears `{wire}` by sending null."),
            quote!(crate::model::Update::Clear),
        )),
        (false, true) => Some((
            format!("Empties `{wire}` by sending an empty list."),
            quote!(Some(::std::vec::Vec::new())),
        )),
        (false, false) => None,
    };
    let clear = cleared.map(|(text, value)| {
        let clear: Ident = format_ident!("clear_{}", unraw(name));
        quote! {
            #[doc = #text]
            #[inline]
            #[must_use]
            pub fn #clear(mut self) -> Self {
                self.#name = #value;
                self
            }
        }
    });
    Some(quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn #name(mut self, #name: #ty) -> Self {
            self.#name = #value;
            self
        }
        #clear
    })
}
