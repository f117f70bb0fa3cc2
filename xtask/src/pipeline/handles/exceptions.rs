//! `openapi/handles.toml`: exceptions to the rule that names handles.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// The contents of `handles.toml`; an unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    /// The node below which a path is about the root itself: `Sites`, for a root that is a site.
    pub root: Option<String>,
    /// Features that the SDK always enables.
    #[serde(default)]
    pub always: Vec<String>,
    /// Path nodes that only group others, each with the method that leads below it; one without a
    /// name is skipped.
    #[serde(default)]
    pub namespaces: BTreeMap<String, String>,
    /// Path nodes with their singular noun in Rust.
    #[serde(default)]
    pub singulars: BTreeMap<String, String>,
    /// Path nodes with their plural noun in Rust.
    #[serde(default)]
    pub plurals: BTreeMap<String, String>,
    /// Operations for which the rule finds a bad name.
    #[serde(default, rename = "method")]
    pub methods: Vec<Method>,
    /// Operations whose method is hand-written, on the handle that the rule finds.
    #[serde(default, rename = "hand")]
    pub by_hand: Vec<ByHand>,
    /// Operations of modules without generated handles.
    #[serde(default, rename = "service")]
    pub services: Vec<Service>,
}

/// An operation with a different handle, a different name or both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// The operationId.
    pub operation: String,
    /// The path to the handle, in the form of [`super::Step`]: `backups().backup(name)`.
    pub handle: Option<String>,
    /// The name of the method.
    pub name: Option<String>,
    /// Why the rule is wrong here.
    pub reason: String,
}

/// An operation whose method is hand-written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// The operationId.
    pub operation: String,
    /// What the method does that the rule cannot.
    pub reason: String,
}

/// An operation whose methods, and their handle, are all hand-written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The operationId.
    pub operation: String,
    /// The methods that send it, as users call them.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Why there are none, if so.
    pub reason: Option<String>,
}

impl Exceptions {
    /// Reads `handles.toml`.
    ///
    /// # Errors
    ///
    /// If a key is unknown, a type is wrong or an entry has no reason; the error names file and
    /// line.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text)
    }

    /// Parses the text of `handles.toml`.
    ///
    /// # Errors
    ///
    /// The same as [`Exceptions::read`].
    pub fn parse(text: &str) -> Result<Self> {
        let exceptions: Self = toml::from_str(text)?;
        let methods = exceptions.methods.iter();
        let reasons = methods.map(|it| (&it.operation, &it.reason)).chain(
            exceptions
                .by_hand
                .iter()
                .map(|it| (&it.operation, &it.reason)),
        );
        for (operation, reason) in reasons {
            ensure!(
                !reason.trim().is_empty(),
                "`{operation}` must have a reason"
            );
        }
        for method in &exceptions.methods {
            ensure!(
                method.handle.is_some() || method.name.is_some(),
                "method `{}`: give a `handle`, a `name` or both",
                method.operation
            );
        }
        Ok(exceptions)
    }
}
