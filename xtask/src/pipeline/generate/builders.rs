//! The struct builders of models are dropped: operations take models, and builders are most of the
//! code.
//!
//! They go before anything else reads the generated code, since parsing it is most of the work.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Leaves out `types::builder` and each `X::builder()`.
#[must_use]
pub(super) fn dropped(code: TokenStream) -> TokenStream {
    in_module(code, "types", &|types| {
        kept(types, &|item| {
            let of_builders =
                item.iter().any(is_mod) && named(item).is_some_and(|it| it == "builder");
            !of_builders && !is_builder_method(item)
        })
    })
}

fn is_mod(token: &TokenTree) -> bool {
    name(token).is_some_and(|name| name == "mod")
}

/// The code with what `change` makes of the content of `mod {name}`.
fn in_module(
    code: TokenStream,
    name: &str,
    change: &dyn Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let mut before = None;
    code.into_iter()
        .map(|token| match token {
            TokenTree::Group(group) if before.as_deref() == Some(name) => {
                before = None;
                Group::new(group.delimiter(), change(group.stream())).into()
            }
            token => {
                before = self::name(&token);
                token
            }
        })
        .collect()
}

/// The items for which `keep` holds.
fn kept(code: TokenStream, keep: &dyn Fn(&[TokenTree]) -> bool) -> TokenStream {
    let mut out = Vec::new();
    let mut item = Vec::new();
    for token in code {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        item.push(token);
        if ends {
            if keep(&item) {
                out.append(&mut item);
            } else {
                item.clear();
            }
        }
    }
    out.append(&mut item);
    out.into_iter().collect()
}

/// `impl X { pub fn builder() -> builder::X {...} }`, which the generator writes apart.
fn is_builder_method(item: &[TokenTree]) -> bool {
    let Some(TokenTree::Group(body)) = item.last() else {
        return false;
    };
    let names = |tokens: &mut dyn Iterator<Item = TokenTree>| -> Vec<String> {
        tokens.filter_map(|token| name(&token)).collect()
    };
    let head = names(&mut item.iter().cloned());
    let body = names(&mut body.stream().into_iter());
    head.len() == 2
        && head[0] == "impl"
        && body.starts_with(&["pub", "fn", "builder"].map(str::to_owned))
        && body.iter().filter(|name| *name == "fn").count() == 1
}

/// The last name before the body: `struct X {`, `impl Default for X {`.
fn named(item: &[TokenTree]) -> Option<String> {
    item.iter().rev().find_map(name)
}

fn name(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}
