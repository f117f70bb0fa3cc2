//! A model that is sent and has fields that must be there has a constructor with them; every other
//! one is `Default`.

use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Field, Fields, Item, ItemStruct, Path, Token};

use super::module_items;
use super::open_enums::serde_words;
use crate::pipeline::normalize::reach::Reach;
use crate::pipeline::operations::rust_types::{argument, passed};

/// Adds `X::new` behind each struct that requests reach and that has no `Default`.
pub fn apply(file: &mut syn::File, reach: &Reach) {
    let sent = reach.sent();
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    *types = std::mem::take(types)
        .into_iter()
        .flat_map(|item| {
            let constructor = match &item {
                Item::Struct(model) if sent.has(&model.ident.to_string()) => constructor(model),
                _ => None,
            };
            [Some(item), constructor]
        })
        .flatten()
        .collect();
}

fn constructor(model: &ItemStruct) -> Option<Item> {
    let Fields::Named(fields) = &model.fields else {
        return None;
    };
    if has_default(model) {
        return None;
    }
    let (mut arguments, mut values) = (Vec::new(), Vec::new());
    for field in &fields.named {
        let name = field.ident.as_ref()?;
        if is_needed(field) {
            let (ty, value) = passed(name, &field.ty);
            arguments.push(quote!(#name: #ty));
            values.push(quote!(#name: #value));
        } else {
            values.push(quote!(#name: Default::default()));
        }
    }
    if arguments.is_empty() {
        return None;
    }
    let name = &model.ident;
    Some(syn::parse_quote! {
        impl #name {
            /// The model with what must be there.
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    })
}

fn has_default(model: &ItemStruct) -> bool {
    let derives = model.attrs.iter().filter(|it| it.path().is_ident("derive"));
    let paths = derives.filter_map(|attribute| {
        attribute
            .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
            .ok()
    });
    paths.flatten().any(|path| path.is_ident("Default"))
}

/// Whether the field has to be there, and not as null.
fn is_needed(field: &Field) -> bool {
    let optional = argument(&field.ty, "Option").is_some();
    let words = field.attrs.iter().flat_map(serde_words);
    let mut words = words.filter(|word| {
        let path = word.path();
        path.is_ident("default") || path.is_ident("flatten")
    });
    !optional && words.next().is_none()
}
