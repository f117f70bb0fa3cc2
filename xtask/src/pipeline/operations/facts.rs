//! What a document says about its operations that the generator has no use for.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::pipeline::normalize::schemas::METHODS;

/// The extension that says whether an operation only reads, against what its method says.
pub const SAFE: &str = "x-safe";

/// The extension that says that an answer that is an array is a list of things.
pub const LIST: &str = "x-list";

/// What is known about one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fact {
    /// The first tag, without what no name can have.
    pub tag: String,
    /// Whether its path is below a site.
    pub below_a_site: bool,
    /// Whether it carries no token.
    pub unauthenticated: bool,
    /// What [`SAFE`] says.
    pub safe: Option<bool>,
    /// What [`LIST`] says.
    pub list: bool,
}

/// What is known about each operation, by operationId.
#[derive(Debug, Clone, Default)]
pub struct Facts(BTreeMap<String, Fact>);

impl Facts {
    /// Reads the facts of a document that is not prepared yet.
    ///
    /// A path is below a site where the security that counts for the operation includes a key in the
    /// header `site_header`.
    ///
    /// # Errors
    ///
    /// Names the operation whose `x-safe` or `x-list` is not a truth value.
    pub fn of(document: &Value, site_header: Option<&str>) -> Result<Self> {
        let schemes = document
            .pointer("/components/securitySchemes")
            .and_then(Value::as_object);
        let site_schemes: Vec<&str> = schemes
            .into_iter()
            .flatten()
            .filter(|(_, scheme)| scheme["name"].as_str() == site_header && site_header.is_some())
            .map(|(name, _)| name.as_str())
            .collect();
        let mut facts = BTreeMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in METHODS {
                let Some(operation) = item.get(method) else {
                    continue;
                };
                let Some(id) = operation["operationId"].as_str() else {
                    continue;
                };
                let own = operation["security"].as_array();
                let security = own.or_else(|| document["security"].as_array());
                let extension = |name: &str| {
                    let value = &operation[name];
                    ensure!(
                        value.is_null() || value.is_boolean(),
                        "at `paths['{path}'].{method}.{name}`: write `true` or `false`"
                    );
                    Ok(value.as_bool())
                };
                let fact = Fact {
                    tag: operation["tags"][0]
                        .as_str()
                        .unwrap_or_default()
                        .replace(|c: char| !c.is_alphanumeric(), ""),
                    below_a_site: security.into_iter().flatten().any(|needed| {
                        site_schemes
                            .iter()
                            .any(|scheme| needed.get(scheme).is_some())
                    }),
                    unauthenticated: own.is_some_and(Vec::is_empty),
                    safe: extension(SAFE)?,
                    list: extension(LIST)?.unwrap_or_default(),
                };
                facts.insert(id.to_owned(), fact);
            }
        }
        Ok(Self(facts))
    }

    /// The facts of one operation; those of none for one that was not there.
    #[must_use]
    pub fn get(&self, id: &str) -> Fact {
        self.0.get(id).cloned().unwrap_or_default()
    }
}
