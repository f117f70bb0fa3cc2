//! The `Content-Type` of bodies that the generator sends under another name.
//!
//! It knows four media types. A body of any other one goes out by the nearest of them, and this
//! pass puts the document's own type into the generated request.

use std::collections::BTreeMap;

use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ImplItemFn, Stmt};

use super::request_bodies::CONTENT_TYPE;
use super::rust_names::snake;

/// The media types that [`super::request_bodies`] left at operations, by operation.
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

/// Sets each type in the `send` of its operation.
pub fn apply(file: &mut syn::File, types: &BTreeMap<String, String>) {
    if !types.is_empty() {
        Senders { types }.visit_file_mut(file);
    }
}

struct Senders<'a> {
    types: &'a BTreeMap<String, String>,
}

impl VisitMut for Senders<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let mut sent = OperationId(None);
        if function.sig.ident == "send" {
            sent.visit_block_mut(&mut function.block);
        }
        if let Some(media) = sent.0.and_then(|id| self.types.get(&id)) {
            insert(&mut function.block, media);
        }
    }
}

/// After the statement that makes `header_map`, since what is in it replaces earlier headers.
fn insert(block: &mut Block, media: &str) {
    let made = block.stmts.iter().position(|statement| {
        matches!(statement, Stmt::Local(local)
            if matches!(&local.pat, syn::Pat::Ident(name) if name.ident == "header_map"))
    });
    if let Some(made) = made {
        let statement: Stmt = syn::parse_quote! {
            header_map.insert(
                ::reqwest::header::CONTENT_TYPE,
                ::reqwest::header::HeaderValue::from_static(#media),
            );
        };
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
