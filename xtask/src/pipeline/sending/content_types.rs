//! The `Content-Type` of bodies that the generator sends under another name.
//!
//! It knows four media types. A body of any other one goes out by the nearest of them, and this
//! pass puts the document's own type into the generated request.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ImplItemFn, Stmt};

use crate::pipeline::normalize::request_bodies::CONTENT_TYPE;
use crate::pipeline::normalize::rust_names::{pascal, snake};

/// The media types that [`crate::pipeline::normalize::request_bodies`] left at operations, by operation.
#[must_use]
pub fn of(document: &openapiv3::OpenAPI) -> BTreeMap<String, String> {
    let items = document.paths.iter().filter_map(|(_, item)| item.as_item());
    items
        .flat_map(openapiv3::PathItem::iter)
        .filter_map(|(_, operation)| {
            let media = operation.extensions.get(CONTENT_TYPE)?.as_str()?;
            Some((snake(operation.operation_id.as_ref()?), media.to_owned()))
        })
        .collect()
}

/// Sets each type in the `send` of its operation; where the body is `optional`, if there is one.
pub fn apply(file: &mut syn::File, types: &BTreeMap<String, String>, optional: &BTreeSet<String>) {
    if !types.is_empty() {
        Senders { types, optional }.visit_file_mut(file);
    }
}

struct Senders<'a> {
    types: &'a BTreeMap<String, String>,
    optional: &'a BTreeSet<String>,
}

impl VisitMut for Senders<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let mut sent = OperationId(None);
        if function.sig.ident == "send" {
            sent.visit_block_mut(&mut function.block);
        }
        if let Some(id) = sent.0
            && let Some(media) = self.types.get(&id)
        {
            let optional = self.optional.contains(&pascal(&id));
            insert(&mut function.block, media, optional);
        }
    }
}

/// After the statement that makes `header_map`, since what is in it replaces earlier headers.
fn insert(block: &mut Block, media: &str, optional: bool) {
    let made = block.stmts.iter().position(|statement| {
        matches!(statement, Stmt::Local(local)
            if matches!(&local.pat, syn::Pat::Ident(name) if name.ident == "header_map"))
    });
    if let Some(made) = made {
        let mut statement: Stmt = syn::parse_quote! {
            header_map.insert(
                ::reqwest::header::CONTENT_TYPE,
                ::reqwest::header::HeaderValue::from_static(#media),
            );
        };
        if optional {
            statement = syn::parse_quote! {
                if body.is_some() {
                    #statement
                }
            };
        }
        block.stmts.insert(made + 1, statement);
    }
}

struct OperationId(Option<String>);

impl VisitMut for OperationId {
    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        if let (syn::Member::Named(name), Expr::Lit(value)) = (&field.member, &field.expr)
            && name == "operation_id"
            && let syn::Lit::Str(text) = &value.lit
        {
            self.0 = Some(text.value());
        }
        visit_mut::visit_field_value_mut(self, field);
    }
}
