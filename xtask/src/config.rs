//! `openapi/regen.toml`: which documents make which module, and the exceptions, each with a reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// The whole of `regen.toml`; an unknown key is an error.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The pinned upstream document.
    pub upstream: Upstream,
    /// Headers that the transport sets and that therefore leave the generated signatures.
    #[serde(rename = "injected-headers")]
    pub injected_headers: Vec<String>,
    /// The header that names the site: what needs it has its paths below a site.
    #[serde(default, rename = "site-header")]
    pub site_header: Option<String>,
    /// The modules of `citrix-cloud-gen`, in the order in which they are made.
    #[serde(rename = "module")]
    pub modules: Vec<Module>,
}

/// The upstream document with its pin and its corrections.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// File name below `openapi/`.
    pub file: String,
    /// Lower-case hexadecimal SHA-256 of the file's bytes.
    pub sha256: String,
    /// Overlay applied to it, below `openapi/`.
    pub overlay: String,
}

/// One generated module.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Module and file name in `citrix-cloud-gen/src`.
    pub name: String,
    /// Documents below `openapi/`, merged in this order.
    pub documents: Vec<String>,
    /// Cargo features of `citrix-cloud-gen`, each with the documents of which it turns on what they
    /// alone reach; a document that no feature names is always on.
    #[serde(default)]
    pub features: BTreeMap<String, Vec<String>>,
    /// Response fields that must be there, against the rule that every field may be missing.
    #[serde(default)]
    pub required: Vec<Required>,
    /// Writes whose answer must be there, against the rule that a write may answer with nothing.
    #[serde(default, rename = "always-answers")]
    pub always_answers: Vec<AlwaysAnswers>,
    /// Models that another module already has and that this one uses from there.
    #[serde(default)]
    pub shared: Vec<Shared>,
}

/// A response field without which an answer must not be accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Required {
    /// `Model.Field`; the model may begin with `*`, which stands for any beginning.
    pub field: String,
    /// Why an answer without it is no answer.
    pub reason: String,
}

/// A write of which a success without an answer is none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlwaysAnswers {
    /// The operationId.
    pub operation: String,
    /// Why nothing is no answer to it.
    pub reason: String,
}

/// A model taken from another module.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// The model's name, the same in both modules.
    pub model: String,
    /// The module that has it.
    pub from: String,
}

impl Config {
    /// Reads and checks `regen.toml`.
    ///
    /// # Errors
    ///
    /// Names the file, and the line of an unknown key, a missing key or a wrong type; names the entry
    /// that contradicts another one.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} does not parse", path.display()))
    }

    /// Parses the text of `regen.toml`.
    ///
    /// # Errors
    ///
    /// As [`Config::read`].
    pub fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text)?;
        ensure!(
            config
                .modules
                .iter()
                .any(|module| module.documents.contains(&config.upstream.file)),
            "upstream.file: `{}` is in no module's documents, so its overlay would never apply",
            config.upstream.file
        );
        for (index, module) in config.modules.iter().enumerate() {
            ensure!(
                !config.modules[..index]
                    .iter()
                    .any(|earlier| earlier.name == module.name),
                "module.{}: there are two modules of that name",
                module.name
            );
            for shared in &module.shared {
                ensure!(
                    config.modules[..index]
                        .iter()
                        .any(|earlier| earlier.name == shared.from),
                    "module.{}.shared: `{}` comes from `{}`, which is no earlier module",
                    module.name,
                    shared.model,
                    shared.from
                );
            }
            for (feature, documents) in &module.features {
                for document in documents {
                    ensure!(
                        module.documents.contains(document)
                            && module.feature_of(document) == Some(feature),
                        "module.{}.features.{feature}: `{document}` must be one of the module's \
                         documents and belong to no other feature",
                        module.name
                    );
                }
            }
            for exception in &module.always_answers {
                ensure!(
                    !exception.reason.trim().is_empty(),
                    "module.{}.always-answers: `{}` must have a reason",
                    module.name,
                    exception.operation
                );
            }
            for required in &module.required {
                ensure!(
                    required.field.contains('.') && !required.reason.trim().is_empty(),
                    "module.{}.required: `{}` must read `Model.Field` and have a reason",
                    module.name,
                    required.field
                );
            }
        }
        Ok(config)
    }
}

impl Module {
    /// The feature that turns a document on.
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

    /// Whether `model.field` is listed as required.
    #[must_use]
    pub fn requires(&self, model: &str, field: &str) -> bool {
        self.required
            .iter()
            .any(|required| required.covers(model, field))
    }
}

impl Required {
    /// Whether this entry means `model.field`.
    #[must_use]
    pub fn covers(&self, model: &str, field: &str) -> bool {
        self.field.rsplit_once('.').is_some_and(|(pattern, name)| {
            name == field
                && pattern
                    .strip_prefix('*')
                    .map_or(pattern == model, |end| model.ends_with(end))
        })
    }
}
