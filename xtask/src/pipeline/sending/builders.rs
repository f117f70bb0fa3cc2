//! Struct builders of models that no request reaches are dropped: they are most of the code.
//!
//! They go before anything else reads the generated code, since parsing it is most of the work.

use proc_macro2::TokenStream;

use crate::pipeline::generate::builders::{in_module, is_builder_method, kept, named};
use crate::pipeline::normalize::reach::Reach;

/// Keeps `types::builder::X` and `X::builder()` for types that requests reach.
#[must_use]
pub fn needed(code: TokenStream, reach: &Reach) -> TokenStream {
    let sent = reach.sent();
    let keep = |name: &str| sent.has(name);
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
