//! A call of every method, for the test that looks at its request.

use anyhow::{Context as _, Result};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Method, Names, Step};
use crate::pipeline::operations::emit::{ident, place};

/// The source of a table with a call for each operation whose method is not written by hand.
///
/// # Errors
///
/// None that a document can cause.
pub fn calls(methods: &[Method<'_>], names: Names<'_>) -> Result<String> {
    let models: syn::Path = syn::parse_str(names.models)?;
    let rows = methods.iter().filter(|method| !method.by_hand).map(row);
    let file = syn::parse2(quote! {
        use citrix_cloud_gen::operation;
        use #models as types;

        use super::handles::{Call, With, sent};

        /// Every operation with a call of its method.
        pub(super) const CALLS: &[(&str, Call)] = &[#(#rows,)*];
    })
    .context("the table of calls does not parse")?;
    Ok(crate::pipeline::rewrite::text(&file))
}

fn row(method: &Method<'_>) -> TokenStream {
    let id = method.id();
    let bound = method.bound().skip(usize::from(method.place.folded));
    let mut bound = bound.map(|parameter| parameter.wire.as_str());
    let steps = method.place.handle.iter().map(|step| match step {
        Step::Many(name) => {
            let name = ident(name);
            quote!(.#name())
        }
        Step::One(name) => {
            let (name, wire) = (ident(name), bound.next().unwrap_or_default());
            quote!(.#name(with.path(#wire)))
        }
    });
    let root = match method.below_a_site {
        true => quote!(with.site),
        false => quote!(with.daas),
    };
    let steps: Vec<TokenStream> = steps.collect();
    let name = ident(&method.place.name);
    let arguments = method.arguments().map(|parameter| {
        let (ty, wire) = (&parameter.ty, &parameter.wire);
        let place = place(parameter.place);
        quote!(with.argument::<#ty>(#place, #wire))
    });
    quote! {
        (#id, |with: &With| sent(#root #(#steps)* .#name(#(#arguments),*)))
    }
}
