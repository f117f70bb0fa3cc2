//! Generates one module of `citrix-cloud-gen` from its documents.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::pipeline::commands::{Command, Responses, Wire};
use crate::pipeline::document;
use crate::pipeline::explain::Explanations;
use crate::pipeline::facts::Facts;
use crate::pipeline::generate::generate;
use crate::pipeline::handles::{self, Exceptions};
use crate::pipeline::merge::merge;
use crate::pipeline::module::Module;
use crate::pipeline::normalize::{Context, Report, lower, prepare, reach::Reach};
use crate::pipeline::operations::rust_types::RustTypes;
use crate::pipeline::operations::{self, Area, Described};
use crate::pipeline::overlay::Overlay;
use crate::pipeline::rewrite::constructions::Constructions;
use crate::pipeline::rewrite::features::{self, Features};
use crate::pipeline::rewrite::{self, Outline};
use crate::pipeline::template::BANNER;
use crate::tasks::commands;
use crate::tasks::config::Config;

/// A generated module, and what the steps changed.
#[derive(Debug)]
pub struct Made {
    /// The formatted source with its banner.
    pub code: String,
    /// What each step changed, in order.
    pub reports: Vec<(String, Report)>,
    /// The module's operations as values.
    pub operations: Vec<Area>,
    /// The module's handles, if it has any.
    pub handles: Option<Handles>,
    /// The module's operations as commands.
    pub commands: Vec<Command>,
    /// The parameters and bodies of its commands.
    pub wire: Wire,
    /// The responses of its read operations.
    pub responses: Responses,
    /// The document that it was generated from.
    pub document: serde_json::Value,
    /// The document's names of models that have short names.
    pub wire_names: BTreeMap<String, String>,
}

/// The handles of a module.
#[derive(Debug)]
pub struct Handles {
    /// The source of each area.
    pub files: Vec<(String, String)>,
    /// The source that declares the areas.
    pub index: String,
    /// The page of the guide.
    pub page: String,
    /// The sources of tables that call each method.
    pub calls: Vec<(String, String)>,
    /// The operations of modules without handles.
    pub(super) services: Vec<handles::exceptions::Service>,
}

/// The documents of a module, merged into one and not normalized yet.
#[derive(Debug)]
pub struct Merged {
    /// The document.
    pub document: serde_json::Value,
    /// What each step changed, in order.
    pub reports: Vec<(String, Report)>,
    /// The feature of each operationId that has one.
    pub features: BTreeMap<String, String>,
}

/// Reads and merges the documents of one module, with overlay and descriptions.
///
/// # Errors
///
/// If a document cannot be handled; the error names the place in it.
pub fn merged(openapi: &Path, config: &Config, module: &Module) -> Result<Merged> {
    let mut reports = Vec::new();
    let mut merged: Option<serde_json::Value> = None;
    let mut of_operation = BTreeMap::new();
    let parts = together(&module.documents, |file| {
        document::read(&openapi.join(file))
    });
    for (file, part) in module.documents.iter().zip(parts) {
        let mut part = part?;
        if let Some(feature) = module.feature_of(file) {
            of_operation.extend(features::operations(&part, feature));
        }
        if *file == config.upstream.file {
            let overlay = document::read(&openapi.join(&config.upstream.overlay))?;
            let places = Overlay::from_value(overlay)
                .and_then(|overlay| overlay.apply(&mut part))
                .with_context(|| format!("openapi/{}", config.upstream.overlay))?;
            let applied = places.iter().sum();
            reports.push((
                "overlay".to_owned(),
                Report {
                    applied,
                    ..Report::default()
                },
            ));
        }
        let lowered = lower::apply(&mut part).with_context(|| format!("openapi/{file}"))?;
        reports.push((format!("lower {file}"), lowered));
        match &mut merged {
            None => merged = Some(part),
            Some(whole) => merge(whole, &part).with_context(|| format!("openapi/{file}"))?,
        }
    }
    let Some(mut document) = merged else {
        bail!(
            "openapi/regen.toml: module `{}` has no documents",
            module.name
        )
    };
    let explained = Explanations::read(openapi, &module.fields)
        .and_then(|explanations| explanations.apply(&mut document))
        .with_context(|| format!("openapi/regen.toml, fields of module `{}`", module.name))?;
    reports.push(("fields".to_owned(), explained));
    Ok(Merged {
        document,
        reports,
        features: of_operation,
    })
}

/// Returns the context of normalization for a module.
#[must_use]
pub fn context<'a>(config: &'a Config, module: &'a Module) -> Context<'a> {
    Context {
        injected_headers: &config.injected_headers,
        module,
        max_fields: usize::MAX,
    }
}

/// Generates one module from the documents below `openapi`.
///
/// # Errors
///
/// If a document cannot be handled; the error names the place in it.
pub fn make(openapi: &Path, config: &Config, module: &Module) -> Result<Made> {
    let Merged {
        document: mut merged,
        mut reports,
        features: of_operation,
    } = merged(openapi, config, module)?;
    let place = || {
        format!(
            "openapi/regen.toml, module `{}` ({})",
            module.name,
            module.documents.join(", ")
        )
    };
    let wire = Wire::of(&merged);
    let site_header = config.site_header.as_deref();
    let mut facts = Facts::take(&mut merged, site_header).with_context(place)?;
    let responses = Responses::of(&module.name, &merged, &facts).with_context(place)?;
    let (prepared, steps) =
        prepare(&mut merged, &mut facts, context(config, module)).with_context(place)?;
    for shared in &module.shared {
        ensure!(
            !merged["components"]["schemas"][&shared.model].is_null(),
            "openapi/regen.toml: module.{}.shared: there is no model `{}`",
            module.name,
            shared.model
        );
    }
    reports.extend(
        steps
            .into_iter()
            .map(|(name, report)| (name.to_owned(), report)),
    );
    let reach = Reach::of(&merged);
    let mut file = generate(&prepared, module).with_context(place)?;
    let sources = module.documents.join(", ");
    let banner = format!("{BANNER}\n// Sources: {sources}\n\n");
    let name = quote::format_ident!("{}", module.name);
    let operations = operations::emit(&operations::Input {
        document: &merged,
        facts: &facts,
        types: &RustTypes::of(&file),
        models: syn::parse_quote!(crate::#name::types),
        module,
        features: &of_operation,
    })
    .with_context(place)?;
    let mut exceptions = None;
    let mut handles = None;
    rewrite::keep_models(&mut file);
    let outline = Outline {
        setters: module.setters.then(|| rewrite::bodies::nullable(&merged)),
        wire_names: facts.former_names().clone(),
        reach,
        features: Features::of(&merged, &of_operation),
        either_casing: rewrite::casings::of(&facts),
    };
    let constructions = rewrite::shape(&mut file, &outline);
    if let Some(file) = &module.handles {
        let place = || format!("openapi/{file}");
        let read = Exceptions::read(&openapi.join(file)).with_context(place)?;
        let made = handles_of(&read, &operations, &constructions, &module.name);
        handles = Some(made.with_context(place)?);
        exceptions = Some(read);
    }
    let commands = commands::of_module(openapi, module, &operations, exceptions.as_ref(), &wire)?;
    let areas = operations.into_iter().map(|described| described.area);
    let operations = areas.map(|mut area| {
        area.code.insert_str(0, &banner);
        area
    });
    Ok(Made {
        code: format!("{banner}{}", rewrite::text(&file)),
        operations: operations.collect(),
        handles,
        commands,
        wire,
        responses,
        reports,
        document: merged,
        wire_names: facts.former_names().clone(),
    })
}

/// Emits the handles of a module.
fn handles_of(
    exceptions: &Exceptions,
    operations: &[Described],
    constructions: &Constructions,
    module: &str,
) -> Result<Handles> {
    let methods = handles::methods(operations, exceptions)?;
    let names = handles::Names {
        operations: "citrix_cloud_gen::ops",
        models: &format!("citrix_cloud_gen::{module}::types"),
    };
    let mut files = Vec::new();
    for described in operations {
        let code = handles::area(&methods, &described.area, exceptions, names)?;
        files.push((described.area.name.clone(), code));
    }
    let areas: Vec<&Area> = operations.iter().map(|described| &described.area).collect();
    Ok(Handles {
        files,
        index: handles::index(&methods, &areas, exceptions)?,
        calls: handles::calls(&methods, &areas, constructions, names)?,
        page: handles::page::page(&methods, exceptions, ["site", "daas"]),
        services: exceptions.services.clone(),
    })
}

/// Returns the results of `work` for each item, in order; each runs on its own thread.
pub(super) fn together<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Vec<Result<R>> {
    std::thread::scope(|scope| {
        let running: Vec<_> = items
            .iter()
            .map(|item| scope.spawn(|| work(item)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}
