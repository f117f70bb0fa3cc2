//! Replaces derived code by `crate::model!`, because derived code would take most of the compile
//! time.

use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Item, ItemStruct, LitStr, Meta, Path, Token};

use super::{module_items, open_enums::serde_words, unraw};

/// The same as `MOST_FIELDS` in `model.rs`; a struct with more fields keeps its derived code.
const MOST_FIELDS: usize = 256;

/// Replaces the serde derives of each plain struct with a table after it.
pub fn apply(file: &mut syn::File) {
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    *types = std::mem::take(types)
        .into_iter()
        .flat_map(|item| match item {
            Item::Struct(mut item) => {
                let table = table(&item);
                if table.is_some() {
                    strip(&mut item);
                }
                [Some(Item::Struct(item)), table]
            }
            item => [Some(item), None],
        })
        .flatten()
        .collect();
}

fn table(item: &ItemStruct) -> Option<Item> {
    let plain = item.generics.params.is_empty()
        && !item.attrs.iter().any(|attr| attr.path().is_ident("serde"));
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    if !plain || fields.named.len() > MOST_FIELDS {
        return None;
    }
    let name = &item.ident;
    // Without `Default`, the values read so far are not yet a model, and their types are needed.
    let typed = !derived(item).iter().any(|path| path.is_ident("Default"));
    let rows = fields
        .named
        .iter()
        .enumerate()
        .map(|(place, field)| {
            let name = field.ident.as_ref()?;
            let wire = Wire::of(&field.attrs)?;
            let required = !wire.may_be_missing && !is_option(&field.ty);
            if required && !typed {
                return None;
            }
            let key = wire
                .name
                .unwrap_or_else(|| LitStr::new(&unraw(name), name.span()));
            let place = proc_macro2::Literal::usize_unsuffixed(place);
            let aliases = wire.aliases;
            let write = if wire.skipped {
                quote!(present)
            } else {
                quote!(value)
            };
            let ty = &field.ty;
            let need = match (typed, required) {
                (false, _) => None,
                (true, false) => Some(quote!(Optional<#ty>)),
                (true, true) => Some(quote!(Required<#ty>)),
            };
            Some(quote!(#place #name #key #(| #aliases)* #write #need))
        })
        .collect::<Option<Vec<_>>>()?;
    Some(syn::parse_quote! { crate::model! { #name { #(#rows,)* } } })
}

fn is_option(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// The serde attributes of a field.
#[derive(Default)]
struct Wire {
    name: Option<LitStr>,
    aliases: Vec<LitStr>,
    skipped: bool,
    may_be_missing: bool,
}

impl Wire {
    /// `None` if they contain anything that a table cannot express.
    fn of(attributes: &[Attribute]) -> Option<Self> {
        let mut wire = Self::default();
        for word in attributes.iter().flat_map(serde_words) {
            match &word {
                Meta::Path(path) if path.is_ident("default") => wire.may_be_missing = true,
                Meta::NameValue(pair) if pair.path.is_ident("rename") => {
                    wire.name = Some(text(pair)?);
                }
                Meta::NameValue(pair) if pair.path.is_ident("alias") => {
                    wire.aliases.push(text(pair)?);
                }
                Meta::NameValue(pair) if pair.path.is_ident("skip_serializing_if") => {
                    let condition = text(pair)?.value().replace(' ', "");
                    wire.skipped = [
                        "::std::option::Option::is_none",
                        "::std::vec::Vec::is_empty",
                        "::std::collections::HashMap::is_empty",
                        "crate::model::Update::is_keep",
                    ]
                    .contains(&condition.as_str());
                    if !wire.skipped {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        Some(wire)
    }
}

fn text(pair: &syn::MetaNameValue) -> Option<LitStr> {
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => Some(text.clone()),
        _ => None,
    }
}

fn derived(item: &ItemStruct) -> Vec<Path> {
    item.attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|attribute| {
            attribute
                .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect()
}

/// Removes serde's derives and attributes; schemars keeps the names.
fn strip(item: &mut ItemStruct) {
    let kept: Vec<Path> = derived(item)
        .into_iter()
        .filter(|path| {
            path.segments
                .first()
                .is_none_or(|first| first.ident != "serde")
        })
        .collect();
    for attribute in &mut item.attrs {
        if attribute.path().is_ident("derive") {
            *attribute = syn::parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    for field in &mut item.fields {
        field.attrs = std::mem::take(&mut field.attrs)
            .into_iter()
            .filter_map(|attribute| {
                if !attribute.path().is_ident("serde") {
                    return Some(attribute);
                }
                let mut words = serde_words(&attribute);
                // schemars uses a condition only if there is a default.
                let defaulted = words.iter().any(|word| word.path().is_ident("default"));
                words.retain(|word| {
                    let path = word.path();
                    path.is_ident("rename") || defaulted && !path.is_ident("alias")
                });
                (!words.is_empty()).then(
                    || syn::parse_quote!(#[cfg_attr(feature = "schemars", schemars(#(#words),*))]),
                )
            })
            .collect();
    }
}
