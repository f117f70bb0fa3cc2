//! The operations in the documents that `regen.toml` lists.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::pipeline::document;
use crate::pipeline::module::Module;
use crate::pipeline::normalize::lower;
use crate::pipeline::normalize::schemas::METHODS;
use crate::pipeline::overlay::Overlay;
use crate::tasks::config::Config;

/// An operation of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The module that is generated from it.
    pub module: String,
    /// The document of its feature, or its tag if the module has no features.
    pub area: String,
    /// Its first tag.
    pub tag: String,
    /// Its operationId, or method and path.
    pub name: String,
    /// Upper-case method.
    pub method: String,
    /// Its path template.
    pub path: String,
}

/// Reads the operations of every module from the same documents as `regen`: with overlay, and
/// converted to 3.0.
///
/// # Errors
///
/// If a document cannot be read; the error names the place in it.
pub fn read(openapi: &Path, config: &Config) -> Result<Vec<Described>> {
    let mut found = Vec::new();
    for module in &config.modules {
        for file in &module.documents {
            let mut part = document::read(&openapi.join(file))?;
            if *file == config.upstream.file {
                let overlay = document::read(&openapi.join(&config.upstream.overlay))?;
                Overlay::from_value(overlay)
                    .and_then(|overlay| overlay.apply(&mut part))
                    .with_context(|| format!("openapi/{}", config.upstream.overlay))?;
            }
            lower::apply(&mut part).with_context(|| format!("openapi/{file}"))?;
            operations(&part, module, file, &mut found);
        }
    }
    Ok(found)
}

fn operations(document: &Value, module: &Module, file: &str, found: &mut Vec<Described>) {
    let paths = document["paths"].as_object();
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let method = method.to_ascii_uppercase();
            let tag = operation["tags"][0].as_str().unwrap_or("no tag").to_owned();
            let name = operation["operationId"].as_str().map(str::to_owned);
            found.push(Described {
                module: module.name.clone(),
                area: area(module, file).unwrap_or_else(|| tag.clone()),
                tag,
                name: name.unwrap_or_else(|| format!("{method} {path}")),
                method,
                path: path.clone(),
            });
        }
    }
}

/// Returns the document's name, if it is one of the areas into which features divide the module.
fn area(module: &Module, file: &str) -> Option<String> {
    module.feature_of(file)?;
    let stem = Path::new(file).file_stem()?;
    Some(stem.to_string_lossy().into_owned())
}
