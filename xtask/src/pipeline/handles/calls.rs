//! Emits a call of every method, for the test that checks its request.

use anyhow::{Context as _, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Type;

use super::constructions::Bodies;
use super::{Method, Names, Step};
use crate::pipeline::operations::Area;
use crate::pipeline::operations::described::{Parameter, Place};
use crate::pipeline::operations::emit::{ident, place};
use crate::pipeline::rewrite::constructions::Constructions;

/// The name of the file that lists all areas.
const INDEX: &str = "mod";

/// Returns the sources of tables with a call of each operation, one for each area, by file name.
///
/// Generated methods are called. For a hand-written one, its operation is sent instead, if it has a
/// body.
///
/// # Errors
///
/// If a body cannot be built.
pub fn calls<'a>(
    methods: &[Method<'a>],
    areas: &[&'a Area],
    constructions: &'a Constructions,
    names: Names<'_>,
) -> Result<Vec<(String, String)>> {
    let models: syn::Path = syn::parse_str(names.models)?;
    let operations: syn::Path = syn::parse_str(names.operations)?;
    let mut bodies = Bodies::new(constructions);
    let mut files = vec![(INDEX.to_owned(), index(areas)?)];
    for area in areas {
        let module = ident(&area.name);
        let mut rows = Vec::new();
        for method in methods.iter().filter(|it| std::ptr::eq(it.area, *area)) {
            rows.extend(row(method, &mut bodies).with_context(|| method.id().to_owned())?);
        }
        let functions = bodies.functions(&area.name)?;
        let file = syn::parse2(quote! {
            use citrix_cloud_gen::operation;
            use #models as types;
            use #operations::#module as ops;

            use super::super::handles::{Call, With, moment, sent};

            /// All operations, each with a call of its method.
            pub(super) const CALLS: &[(&str, Call)] = &[#(#rows,)*];

            #(#functions)*
        })
        .context("the table of calls does not parse")?;
        files.push((area.name.clone(), crate::pipeline::rewrite::text(&file)));
    }
    Ok(files)
}

/// Returns the source that lists the tables of all areas.
fn index(areas: &[&Area]) -> Result<String> {
    let modules: Vec<_> = areas.iter().map(|area| ident(&area.name)).collect();
    let file = syn::parse2(quote! {
        use super::handles::Call;

        #(
            #[allow(unused_imports)]
            #[rustfmt::skip]
            mod #modules;
        )*

        /// The calls of every area.
        pub(super) const CALLS: &[&[(&str, Call)]] = &[#(#modules::CALLS,)*];
    })
    .context("the table of calls does not parse")?;
    Ok(crate::pipeline::rewrite::text(&file))
}

/// Returns a type with the path that another crate uses.
fn from_outside(ty: &Type) -> Type {
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty
        && let Some(first) = path.path.segments.first_mut()
        && first.ident == "crate"
    {
        first.ident = format_ident!("citrix_cloud_gen");
    }
    ty
}

fn row<'a>(method: &Method<'a>, bodies: &mut Bodies<'a>) -> Result<Option<TokenStream>> {
    let id = method.id();
    let mut argument = |parameter: &Parameter| {
        let (ty, wire) = (&parameter.ty, &parameter.wire);
        let place = place(parameter.place);
        match parameter.place {
            Place::Body => bodies.body(ty, wire, &method.area.name),
            _ => {
                let ty = from_outside(ty);
                Ok(quote!(with.argument::<#ty>(#place, #wire)))
            }
        }
    };
    if method.by_hand {
        let parameters = &method.operation.parameters;
        if !parameters.iter().any(|it| it.place == Place::Body) {
            return Ok(None);
        }
        let needed = parameters.iter().filter(|it| it.required);
        let needed = needed.map(&mut argument).collect::<Result<Vec<_>>>()?;
        let value = format_ident!("{}", method.value);
        return Ok(Some(quote! {
            (#id, |with: &With| sent(with.site.send(ops::#value::new(#(#needed),*))))
        }));
    }
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
    let arguments = method.arguments().map(argument);
    let arguments = arguments.collect::<Result<Vec<_>>>()?;
    Ok(Some(quote! {
        (#id, |with: &With| sent(#root #(#steps)* .#name(#(#arguments),*)))
    }))
}
