//! `openapi/handles.toml`: what the rule for handles cannot know.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// The whole of `handles.toml`; an unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    /// The node below which a path is about the root itself: `Sites`, of which a site is one.
    pub root: Option<String>,
    /// Features that the crate with the handles always turns on.
    #[serde(default)]
    pub always: Vec<String>,
    /// Nodes of paths that only group others, each with the method that leads below it; one without a
    /// name leaves no trace.
    #[serde(default)]
    pub namespaces: BTreeMap<String, String>,
    /// Nodes of paths, each with the noun that Rust uses for one of it.
    #[serde(default)]
    pub singulars: BTreeMap<String, String>,
    /// Nodes of paths, each with the noun that Rust uses for several of it.
    #[serde(default)]
    pub plurals: BTreeMap<String, String>,
    /// Operations whose method the rule would name badly.
    #[serde(default, rename = "method")]
    pub methods: Vec<Method>,
    /// Operations whose method is written by hand, on the handle that the rule gives.
    #[serde(default, rename = "hand")]
    pub by_hand: Vec<ByHand>,
    /// Operations of the modules that have no handles made for them.
    #[serde(default, rename = "service")]
    pub services: Vec<Service>,
}

/// An operation with another handle, another name or both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// The operationId.
    pub operation: String,
    /// The way to the handle, in the form of [`super::Step`]: `backups().backup(name)`.
    pub handle: Option<String>,
    /// The name of the method.
    pub name: Option<String>,
    /// Why the rule is wrong here.
    pub reason: String,
}

/// An operation that a person wrote the method of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// The operationId.
    pub operation: String,
    /// What the method does that the rule cannot.
    pub reason: String,
}

/// An operation that a person wrote all methods of, and the handle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The operationId.
    pub operation: String,
    /// The methods that send it, as a user writes them.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Why there is none, if so.
    pub reason: Option<String>,
}

impl Exceptions {
    /// Reads `handles.toml`.
    ///
    /// # Errors
    ///
    /// Names the file, and the line of an unknown key or a wrong type; the entry without a reason.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text)
    }

    /// Parses the text of `handles.toml`.
    ///
    /// # Errors
    ///
    /// As [`Exceptions::read`].
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
