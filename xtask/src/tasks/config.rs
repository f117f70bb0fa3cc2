//! `openapi/regen.toml`: the documents of each module, and exceptions, each with a reason.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::pipeline::module::Module;

/// The contents of `regen.toml`; an unknown key is an error.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The pinned upstream document.
    pub upstream: Upstream,
    /// Headers that the pipeline sets, which are therefore removed from the operations.
    #[serde(rename = "injected-headers")]
    pub injected_headers: Vec<String>,
    /// The header that names the site: operations that require it have paths below a site.
    #[serde(default, rename = "site-header")]
    pub site_header: Option<String>,
    /// The modules of `citrix-cloud-gen`, in the order of generation.
    #[serde(rename = "module")]
    pub modules: Vec<Module>,
}

/// The upstream document with its pin and its overlay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// The file name below `openapi/`.
    pub file: String,
    /// Lower-case hexadecimal SHA-256 of the file's bytes.
    pub sha256: String,
    /// The overlay for it, below `openapi/`.
    pub overlay: String,
}

impl Config {
    /// Reads and checks `regen.toml`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, with the line of an unknown key, a missing key or a wrong type;
    /// or if two entries contradict each other. The error names them.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} does not parse", path.display()))
    }

    /// Parses the text of `regen.toml`.
    ///
    /// # Errors
    ///
    /// The same as [`Config::read`].
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
                    "module.{}.shared: `{}` comes from `{}`, which is not an earlier module",
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
            for exception in &module.always_returns {
                ensure!(
                    !exception.reason.trim().is_empty(),
                    "module.{}.always-returns: `{}` must have a reason",
                    module.name,
                    exception.operation
                );
            }
            for exception in &module.model_names {
                ensure!(
                    module.short_names && !exception.reason.trim().is_empty(),
                    "module.{}.model-names: `{}` must have a reason, and the module `short-names`",
                    module.name,
                    exception.model
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
