//! `OPTIONS` and `TRACE` requests: the HTTP client has no methods of these names.
//!
//! The generator writes `client.options(url)`, which does not compile; this pass over the generated
//! code writes `client.request(Method::OPTIONS, url)`.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Member};

/// Rewrites these calls.
pub fn apply(file: &mut syn::File) {
    Verbs.visit_file_mut(file);
}

struct Verbs;

impl VisitMut for Verbs {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        let of_client = matches!(&*call.receiver, Expr::Field(field)
            if matches!(&field.member, Member::Named(name) if name == "client"));
        let method = call.method.to_string();
        if of_client && call.args.len() == 1 && (method == "options" || method == "trace") {
            let verb = quote::format_ident!("{}", method.to_uppercase());
            call.method = quote::format_ident!("request");
            call.args
                .insert(0, syn::parse_quote!(::reqwest::Method::#verb));
        }
        visit_mut::visit_expr_method_call_mut(self, call);
    }
}
