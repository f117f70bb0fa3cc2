//! Keeps string enums open: a value that the document does not list is kept as text.

use syn::{Attribute, Fields, Item, ItemEnum, Lit, LitStr, Meta, Token, punctuated::Punctuated};

use super::{implemented_for, module_items};

/// The variant that `crate::open_enum!` adds.
const OPEN: &str = "Unlisted";

/// Replaces each string enum and its implementations with one `crate::open_enum!` invocation.
pub fn apply(file: &mut syn::File) {
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    let mut names = Vec::new();
    for item in types.iter_mut() {
        let Item::Enum(item_enum) = item else {
            continue;
        };
        let Some(values) = wire_values(item_enum) else {
            continue;
        };
        let name = &item_enum.ident;
        let docs = docs(&item_enum.attrs);
        let variants = item_enum
            .variants
            .iter()
            .map(|variant| match &variant.ident {
                listed if listed == OPEN => quote::format_ident!("{OPEN}Value"),
                listed => listed.clone(),
            });
        names.push(name.to_string());
        *item = syn::parse_quote! {
            crate::open_enum! {
                #(#docs)*
                pub enum #name { #(#variants = #values,)* }
            }
        };
    }
    types.retain(|item| match item {
        Item::Impl(item) => implemented_for(item).is_none_or(|name| {
            !names.contains(&name) && !reference_to(item).is_some_and(|n| names.contains(&n))
        }),
        _ => true,
    });
}

/// Returns the wire text of each variant, if all of them are plain strings.
fn wire_values(item: &ItemEnum) -> Option<Vec<LitStr>> {
    let represented_otherwise = ["untagged", "tag"]
        .iter()
        .any(|word| item.attrs.iter().any(|attr| names_word(attr, word)));
    if represented_otherwise || item.variants.is_empty() {
        return None;
    }
    item.variants
        .iter()
        .map(|variant| {
            matches!(variant.fields, Fields::Unit).then(|| {
                variant.attrs.iter().find_map(rename).unwrap_or_else(|| {
                    LitStr::new(&variant.ident.to_string(), variant.ident.span())
                })
            })
        })
        .collect()
}

/// Returns the contents of `#[serde(...)]`.
pub(super) fn serde_words(attribute: &Attribute) -> Vec<Meta> {
    if !attribute.path().is_ident("serde") {
        return Vec::new();
    }
    attribute
        .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .map(|words| words.into_iter().collect())
        .unwrap_or_default()
}

fn names_word(attribute: &Attribute, word: &str) -> bool {
    serde_words(attribute)
        .iter()
        .any(|meta| meta.path().is_ident(word))
}

/// Returns the wire name in `#[serde(rename = "...")]`.
pub(super) fn rename(attribute: &Attribute) -> Option<LitStr> {
    serde_words(attribute)
        .into_iter()
        .find_map(|meta| match meta {
            Meta::NameValue(pair) if pair.path.is_ident("rename") => match pair.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text),
                _ => None,
            },
            _ => None,
        })
}

fn docs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .cloned()
        .collect()
}

/// Returns the type behind the reference in `impl From<&X> for ...`.
fn reference_to(item: &syn::ItemImpl) -> Option<String> {
    let (path, _) = item.trait_.as_ref()?;
    let syn::PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(syn::Type::Reference(reference)) => match &*reference.elem {
            syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        },
        _ => None,
    })
}
