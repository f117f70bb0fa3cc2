//! Emits the table of commands, and the models of their bodies, as Rust source.

use anyhow::{Context as _, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::wire::Form;
use super::{Command, Parameter, Wire};
use crate::pipeline::normalize::rust_names::pascal;
use crate::pipeline::rewrite;

/// Returns the source of the table, sorted by words.
///
/// # Errors
///
/// Never, for any document.
pub fn table(commands: &[&Command]) -> Result<String> {
    let mut sorted = commands.to_vec();
    sorted.retain(|it| !it.words.is_empty());
    sorted.sort_by(|a, b| a.words.cmp(&b.words));
    let rows = sorted.iter().map(|command| row(command));
    let file = syn::parse2(quote! {
        use citrix_cloud::http::Method;
        use citrix_cloud::operations::{Envelope, Meta, Reads, Service};

        use super::described::{Body, Form, Operation, Parameter, Place};

        /// All operations, sorted by words.
        pub(super) static OPERATIONS: &[Operation] = &[#(#rows,)*];
    })
    .context("the table of commands does not parse")?;
    Ok(rewrite::text(&file))
}

fn row(command: &Command) -> TokenStream {
    let Command {
        words,
        by_hand,
        id,
        path,
        asks,
        job,
        summary,
        description,
        of_the_site,
        item,
        ..
    } = command;
    let (method, reads) = (
        format_ident!("{}", command.method),
        format_ident!("{}", command.reads),
    );
    let service = format_ident!("{}", pascal(&command.module));
    let mut meta = quote!(Meta::new(#id, Service::#service, Method::#method, #path, Reads::#reads));
    if command.below_a_site {
        meta.extend(quote!(.below_a_site()));
    }
    let by_method = ["GET", "HEAD"].contains(&command.method.as_str());
    if command.safe != by_method {
        let safe = command.safe;
        meta.extend(quote!(.safe(#safe)));
    }
    if *job {
        meta.extend(quote!(.asynchronous()));
    }
    if let Some(pages) = &command.pages {
        let items = &pages.items;
        let token = option(&pages.token);
        let token_parameter = option(&pages.token_parameter);
        let limit_parameter = option(&pages.limit_parameter);
        meta.extend(quote! {
            .paged(Envelope {
                items: #items,
                token: #token,
                token_parameter: #token_parameter,
                limit_parameter: #limit_parameter,
            })
        });
    }
    let parameters = command.parameters.iter().map(parameter);
    let body = match &command.body {
        None => quote!(None),
        Some(body) => {
            let (model, required) = (body.model.as_deref().unwrap_or_default(), body.required);
            quote!(Some(Body { model: #model, required: #required }))
        }
    };
    quote! {
        Operation {
            words: &[#(#words),*],
            by_hand: #by_hand,
            meta: #meta,
            of_the_site: #of_the_site,
            asks: #asks,
            item: #item,
            summary: #summary,
            description: #description,
            parameters: &[#(#parameters),*],
            body: #body,
        }
    }
}

fn option(text: &Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

fn parameter(parameter: &Parameter) -> TokenStream {
    let Parameter {
        wire,
        option,
        required,
        secret,
        description,
        kind,
        ..
    } = parameter;
    let place = format_ident!("{}", parameter.place);
    let value_name = super::page::value_name(option);
    let form = match kind.form {
        Form::Text => quote!(Text),
        Form::Integer => quote!(Integer),
        Form::Boolean => quote!(Boolean),
    };
    let (many, values) = (kind.many, &kind.values);
    quote! {
        Parameter {
            place: Place::#place,
            wire: #wire,
            option: #option,
            value_name: #value_name,
            required: #required,
            secret: #secret,
            description: #description,
            form: Form::#form,
            many: #many,
            values: &[#(#values),*],
        }
    }
}

/// Returns the source of the models that bodies reach: JSON Schema by name, sorted by name. Each is
/// parsed only on demand.
///
/// # Errors
///
/// Never, for any document.
pub fn models<'a>(wires: impl IntoIterator<Item = &'a Wire>) -> Result<String> {
    let mut models = std::collections::BTreeMap::new();
    for (name, model) in wires.into_iter().flat_map(Wire::models) {
        models.entry(name).or_insert(model);
    }
    let rows = models.iter().map(|(name, model)| {
        let text = model.to_string();
        quote!((#name, #text))
    });
    let file = syn::parse2(quote! {
        /// The models of bodies as JSON Schema, sorted by name.
        pub(super) static MODELS: &[(&str, &str)] = &[#(#rows,)*];
    })
    .context("the models of bodies do not parse")?;
    Ok(rewrite::text(&file))
}
