//! Forms of names and values are written by shared code.
//!
//! The generator's own way fails at run time on a list and on anything deeper, after it has compiled.

use quote::ToTokens as _;
use syn::Expr;
use syn::visit_mut::{self, VisitMut};

/// Makes each call that adds a form one of `crate::hooks::form`.
pub fn apply(file: &mut syn::File) {
    if let Some(operations) = crate::pipeline::rewrite::module_items(&mut file.items, "builder") {
        let operations = operations.iter_mut();
        operations.for_each(|item| Forms.visit_item_mut(item));
    }
}

struct Forms;

impl VisitMut for Forms {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::MethodCall(call) = expression
            && call.method == "form_urlencoded"
        {
            let (request, body) = (&call.receiver, call.args.to_token_stream());
            *expression = syn::parse_quote!(crate::hooks::form(#request, #body));
        }
    }
}
