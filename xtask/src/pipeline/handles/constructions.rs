//! Builds every body as a program does: `new` with the required values, and every setter with a
//! value of its type.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use crate::pipeline::normalize::rust_names::snake;
use crate::pipeline::operations::emit::ident;
use crate::pipeline::operations::rust_types::argument;
use crate::pipeline::rewrite::constructions::{Construction, Constructions, Part};

/// Emits constructions, and knows which area's file contains the one of a model.
pub(super) struct Bodies<'a> {
    known: &'a Constructions,
    area_of: BTreeMap<String, &'a str>,
    /// The models of the current file, in the order of their first use.
    new: Vec<String>,
}

/// How precise the type of a value must be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exactness {
    /// It has the type.
    Typed,
    /// It converts to the type, like an argument.
    Into,
}

impl<'a> Bodies<'a> {
    pub(super) fn new(known: &'a Constructions) -> Self {
        Self {
            known,
            area_of: BTreeMap::new(),
            new: Vec::new(),
        }
    }

    /// Returns the value of a body.
    pub(super) fn body(&mut self, ty: &Type, wire: &str, area: &'a str) -> Result<TokenStream> {
        self.value(ty, wire, &quote!(with.all), Exactness::Into, area)
    }

    /// Returns the functions for models that this area is the first to need.
    pub(super) fn functions(&mut self, area: &'a str) -> Result<Vec<TokenStream>> {
        let mut functions = Vec::new();
        while !self.new.is_empty() {
            for model in std::mem::take(&mut self.new) {
                functions.push(self.function(&model, area)?);
            }
        }
        Ok(functions)
    }

    fn function(&mut self, model: &str, area: &'a str) -> Result<TokenStream> {
        let known = self.known;
        let construction = known.model(model).context("a model that is not sent")?;
        let (name, ty) = (function_of(model), ident(model));
        let least = self.least(construction, &ty, area)?;
        let mut setters = Vec::new();
        for part in &construction.set {
            // A field with the model itself would never end.
            let inner = known.model_in(&part.ty);
            let all = !inner.is_some_and(|inner| known.holds(&inner, model));
            let value = self.value(&part.ty, &part.wire, &quote!(#all), Exactness::Into, area);
            let (setter, value) = (&part.name, value.with_context(|| place(model, part))?);
            setters.push(quote!(.#setter(#value)));
        }
        Ok(quote! {
            pub(super) fn #name(all: bool) -> types::#ty {
                let least = #least;
                match all {
                    true => least #(#setters)*,
                    false => least,
                }
            }
        })
    }

    /// Returns a call of `new`.
    fn least(
        &mut self,
        construction: &Construction,
        ty: &Ident,
        area: &'a str,
    ) -> Result<TokenStream> {
        let exactness = match construction.by_name {
            true => Exactness::Typed,
            false => Exactness::Into,
        };
        let mut values = Vec::new();
        for part in &construction.needed {
            let value = self.value(&part.ty, &part.wire, &quote!(false), exactness, area);
            values.push(value.with_context(|| place(&ty.to_string(), part))?);
        }
        if !construction.by_name {
            return Ok(quote!(types::#ty::new(#(#values),*)));
        }
        let required = format_ident!("{ty}Required");
        let names = construction.needed.iter().map(|part| &part.name);
        Ok(quote!(types::#ty::new(types::#required { #(#names: #values,)* })))
    }

    /// Returns a value derived from the wire name, so that no two fields of a model have the same.
    fn value(
        &mut self,
        ty: &Type,
        wire: &str,
        all: &TokenStream,
        exactness: Exactness,
        area: &'a str,
    ) -> Result<TokenStream> {
        if let Some(element) = argument(ty, "Vec") {
            let element = self.value(&element, wire, all, exactness, area)?;
            return Ok(match exactness {
                Exactness::Typed => quote!(vec![#element]),
                Exactness::Into => quote!([#element]),
            });
        }
        let Type::Path(path) = ty else {
            anyhow::bail!("a type without a name");
        };
        let last = path.path.segments.last().context("a type without a name")?;
        let name = last.ident.to_string();
        let exact = match name.as_str() {
            "bool" => return Ok(quote!(true)),
            "i64" => {
                let length = Literal::usize_unsuffixed(wire.len());
                return Ok(quote!(#length));
            }
            "f64" => {
                let length = Literal::f64_unsuffixed(wire.len() as f64 + 0.5);
                return Ok(quote!(#length));
            }
            "String" | "Secret" => quote!(#wire),
            "DateTime" => quote!(moment()),
            "HashMap" => {
                let held = map_value(last).context("a map without types")?;
                let held = self.value(&held, wire, all, Exactness::Typed, area)?;
                quote!([("a key".to_owned(), #held)])
            }
            model if self.known.model(model).is_some() => {
                return Ok(self.call(model, all, area));
            }
            other => {
                let variant = self.known.last_of(other);
                let variant = variant.with_context(|| format!("no value for `{other}`"))?;
                let ty = ident(other);
                return Ok(quote!(types::#ty::#variant));
            }
        };
        Ok(match exactness {
            Exactness::Typed => quote!(#exact.into()),
            Exactness::Into => exact,
        })
    }

    /// Returns a call of the function of a model, which may be in another area.
    fn call(&mut self, model: &str, all: &TokenStream, area: &'a str) -> TokenStream {
        if !self.area_of.contains_key(model) {
            self.area_of.insert(model.to_owned(), area);
            self.new.push(model.to_owned());
        }
        let name = function_of(model);
        match self.area_of.get(model) {
            Some(other) if *other != area => {
                let other = ident(other);
                quote!(super::#other::#name(#all))
            }
            _ => quote!(#name(#all)),
        }
    }
}

fn function_of(model: &str) -> Ident {
    ident(&snake(model))
}

fn place(model: &str, part: &Part) -> String {
    format!("the construction of `{model}.{}`", part.wire)
}

/// Returns the type of the values of a map.
fn map_value(map: &syn::PathSegment) -> Option<Type> {
    let syn::PathArguments::AngleBracketed(arguments) = &map.arguments else {
        return None;
    };
    match arguments.args.iter().nth(1)? {
        syn::GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}
