//! Struct builders of models that no request reaches are dropped: they are most of the code.
//!
//! They go before anything else reads the generated code, since parsing it is most of the work.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::squeezed;
use crate::prepare::reach::Reach;

/// Keeps `types::builder::X` and `X::builder()` for types that requests reach.
///
/// A type whose name is no component (an inline body) is kept unless it is an answer's
/// (`...Response`), since its reach has no name.
#[must_use]
pub fn needed(code: TokenStream, reach: &Reach) -> TokenStream {
    let requests: BTreeSet<String> = reach.requests.iter().map(|name| squeezed(name)).collect();
    let components: BTreeSet<String> = reach.components.iter().map(|name| squeezed(name)).collect();
    let keep = |name: &str| {
        let name = squeezed(name);
        requests.contains(&name) || (!components.contains(&name) && !name.ends_with("response"))
    };
    in_module(code, "types", &|types| {
        let types = kept(types, &|item| {
            !is_builder_method(item) || named(item).is_none_or(|name| keep(&name))
        });
        in_module(types, "builder", &|builders| {
            // Builder and model have the same name, so `impl Default for X` and
            // `impl TryFrom<X> for super::X` are judged alike.
            kept(builders, &|item| named(item).is_none_or(|name| keep(&name)))
        })
    })
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
