//! Setters of builders share the conversion of their value, which the generator writes out in each.
//!
//! It writes `self.x = value.try_into().map_err(|_| ...)`; the closures are most of what the
//! compiler has to do for a setter.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Lit, Stmt};

/// Puts a call of a function in `crate::hooks` in the place of each conversion.
pub fn apply(file: &mut syn::File) {
    Setters.visit_file_mut(file);
}

struct Setters;

impl VisitMut for Setters {
    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        if let Stmt::Expr(Expr::Assign(assignment), _) = statement
            && let Some(shared) = shared(&assignment.right)
        {
            *assignment.right = shared;
        } else {
            visit_mut::visit_stmt_mut(self, statement);
        }
    }
}

/// The same conversion by a shared function.
fn shared(conversion: &Expr) -> Option<Expr> {
    let Expr::MethodCall(refused) = conversion else {
        return None;
    };
    if refused.method != "map_err" {
        return None;
    }
    let (text, shown) = message(refused.args.first()?)?;
    let converted = receiver(refused)?;
    let (mapped, converted) = if converted.method == "map" {
        (mapping(converted), receiver(converted)?)
    } else {
        (Some(""), converted)
    };
    if converted.method != "try_into" {
        return None;
    }
    let value = &converted.receiver;
    match (mapped?, shown) {
        ("", false) => Some(syn::parse_quote!(crate::hooks::given(#value, #text))),
        ("Some", false) => Some(syn::parse_quote!(crate::hooks::given_some(#value, #text))),
        ("", true) => Some(syn::parse_quote!(crate::hooks::explained(#value, #text))),
        ("From::from", true) => Some(syn::parse_quote!(crate::hooks::given_model(#value, #text))),
        _ => None,
    }
}

fn receiver(call: &ExprMethodCall) -> Option<&ExprMethodCall> {
    match &*call.receiver {
        Expr::MethodCall(call) => Some(call),
        _ => None,
    }
}

fn mapping(call: &ExprMethodCall) -> Option<&'static str> {
    let Expr::Path(path) = call.args.first()? else {
        return None;
    };
    let names: Vec<String> = path
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    match names.join("::").as_str() {
        "Some" => Some("Some"),
        "From::from" => Some("From::from"),
        _ => None,
    }
}

/// The text of `|_| "...".to_string()` or `|e| format!("... {e}")`, without the place of the error
/// at its end, and whether the error is shown there.
fn message(closure: &Expr) -> Option<(String, bool)> {
    let Expr::Closure(closure) = closure else {
        return None;
    };
    let body = match &*closure.body {
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(body, None)] => body.clone(),
            [Stmt::Macro(body)] => Expr::Macro(syn::ExprMacro {
                attrs: Vec::new(),
                mac: body.mac.clone(),
            }),
            _ => return None,
        },
        body => body.clone(),
    };
    match &body {
        Expr::MethodCall(call) if call.method == "to_string" => match &*call.receiver {
            Expr::Lit(text) => literal(&text.lit).map(|text| (text, false)),
            _ => None,
        },
        Expr::Macro(call) if call.mac.path.is_ident("format") => {
            let first = call.mac.tokens.clone().into_iter().next()?;
            let text = literal(&syn::parse2(first.into()).ok()?)?;
            let start = ["{e}", "{}"]
                .iter()
                .find_map(|place| text.strip_suffix(place))?;
            let plain = !start.contains(['{', '}']);
            plain.then(|| (start.to_owned(), true))
        }
        _ => None,
    }
}

fn literal(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}
