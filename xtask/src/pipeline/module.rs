//! A module: its documents, and exceptions from the rules, each with a reason.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One generated module; by default without exceptions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Module and file name in `citrix-cloud-gen/src`.
    pub name: String,
    /// Documents below `openapi/`, merged in this order.
    pub documents: Vec<String>,
    /// Cargo features of `citrix-cloud-gen`, each with its documents: a feature enables what only
    /// these reach. A document that is in no feature is always enabled.
    #[serde(default)]
    pub features: BTreeMap<String, Vec<String>>,
    /// Response fields that are required, as exceptions to the rule that every field may be missing.
    #[serde(default)]
    pub required: Vec<Required>,
    /// Writes that always return a model, as exceptions to the rule that a write may return nothing.
    #[serde(default, rename = "always-returns")]
    pub always_returns: Vec<AlwaysReturns>,
    /// Whether models get the short names that people use.
    #[serde(default, rename = "short-names")]
    pub short_names: bool,
    /// Whether bodies are built by `new` and setters, which distinguish fields that are kept,
    /// cleared and set.
    #[serde(default)]
    pub setters: bool,
    /// Whether `format: date-time` becomes `DateTime` rather than text.
    #[serde(default)]
    pub times: bool,
    /// Fields that are times although their documents declare text.
    #[serde(default, rename = "time-fields")]
    pub time_fields: Vec<TimeField>,
    /// Models whose short name differs from the rule's.
    #[serde(default, rename = "model-names")]
    pub model_names: Vec<ModelName>,
    /// The file below `openapi/` with the exceptions for the handles of this module; without it,
    /// the module has no handles.
    #[serde(default)]
    pub handles: Option<String>,
    /// Tables below `openapi/` with descriptions of fields that the documents do not describe.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Models that this module uses from another module.
    #[serde(default)]
    pub shared: Vec<Shared>,
}

/// A required response field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Required {
    /// `Model.Field`; a leading `*` in the model matches any beginning.
    pub field: String,
    /// Why a response without it cannot be used.
    pub reason: String,
}

/// A field that is a time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeField {
    /// `Model.Field`; a `*` in either matches anything.
    pub field: String,
    /// How we know.
    pub reason: String,
}

/// A write that always returns a model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlwaysReturns {
    /// The operationId.
    pub operation: String,
    /// Why an empty response means that it failed.
    pub reason: String,
}

/// A model with a short name of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelName {
    /// The name in the document.
    pub model: String,
    /// The name in Rust.
    pub name: String,
    /// Why the rule is wrong here.
    pub reason: String,
}

/// A model used from another module.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// The model's name, the same in both modules.
    pub model: String,
    /// The module that has it.
    pub from: String,
}

impl Module {
    /// Returns the feature that enables a document.
    #[must_use]
    pub fn feature_of(&self, document: &str) -> Option<&String> {
        let mut features = self.features.iter();
        features.find_map(|(feature, documents)| {
            documents
                .iter()
                .any(|other| other == document)
                .then_some(feature)
        })
    }

    /// Returns whether `model.field` is listed as required.
    #[must_use]
    pub fn requires(&self, model: &str, field: &str) -> bool {
        self.required
            .iter()
            .any(|required| required.covers(model, field))
    }
}

impl Required {
    /// Returns whether this entry matches `model.field`.
    #[must_use]
    pub fn covers(&self, model: &str, field: &str) -> bool {
        covers(&self.field, model, field)
    }
}

impl TimeField {
    /// Returns whether this entry matches `model.field`.
    #[must_use]
    pub fn covers(&self, model: &str, field: &str) -> bool {
        covers(&self.field, model, field)
    }
}

fn covers(pattern: &str, model: &str, field: &str) -> bool {
    let parts = pattern.rsplit_once('.');
    parts.is_some_and(|(models, fields)| fits(models, model) && fits(fields, field))
}

/// Returns whether a name matches a pattern, in which one `*` matches anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            let rest = name.strip_prefix(start);
            rest.is_some_and(|rest| rest.ends_with(end))
        }
    }
}
