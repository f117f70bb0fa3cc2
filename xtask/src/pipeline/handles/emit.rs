//! Emits the code of handles: a type for each, its methods, and the methods that return it.
//!
//! All methods are `#[inline]`, so that a program compiles those that it calls, and the SDK none.

use anyhow::{Context as _, Result};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::references::Things;
use super::rule::ones;
use super::tree::{Handle, handles, type_name};
use super::{Exceptions, Method, Step, docs};
use crate::pipeline::operations::Area;
use crate::pipeline::operations::described::{Operation, Parameter, Place};
use crate::pipeline::operations::emit::{doc, ident};
use crate::pipeline::operations::rust_types;

/// The names that the code around the handles has.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The path of the crate with the operations.
    pub operations: &'a str,
    /// The path of the models.
    pub models: &'a str,
}

/// Returns the source of the handles of one area, without a banner.
///
/// # Errors
///
/// Never, for any document.
pub fn area(
    methods: &[Method<'_>],
    area: &Area,
    exceptions: &Exceptions,
    names: Names<'_>,
) -> Result<String> {
    let things = Things::new(methods, exceptions);
    let of_area: Vec<&Method<'_>> = methods
        .iter()
        .filter(|method| std::ptr::eq(method.area, area))
        .collect();
    let handles = handles(&of_area);
    let types = handles
        .iter()
        .map(|handle| declared(handle, &handles, &things));
    let setters = of_area.iter().map(|method| setters(method));
    let keys = super::keys::keys(&handles);
    let module = format_ident!("{}", area.name);
    let operations: syn::Path = syn::parse_str(names.operations)?;
    let models: syn::Path = syn::parse_str(names.models)?;
    let file = syn::parse2(quote! {
        use #models as types;
        use #operations::#module as ops;
        use crate::daas::{Daas, Site};
        use crate::key::Key;
        use crate::paging::List;
        use crate::{Error, Request};

        #(#types)*
        #keys
        #(#setters)*
    })
    .context("the emitted handles do not parse")?;
    Ok(crate::pipeline::rewrite::text(&file))
}

/// Returns the source that declares the areas, each with its models.
///
/// # Errors
///
/// Never, for any document.
pub fn index(methods: &[Method<'_>], areas: &[&Area], exceptions: &Exceptions) -> Result<String> {
    let modules = areas.iter().map(|area| {
        let name = format_ident!("{}", area.name);
        let of = &area.name;
        let sentence = format!("The handles of `{of}`, and the models of their operations.");
        let of_area = methods.iter().filter(|it| std::ptr::eq(it.area, *area));
        let models = super::models::table(of_area);
        let docs = doc(&format!("{sentence}\n\n{models}"));
        let feature = area
            .feature
            .as_ref()
            .filter(|it| !exceptions.always.contains(it))
            .map(|it| quote!(#[cfg(feature = #it)]));
        quote! { #docs #feature pub mod #name; }
    });
    let file = syn::parse2(quote!(#(#modules)*)).context("the list of areas does not parse")?;
    Ok(crate::pipeline::rewrite::text(&file))
}

/// The root type that a handle starts from, and the field that holds it, whose name no parameter
/// has.
fn root(below_a_site: bool) -> (Ident, Ident) {
    let root = if below_a_site { "Site" } else { "Daas" };
    (format_ident!("{root}"), format_ident!("at"))
}

/// Returns a handle's type, its methods, and the methods that lead to other handles.
fn declared(handle: &Handle<'_, '_>, all: &[Handle<'_, '_>], things: &Things<'_>) -> TokenStream {
    let (root_type, root_field) = root(handle.below_a_site);
    let is_root = handle.way.is_empty();
    let name = match is_root {
        true => root_type.clone(),
        false => format_ident!("{}", type_name(&handle.way)),
    };
    let ones: Vec<Ident> = handle.ones().map(ident).collect();
    let declared = (!is_root).then(|| {
        let docs = doc(&docs::handle(handle));
        quote! {
            #docs
            #[derive(Clone, Debug)]
            pub struct #name {
                pub(crate) #root_field: #root_type,
                #(pub(crate) #ones: String,)*
            }
        }
    });
    let methods = handle
        .methods
        .iter()
        .filter(|method| !method.by_hand)
        .map(|method| self::method(method, is_root, things));
    let below = all.iter().filter(|other| {
        other.below_a_site == handle.below_a_site
            && other
                .way
                .split_last()
                .is_some_and(|(_, before)| before == handle.way.as_slice())
    });
    let ways = below.map(|other| way(handle, other));
    let known = handle.is_one().then(|| known(handle)).flatten();
    let exists = handle.is_one().then(|| exists(handle)).flatten();
    quote! {
        #declared

        impl #name {
            #known
            #(#ways)*
            #(#methods)*
            #exists
        }
    }
}

/// Returns the getters for the values that the handle was created with.
fn known(handle: &Handle<'_, '_>) -> Option<TokenStream> {
    let own = ident(handle.ones().last()?);
    let by = ident(&docs::by(handle));
    Some(quote! {
        /// Returns the name or id that the handle was created with.
        #[inline]
        #[must_use]
        pub fn #by(&self) -> &str {
            &self.#own
        }
    })
}

/// Returns `exists`, if the service has no operation for this.
fn exists(handle: &Handle<'_, '_>) -> Option<TokenStream> {
    let has = |name: &str| handle.methods.iter().any(|it| it.place.name == name);
    (has("get") && !has("exists")).then(|| {
        quote! {
            /// Returns whether the object exists, by trying to get it.
            ///
            /// # Errors
            ///
            /// The same as `get`, except [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
            #[inline]
            pub async fn exists(&self) -> Result<bool, Error> {
                crate::key::exists(self.get().await)
            }
        }
    })
}

/// Returns the method that leads from a handle to the next one.
fn way(from: &Handle<'_, '_>, to: &Handle<'_, '_>) -> TokenStream {
    let (_, root_field) = root(from.below_a_site);
    let root = match from.way.is_empty() {
        true => quote!(self.clone()),
        false => quote!(self.#root_field.clone()),
    };
    let ty = format_ident!("{}", type_name(&to.way));
    let docs = doc(&docs::way(to));
    let kept: Vec<Ident> = from.ones().map(ident).collect();
    let kept = quote!(#(#kept: self.#kept.clone(),)*);
    match to.way.last() {
        Some(Step::One(step)) => {
            let method = ident(step);
            let by = ident(&docs::by(to));
            quote! {
                #docs
                #[inline]
                #[must_use]
                pub fn #method(&self, #by: impl Into<Key<#ty>>) -> #ty {
                    #ty { #root_field: #root, #kept #method: #by.into().into_value() }
                }
            }
        }
        Some(Step::Many(step)) => {
            let method = ident(step);
            quote! {
                #docs
                #[inline]
                #[must_use]
                pub fn #method(&self) -> #ty {
                    #ty { #root_field: #root, #kept }
                }
            }
        }
        None => TokenStream::new(),
    }
}

fn method(method: &Method<'_>, is_root: bool, things: &Things<'_>) -> TokenStream {
    let (_, root_field) = root(method.below_a_site);
    let docs = doc(&docs::method(method));
    let name = ident(&method.place.name);
    let value = ident(method.value);
    let ones = ones(&method.place.handle).map(ident);
    let folded = method.place.folded.then(|| quote!(self.id(),));
    let bound = quote!(#folded #(&self.#ones,)*);
    let taken = method.arguments().map(|parameter| {
        let name = ident(&parameter.name);
        match things.named_by(parameter, method) {
            Some(handle) => quote!(#name: impl Into<Key<#handle>>),
            None => {
                let (ty, _) = rust_types::passed(&name, &parameter.ty);
                quote!(#name: #ty)
            }
        }
    });
    let passed = method.needed().map(|parameter| {
        let name = ident(&parameter.name);
        match things.named_by(parameter, method) {
            Some(_) => quote!(#name.into().into_value()),
            None => quote!(#name),
        }
    });
    let client = match (is_root, method.below_a_site) {
        (true, true) => quote!(self),
        (true, false) => quote!(self.client()),
        (false, true) => quote!(self.#root_field),
        (false, false) => quote!(self.#root_field.client()),
    };
    let (ty, send) = match method.operation.envelope.is_some() {
        true => (quote!(List), quote!(list)),
        false => (quote!(Request), quote!(send)),
    };
    quote! {
        #docs
        #[inline]
        pub fn #name(&self, #(#taken),*) -> #ty<ops::#value> {
            #client.#send(ops::#value::new(#bound #(#passed),*))
        }
    }
}

/// Returns the setters of an operation's optional parameters, as a trait of requests or lists.
fn setters(method: &Method<'_>) -> TokenStream {
    let operation = method.operation;
    let optional = operation
        .parameters
        .iter()
        .filter(|parameter| !parameter.required && !has_a_way_of_its_own(operation, parameter));
    let setters: Vec<TokenStream> = optional
        .map(|parameter| {
            let name = ident(&parameter.name);
            let setter = match RESERVED.contains(&parameter.name.as_str()) {
                true => format_ident!("{}_parameter", parameter.name),
                false => name.clone(),
            };
            let (ty, _) = rust_types::passed(&name, &parameter.ty);
            let docs = doc(&docs::setter(parameter));
            quote! {
                #docs
                #[inline]
                pub fn #setter(self, #name: #ty) -> Self {
                    self.with(|operation| operation.#name(#name))
                }
            }
        })
        .collect();
    if setters.is_empty() || method.by_hand {
        return TokenStream::new();
    }
    let value = ident(method.value);
    let carrier = match operation.envelope.is_some() {
        true => quote!(List),
        false => quote!(Request),
    };
    quote! {
        impl #carrier<ops::#value> {
            #(#setters)*
        }
    }
}

/// Methods of requests and lists; no parameter can have their names.
const RESERVED: [&str; 16] = [
    "all",
    "as_job",
    "boxed",
    "fields",
    "idempotent",
    "items",
    "json",
    "map",
    "page_size",
    "pages",
    "refused",
    "resume",
    "rows",
    "timeout",
    "transaction_id",
    "with",
];

/// Returns whether requests or lists set a parameter with a method that all of them have.
fn has_a_way_of_its_own(operation: &Operation, parameter: &Parameter) -> bool {
    let envelope = operation.envelope.as_ref();
    let paged = envelope.is_some_and(|envelope| {
        [&envelope.token_parameter, &envelope.limit_parameter]
            .into_iter()
            .flatten()
            .any(|name| *name == parameter.wire)
    });
    parameter.place == Place::Query
        && (paged || ["async", "fields"].contains(&parameter.wire.as_str()))
}
