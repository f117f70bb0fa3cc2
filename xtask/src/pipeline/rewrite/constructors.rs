//! Adds a constructor to each model that is sent and has required fields; every other model
//! implements `Default`.

use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Field, Fields, Item, ItemStruct, Lit, Meta, Path, Token};

use super::open_enums::serde_words;
use super::{module_items, unraw};
use crate::pipeline::normalize::reach::Reach;
use crate::pipeline::operations::rust_types::{argument, passed};

/// With this many text arguments or more, they are named, because positions could be swapped
/// unnoticed.
const SWAPPABLE: usize = 2;

/// Adds `X::new` after each struct that requests reach and that does not implement `Default`. With
/// `by_name`, several texts are passed as the fields of an `XRequired`.
pub fn apply(file: &mut syn::File, reach: &Reach, by_name: bool) {
    let sent = reach.sent();
    let Some(types) = module_items(&mut file.items, "types") else {
        return;
    };
    *types = std::mem::take(types)
        .into_iter()
        .flat_map(|item| {
            let constructor = match &item {
                Item::Struct(model) if sent.has(&model.ident.to_string()) => {
                    constructor(model, by_name)
                }
                _ => Vec::new(),
            };
            std::iter::once(item).chain(constructor)
        })
        .collect();
}

fn constructor(model: &ItemStruct, by_name: bool) -> Vec<Item> {
    let Fields::Named(fields) = &model.fields else {
        return Vec::new();
    };
    if has_default(model) {
        return Vec::new();
    }
    let needed = fields.named.iter().filter(|field| is_needed(field));
    let texts = needed.clone().filter(|field| is_text(&field.ty)).count();
    if by_name && texts >= SWAPPABLE {
        return named(model, &needed.collect::<Vec<_>>());
    }
    let (mut arguments, mut values) = (Vec::new(), Vec::new());
    for field in &fields.named {
        let Some(name) = field.ident.as_ref() else {
            continue;
        };
        if is_needed(field) {
            let (ty, value) = passed(name, &field.ty);
            arguments.push(quote!(#name: #ty));
            values.push(quote!(#name: #value));
        } else {
            values.push(quote!(#name: Default::default()));
        }
    }
    if arguments.is_empty() {
        return Vec::new();
    }
    let name = &model.ident;
    let only_text = needed.clone().all(|field| is_plain_text(&field.ty));
    let one_text = by_name && arguments.len() == 1 && only_text;
    let from: Option<Item> = one_text.then(|| {
        syn::parse_quote! {
            impl<T: Into<::std::string::String>> From<T> for #name {
                fn from(text: T) -> Self {
                    Self::new(text)
                }
            }
        }
    });
    let about = about(fields.named.iter().filter(|field| is_needed(field)));
    let constructor = syn::parse_quote! {
        impl #name {
            #[doc = #about]
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    };
    std::iter::once(constructor).chain(from).collect()
}

/// Returns the documentation of a constructor: its arguments, if their fields are described.
fn about<'a>(needed: impl Iterator<Item = &'a Field>) -> String {
    let arguments = needed.filter_map(|field| {
        let text = field.attrs.iter().find_map(documented)?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = field.ident.as_ref().map(unraw)?;
        (!text.is_empty()).then(|| format!(" - `{name}`: {text}"))
    });
    let arguments: Vec<String> = arguments.collect();
    match arguments.is_empty() {
        true => " Creates the model with its required fields.".to_owned(),
        false => format!(
            " Creates the model with its required fields.\n\n{}",
            arguments.join("\n")
        ),
    }
}

/// Returns the text of a doc attribute.
fn documented(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if pair.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// Returns a constructor that takes its required fields by name.
fn named(model: &ItemStruct, needed: &[&Field]) -> Vec<Item> {
    let name = &model.ident;
    let required = format_ident!("{name}Required");
    let about = format!(" The required fields of [`{name}`].");
    let fields = needed.iter().map(|field| {
        let docs = field.attrs.iter().filter(|it| it.path().is_ident("doc"));
        let (name, ty) = (&field.ident, &field.ty);
        quote!(#(#docs)* pub #name: #ty)
    });
    let taken: Vec<_> = needed.iter().map(|field| &field.ident).collect();
    let rest = model.fields.iter().filter(|field| !is_needed(field));
    let rest = rest.map(|field| &field.ident);
    vec![
        syn::parse_quote! {
            #[doc = #about]
            #[derive(Clone, Debug)]
            pub struct #required { #(#fields,)* }
        },
        syn::parse_quote! {
            impl #name {
                /// Creates the model with its required fields.
                #[must_use]
                pub fn new(required: #required) -> Self {
                    Self {
                        #(#taken: required.#taken,)*
                        #(#rest: Default::default(),)*
                    }
                }
            }
        },
    ]
}

/// Returns whether any text is accepted, which includes secrets and times.
fn is_text(ty: &syn::Type) -> bool {
    is_plain_text(ty) || is_named(ty, &["DateTime"])
}

/// Returns whether anything that converts to text converts to it.
fn is_plain_text(ty: &syn::Type) -> bool {
    is_named(ty, &["String", "Secret"])
}

fn is_named(ty: &syn::Type, names: &[&str]) -> bool {
    matches!(ty, syn::Type::Path(path)
        if path.path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name)))
}

pub(super) fn has_default(model: &ItemStruct) -> bool {
    let derives = model.attrs.iter().filter(|it| it.path().is_ident("derive"));
    let paths = derives.filter_map(|attribute| {
        attribute
            .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
            .ok()
    });
    paths.flatten().any(|path| path.is_ident("Default"))
}

/// Returns whether the field is required and not nullable.
pub(super) fn is_needed(field: &Field) -> bool {
    let optional = argument(&field.ty, "Option").is_some();
    let words = field.attrs.iter().flat_map(serde_words);
    let mut words = words.filter(|word| {
        let path = word.path();
        path.is_ident("default") || path.is_ident("flatten")
    });
    !optional && words.next().is_none()
}
