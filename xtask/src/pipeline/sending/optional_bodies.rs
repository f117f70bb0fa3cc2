//! A body that the document does not require can be left out.
//!
//! The generator takes every body for required: without one, a call fails before it is sent, or an
//! empty object goes out. This pass over the generated code keeps the builder's methods as they are,
//! and sends a request without a body where none was given.

use std::collections::BTreeSet;

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Fields, FnArg, ImplItem, ImplItemFn, Item, Local, Member, Pat};

use crate::pipeline::normalize::request_bodies::OPTIONAL_BODY;
use crate::pipeline::normalize::rust_names::pascal;

/// The builders of these operations, by Rust name.
#[must_use]
pub fn of(document: &openapiv3::OpenAPI) -> BTreeSet<String> {
    let items = document.paths.iter().filter_map(|(_, item)| item.as_item());
    items
        .flat_map(openapiv3::PathItem::iter)
        .filter(|(_, operation)| operation.extensions.contains_key(OPTIONAL_BODY))
        .filter_map(|(_, operation)| operation.operation_id.as_deref().map(pascal))
        .collect()
}

/// Makes the body of each of these builders optional.
pub fn apply(file: &mut syn::File, builders: &BTreeSet<String>) {
    let module = file.items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == "builder" => module.content.as_mut(),
        _ => None,
    });
    let Some((_, items)) = module else { return };
    for item in items {
        match item {
            Item::Struct(builder) if builders.contains(&builder.ident.to_string()) => {
                if let Fields::Named(fields) = &mut builder.fields {
                    fields.named.iter_mut().for_each(optional_field);
                }
            }
            Item::Impl(builder) if is_for(builder, builders) => {
                for member in &mut builder.items {
                    if let ImplItem::Fn(function) = member {
                        optional_in(function);
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_for(item: &syn::ItemImpl, builders: &BTreeSet<String>) -> bool {
    let syn::Type::Path(path) = &*item.self_ty else {
        return false;
    };
    let last = path.path.segments.last();
    item.trait_.is_none() && last.is_some_and(|last| builders.contains(&last.ident.to_string()))
}

/// `Result<T, String>` becomes `Result<Option<T>, String>`.
fn optional_field(field: &mut syn::Field) {
    if field.ident.as_ref().is_none_or(|name| name != "body") {
        return;
    }
    let syn::Type::Path(path) = &mut field.ty else {
        return;
    };
    let Some(result) = path.path.segments.last_mut() else {
        return;
    };
    if let syn::PathArguments::AngleBracketed(arguments) = &mut result.arguments
        && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first_mut()
    {
        *inner = syn::parse_quote!(Option<#inner>);
    }
}

fn optional_in(function: &mut ImplItemFn) {
    match function.sig.ident.to_string().as_str() {
        "new" => Unset.visit_block_mut(&mut function.block),
        "body" => Given.visit_block_mut(&mut function.block),
        "body_map" if has_argument(function, "f") => {
            function.block = syn::parse_quote!({
                self.body = self.body.map(|body| Some(f(body.unwrap_or_default())));
                self
            });
        }
        "send" => Sent.visit_block_mut(&mut function.block),
        _ => {}
    }
}

fn has_argument(function: &ImplItemFn, wanted: &str) -> bool {
    function.sig.inputs.iter().any(|argument| {
        matches!(argument, FnArg::Typed(typed)
            if matches!(&*typed.pat, Pat::Ident(name) if name.ident == wanted))
    })
}

/// `new`: nothing is given yet.
struct Unset;

impl VisitMut for Unset {
    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        if matches!(&field.member, Member::Named(name) if name == "body") {
            field.expr = syn::parse_quote!(Ok(None));
        }
    }
}

/// `body`: what is given is there.
struct Given;

impl VisitMut for Given {
    fn visit_expr_assign_mut(&mut self, assignment: &mut syn::ExprAssign) {
        let value = &assignment.right;
        assignment.right = syn::parse_quote!(#value.map(Some));
    }
}

/// `send`: a builder is finished, and a body is sent, if there is one.
struct Sent;

impl VisitMut for Sent {
    fn visit_local_mut(&mut self, local: &mut Local) {
        if matches!(&local.pat, Pat::Ident(name) if name.ident == "body") {
            Finished.visit_local_mut(local);
        } else {
            visit_mut::visit_local_mut(self, local);
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::MethodCall(call) = expression
            && let Some(sent) = sent(call)
        {
            *expression = sent;
        }
    }
}

/// The call that adds the body to the request, made where there is a body.
fn sent(call: &ExprMethodCall) -> Option<Expr> {
    let [argument] = call.args.iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    let is_body =
        |expression: &Expr| matches!(expression, Expr::Path(path) if path.path.is_ident("body"));
    let (method, before) = (&call.method, &call.receiver);
    match (method.to_string().as_str(), argument) {
        ("json", Expr::Reference(reference)) if is_body(&reference.expr) => {
            Some(syn::parse_quote!({
                let request = #before;
                match &body {
                    Some(body) => request.json(body),
                    None => request,
                }
            }))
        }
        ("form_urlencoded", Expr::Reference(reference)) if is_body(&reference.expr) => {
            Some(syn::parse_quote!({
                let request = #before;
                match &body {
                    Some(body) => request.form_urlencoded(body),
                    None => Ok(request),
                }
            }))
        }
        // The call before it says what the body is.
        ("body", body) if is_body(body) => {
            let Expr::MethodCall(header) = &**before else {
                return None;
            };
            let (request, name, value) = (
                &header.receiver,
                header.args.first()?,
                header.args.iter().nth(1)?,
            );
            Some(syn::parse_quote!({
                let request = #request;
                match body {
                    Some(body) => request.header(#name, #value).body(body),
                    None => request,
                }
            }))
        }
        _ => None,
    }
}

/// The conversion of a builder, made where there is one.
struct Finished;

impl VisitMut for Finished {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        if call.method == "and_then"
            && let Some(conversion) = call.args.first().cloned()
        {
            call.args[0] = syn::parse_quote!(|body| body.map(#conversion).transpose());
            return;
        }
        visit_mut::visit_expr_method_call_mut(self, call);
    }
}
