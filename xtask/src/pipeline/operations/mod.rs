//! Operations as values: one struct for each operation, emitted from the normalized document and
//! the types that the generator made.
//!
//! The generator's own code for operations is not rewritten; only its types are used.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::pipeline::facts::Facts;
use crate::pipeline::module::Module;
use crate::pipeline::normalize::rust_names::{pascal, snake};
use crate::pipeline::normalize::schemas::METHODS;

pub(in crate::pipeline) mod described;
pub(in crate::pipeline) mod emit;
pub mod rust_types;

use described::{Operation, Reads, Source};
use rust_types::RustTypes;

/// The folder in the sources of `citrix-cloud-gen` that contains only operations.
pub const FOLDER: &str = "ops";

/// The operations of one area, in their own file.
#[derive(Debug, Clone)]
pub struct Area {
    /// The module's name.
    pub name: String,
    /// The feature that enables it.
    pub feature: Option<String>,
    /// The description of its operations, for the module's documentation.
    pub about: String,
    /// The names of its operations.
    pub names: Vec<String>,
    /// The formatted code without a banner.
    pub code: String,
}

/// An area and its operations as described by the document.
#[derive(Debug)]
pub struct Described {
    /// The area.
    pub area: Area,
    /// The operations, in the order of the area's `names`.
    pub(in crate::pipeline) operations: Vec<Operation>,
}

/// The input for the operations of a module.
pub struct Input<'a> {
    /// The normalized document.
    pub document: &'a Value,
    /// The facts about it.
    pub facts: &'a Facts,
    /// The types of the generated module.
    pub types: &'a RustTypes,
    /// The path of `types`, where the models are.
    pub models: syn::Path,
    /// The module.
    pub module: &'a Module,
    /// The feature of each operationId that has one.
    pub features: &'a BTreeMap<String, String>,
}

/// Emits the operations of a module, one area for each of its features.
///
/// # Errors
///
/// If a part of an operation is unknown, or an exception refers to no operation; the error names
/// it.
pub fn emit(input: &Input<'_>) -> Result<Vec<Described>> {
    let mut areas: BTreeMap<Option<&String>, Vec<Operation>> = BTreeMap::new();
    let always_returns = |id: &str| {
        input
            .module
            .always_returns
            .iter()
            .any(|it| it.operation == id)
    };
    let source = Source {
        document: input.document,
        types: input.types,
        facts: input.facts,
        always_returns: &always_returns,
    };
    for (path, item) in input.document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let described = source
                .describe(path, method, operation)
                .with_context(|| format!("at `paths['{path}'].{method}`"))?;
            let feature = input.features.get(&described.id);
            areas.entry(feature).or_default().push(described);
        }
    }
    let operations = || areas.values().flatten();
    for exception in &input.module.always_returns {
        let id = exception.operation.as_str();
        let Some(operation) = operations().find(|operation| operation.id == id) else {
            bail!("always-returns: there is no operation `{id}`");
        };
        ensure!(
            !operation.is_safe() && matches!(operation.reads, Reads::Json(_)),
            "always-returns: `{id}` is not a write with a JSON response"
        );
    }
    let service = pascal(&input.module.name);
    areas
        .into_iter()
        .map(|(feature, operations)| {
            let area = Area {
                name: area_name(&input.module.name, feature.map(String::as_str)),
                feature: feature.cloned(),
                about: about(&operations, &input.module.name),
                code: file(&operations, &input.models, &service)?,
                names: names(&operations),
            };
            Ok(Described { area, operations })
        })
        .collect()
}

fn about(operations: &[Operation], module: &str) -> String {
    let mut tags: Vec<&str> = operations
        .iter()
        .map(|operation| operation.fact.tag.as_str())
        .filter(|tag| !tag.is_empty())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    match tags.as_slice() {
        [] => format!("The operations of `{module}`."),
        tags => format!("The operations of `{module}` about {}.", tags.join(", ")),
    }
}

/// Returns the source of an area.
fn file(operations: &[Operation], models: &syn::Path, service: &str) -> Result<String> {
    let names = names(operations);
    let service = format_ident!("{service}");
    let items = operations
        .iter()
        .zip(&names)
        .map(|(operation, name)| emit::operation(operation, &format_ident!("{name}"), &service));
    let idents = names.iter().map(|name| format_ident!("{name}"));
    let first = quote! {
        use #models;
        use crate::operation;
    };
    let last = quote! {
        /// All operations of this module.
        #[cfg(feature = "__arguments")]
        pub const ALL: &[operation::Entry] = &[#(operation::Entry::of::<#idents>()),*];
    };
    // One by one, because the syntax trees of thousands do not fit into memory together.
    let parts = std::iter::once(first).chain(items).chain([last]);
    let texts = parts.map(|part: TokenStream| {
        let file = syn::parse2(part).context("the emitted operations do not parse")?;
        Ok(crate::pipeline::rewrite::text(&file))
    });
    texts.collect()
}

/// Returns the names that the struct of an operation can have: its operationId, with and without
/// its tag.
#[must_use]
pub fn value_names(id: &str, tag: &str) -> (String, String) {
    let (id, tag) = (pascal(id), pascal(tag));
    let short = match id.get(..tag.len()) {
        Some(start) if start.eq_ignore_ascii_case(&tag) => id[tag.len()..].to_owned(),
        _ => id.clone(),
    };
    (id, short)
}

/// Returns the module of the operations that a feature enables, or of those that need none.
#[must_use]
pub fn area_name(module: &str, feature: Option<&str>) -> String {
    let name = feature.unwrap_or(module);
    snake(name.strip_prefix(&format!("{module}-")).unwrap_or(name))
}

fn names(operations: &[Operation]) -> Vec<String> {
    let named = operations.iter();
    struct_names(named.map(|it| (it.id.as_str(), it.fact.tag.as_str())))
}

/// Returns the names of the structs of one area, from operationIds and tags: the operationId
/// without its tag if that is unique, or else all of it.
#[must_use]
pub fn struct_names<'a>(operations: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let both: Vec<(String, String)> = operations.map(|(id, tag)| value_names(id, tag)).collect();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, short) in &both {
        *times.entry(short).or_default() += 1;
    }
    let usable = |name: &str| name.starts_with(char::is_uppercase) && times[name] == 1;
    both.iter()
        .map(|(whole, short)| match usable(short) {
            true => short.clone(),
            false => whole.clone(),
        })
        .collect()
}

/// Returns the source of the operations of a crate that has one service, and one area or none.
///
/// # Errors
///
/// Never, for any document.
pub fn alone(module: &Module, areas: &[Area]) -> Result<String> {
    let service = format_ident!("{}", pascal(&module.name));
    let file = syn::parse2(quote! {
        /// The service that the operations belong to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Service {
            /// The only one.
            #service,
        }
    })
    .context("the service does not parse")?;
    let areas: String = areas.iter().map(|area| area.code.as_str()).collect();
    Ok(areas + &crate::pipeline::rewrite::text(&file))
}

/// Returns the source that declares all areas and the services they belong to.
///
/// # Errors
///
/// If two modules have the same area; the error names it.
pub fn index(modules: &[(&Module, &[Area])]) -> Result<String> {
    let mut declared: Vec<&str> = Vec::new();
    let mut areas = Vec::new();
    let mut rows = Vec::new();
    let mut services = Vec::new();
    let mut every = Vec::new();
    for (module, of_module) in modules {
        let service = format_ident!("{}", pascal(&module.name));
        let doc = format!(" The operations of `{}`.", module.name);
        services.push(quote! { #[doc = #doc] #service });
        for area in *of_module {
            ensure!(
                !declared.contains(&area.name.as_str()),
                "two modules have operations called `{}`",
                area.name
            );
            declared.push(&area.name);
            let name = format_ident!("{}", area.name);
            let doc = format!(" {}", area.about);
            let feature = area
                .feature
                .as_ref()
                .map(|it| quote!(#[cfg(feature = #it)]));
            areas.push(quote! { #[doc = #doc] #feature pub mod #name; });
            rows.push(quote! { #feature #name::ALL });
            let operations = area.names.iter().map(|it| format_ident!("{it}"));
            every.extend(operations.map(|operation| quote!(#name::#operation)));
        }
    }
    let file = syn::parse2(quote! {
        #(#areas)*

        /// The services that have operations.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Service {
            #(#services,)*
        }

        /// The operations of every enabled area.
        #[cfg(feature = "__arguments")]
        pub const AREAS: &[&[crate::operation::Entry]] = &[#(#rows),*];

        /// Passes the path of every operation, below `ops`, to a macro.
        #[cfg(feature = "__arguments")]
        #[doc(hidden)]
        #[macro_export]
        macro_rules! every_operation {
            ($each:ident) => { $each! { #(#every)* } };
        }
    })
    .context("the list of areas does not parse")?;
    Ok(crate::pipeline::rewrite::text(&file))
}
