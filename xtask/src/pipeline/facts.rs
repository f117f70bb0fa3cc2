//! Facts about a document that it cannot express once it is normalized.
//!
//! [`Facts::take`] reads the extensions (`x-...`) of a document once, before anything is rewritten,
//! and removes them. Steps of normalization that learn something record it here. So no step leaves
//! a mark in the document for another one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::pipeline::normalize::pointers::follow;
use crate::pipeline::normalize::schemas::METHODS;
use crate::pipeline::normalize::steps::frame;

/// The extension that overrides whether an operation only reads, whatever its method.
const SAFE: &str = "x-safe";

/// The extension that marks a response that is an array as a list.
const LIST: &str = "x-list";

/// The extension of a model that the service writes in two casings: documents have `RecordId`, live
/// responses `recordId`.
const EITHER_CASING: &str = "x-either-casing";

/// What is known about one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fact {
    /// The first tag, without characters that no name can have.
    pub tag: String,
    /// Whether its path is below a site.
    pub below_a_site: bool,
    /// Whether it needs no token.
    pub unauthenticated: bool,
    /// The value of `x-safe`.
    pub safe: Option<bool>,
    /// The value of `x-list`.
    pub list: bool,
    /// Whether the body is optional.
    pub optional_body: bool,
    /// The `Content-Type`, if it is not the default for the form of the body.
    pub content_type: Option<String>,
}

/// What is known about a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// By path, as it is in the document now, and by method.
    operations: BTreeMap<String, BTreeMap<String, Fact>>,
    /// Models that come in either casing, by their current names.
    either_casing: BTreeSet<String>,
    /// The original names of models, by their current names.
    former_names: BTreeMap<String, String>,
}

impl Facts {
    /// Takes the facts from a document that has not been normalized.
    ///
    /// A path is below a site if the security that applies to the operation includes a key in the
    /// header `site_header`.
    ///
    /// # Errors
    ///
    /// If an extension is not a boolean; the error names the operation or model.
    pub fn take(document: &mut Value, site_header: Option<&str>) -> Result<Self> {
        let mut facts = Self::default();
        facts.read_operations(document, site_header)?;
        let paths = document["paths"].as_object_mut().into_iter().flatten();
        let items = paths.filter_map(|(_, item)| item.as_object_mut());
        for operation in items
            .flat_map(|item| item.values_mut())
            .filter_map(Value::as_object_mut)
        {
            operation.retain(|key, _| ![SAFE, LIST].contains(&key.as_str()));
        }
        let schemas = document.pointer_mut("/components/schemas");
        let schemas = schemas.and_then(Value::as_object_mut);
        for (name, schema) in schemas.into_iter().flatten() {
            let place = || format!("components.schemas.{name}");
            if truth(schema, EITHER_CASING, &place)? == Some(true) {
                facts.either_casing.insert(name.clone());
            }
            if let Some(schema) = schema.as_object_mut() {
                schema.shift_remove(EITHER_CASING);
            }
        }
        Ok(facts)
    }

    fn read_operations(&mut self, document: &Value, site_header: Option<&str>) -> Result<()> {
        let schemes = document
            .pointer("/components/securitySchemes")
            .and_then(Value::as_object);
        let site_schemes: Vec<&str> = schemes
            .into_iter()
            .flatten()
            .filter(|(_, scheme)| scheme["name"].as_str() == site_header && site_header.is_some())
            .map(|(name, _)| name.as_str())
            .collect();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            // An operation next to a reference takes precedence over the referenced one.
            let target = item.get("$ref").and_then(|_| follow(document, item));
            for (key, operation) in [Some(item), target].into_iter().flatten().flat_map(entries) {
                let method = key.to_ascii_lowercase();
                if !METHODS.contains(&method.as_str()) || !operation.is_object() {
                    continue;
                }
                let own = operation["security"].as_array();
                let security = own.or_else(|| document["security"].as_array());
                let place = || format!("paths['{path}'].{method}");
                let fact = Fact {
                    tag: operation["tags"][0]
                        .as_str()
                        .unwrap_or_default()
                        .replace(|c: char| !c.is_alphanumeric(), ""),
                    below_a_site: security.into_iter().flatten().any(|needed| {
                        let mut schemes = site_schemes.iter();
                        schemes.any(|scheme| needed.get(scheme).is_some())
                    }),
                    unauthenticated: own.is_some_and(Vec::is_empty),
                    safe: truth(operation, SAFE, &place)?,
                    list: truth(operation, LIST, &place)?.unwrap_or_default(),
                    ..Fact::default()
                };
                let of_path = self.operations.entry(frame::slashed(path)).or_default();
                of_path.entry(method).or_insert(fact);
            }
        }
        Ok(())
    }

    /// Returns the facts about one operation; the defaults if there are none.
    #[must_use]
    pub fn get(&self, path: &str, method: &str) -> Fact {
        let of_path = self.operations.get(path);
        let fact = of_path.and_then(|methods| methods.get(method));
        fact.cloned().unwrap_or_default()
    }

    /// Returns the facts about one operation, to add to them.
    pub fn entry(&mut self, path: &str, method: &str) -> &mut Fact {
        let of_path = self.operations.entry(path.to_owned()).or_default();
        of_path.entry(method.to_owned()).or_default()
    }

    /// Returns whether a model comes in either casing, by its current name.
    #[must_use]
    pub fn is_either_casing(&self, model: &str) -> bool {
        self.either_casing.contains(model)
    }

    /// Returns the models that come in either casing, by their current names.
    pub fn either_casing(&self) -> impl Iterator<Item = &str> {
        self.either_casing.iter().map(String::as_str)
    }

    /// Returns the original names of renamed models, by their current names.
    #[must_use]
    pub fn former_names(&self) -> &BTreeMap<String, String> {
        &self.former_names
    }

    /// Updates the paths, given their old forms.
    pub fn paths_rewritten(&mut self, rewritten: &BTreeMap<String, String>) {
        self.operations = std::mem::take(&mut self.operations)
            .into_iter()
            .map(|(path, methods)| (rewritten.get(&path).cloned().unwrap_or(path), methods))
            .collect();
    }

    /// Updates the names of models, given their old names.
    pub fn models_renamed(&mut self, renamed: &BTreeMap<String, String>) {
        let now = |name: String| renamed.get(&name).cloned().unwrap_or(name);
        self.either_casing = std::mem::take(&mut self.either_casing)
            .into_iter()
            .map(now)
            .collect();
        let mut former = std::mem::take(&mut self.former_names);
        let followed = renamed.iter().map(|(from, to)| {
            let first = former.remove(from).unwrap_or_else(|| from.clone());
            (to.clone(), first)
        });
        self.former_names = followed.collect();
        self.former_names.extend(former);
    }
}

fn entries(item: &Value) -> impl Iterator<Item = (&String, &Value)> {
    item.as_object().into_iter().flatten()
}

fn truth(holder: &Value, extension: &str, place: &dyn Fn() -> String) -> Result<Option<bool>> {
    let value = &holder[extension];
    ensure!(
        value.is_null() || value.is_boolean(),
        "at `{}.{extension}`: write `true` or `false`",
        place()
    );
    Ok(value.as_bool())
}
