//! Conversions from models to keys, so that a handle can be created from a model as well as a name.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Type;

use super::tree::{Handle, type_name};
use crate::pipeline::operations::described::Reads;
use crate::pipeline::operations::emit::ident;
use crate::pipeline::operations::rust_types::argument;

/// Returns `From<&Model> for Key<Handle>` for the models that a handle and its list return.
pub(super) fn keys(handles: &[Handle<'_, '_>]) -> TokenStream {
    let mut found: BTreeMap<String, TokenStream> = BTreeMap::new();
    for handle in handles.iter().filter(|handle| handle.is_one()) {
        let ty = format_ident!("{}", type_name(&handle.way));
        let by = super::docs::by(handle);
        for (model, fields) in models(handle, handles) {
            let Some((field, kind)) = key_of(&fields, &by) else {
                continue;
            };
            let field = ident(&crate::pipeline::normalize::rust_names::snake(&field));
            let value = match kind {
                Kind::Text => quote!(model.#field.clone()),
                Kind::OptionalText => quote!(model.#field.clone().unwrap_or_default()),
                Kind::Number => quote!(model.#field.to_string()),
                Kind::OptionalNumber => {
                    quote!(model.#field.map(|id| id.to_string()).unwrap_or_default())
                }
            };
            let name = quote!(#model).to_string();
            found.entry(format!("{ty} {name}")).or_insert(quote! {
                impl From<&#model> for Key<#ty> {
                    fn from(model: &#model) -> Self {
                        #value.into()
                    }
                }
            });
        }
    }
    let found = found.values();
    quote!(#(#found)*)
}

enum Kind {
    Text,
    OptionalText,
    Number,
    OptionalNumber,
}

type Fields = BTreeMap<String, Type>;

/// Returns the models that identify an object of a handle's kind.
fn models(handle: &Handle<'_, '_>, all: &[Handle<'_, '_>]) -> Vec<(Type, Fields)> {
    let own = handle.methods.iter();
    let own = own.filter(|method| method.place.name == "get");
    let read = own.filter_map(|method| match &method.operation.reads {
        Reads::Json(ty) | Reads::Optional(ty) => {
            Some((ty.clone(), method.operation.response_fields.clone()))
        }
        _ => None,
    });
    let before = handle.way.split_last().map(|(_, before)| before);
    let lists = all.iter().filter(|other| {
        other.below_a_site == handle.below_a_site
            && other.way.split_last().map(|(_, before)| before) == before
            && !other.is_one()
    });
    let lists = lists.flat_map(|other| other.methods.iter());
    let lists = lists.filter(|method| method.place.name == "list");
    let listed = lists.filter_map(|method| {
        let envelope = method.operation.envelope.as_ref()?;
        let fields = envelope.item_fields.clone();
        Some((envelope.item.clone(), fields, method.operation.path.clone()))
    });
    let singular = handle
        .methods
        .first()
        .map(|method| method.operation.path.clone());
    let listed = listed.filter(|(_, _, path)| {
        singular.as_ref().is_some_and(|one| {
            one.to_lowercase()
                .starts_with(&format!("{}/{{", path.to_lowercase()))
        })
    });
    read.chain(listed.map(|(ty, fields, _)| (ty, fields)))
        .collect()
}

/// Returns the field that identifies the object: the one with the name of the handle's parameter,
/// or else an id, unless the parameter only takes a name.
fn key_of(fields: &Fields, by: &str) -> Option<(String, Kind)> {
    let own = by.replace('_', "");
    let ids = ["Id", "Uid", "Guid", "Name"];
    let others = match by.split('_').next_back() {
        Some("uid" | "guid") => &ids[..3],
        Some("name") => &ids[3..],
        _ => &ids[..],
    };
    let mut wanted = std::iter::once(own.as_str())
        .chain(others.iter().copied())
        .filter_map(|wanted| {
            let mut names = fields.iter();
            names.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        });
    wanted.find_map(|(name, ty)| Some((name.clone(), kind(ty)?)))
}

fn kind(ty: &Type) -> Option<Kind> {
    let is = |ty: &Type, names: &[&str]| {
        matches!(ty, Type::Path(path) if path.path.segments.last()
            .is_some_and(|last| names.iter().any(|name| last.ident == name)))
    };
    let numbers = ["i32", "i64", "u32", "u64"];
    match argument(ty, "Option") {
        Some(inner) if is(&inner, &["String"]) => Some(Kind::OptionalText),
        Some(inner) if is(&inner, &numbers) => Some(Kind::OptionalNumber),
        None if is(ty, &["String"]) => Some(Kind::Text),
        None if is(ty, &numbers) => Some(Kind::Number),
        _ => None,
    }
}
