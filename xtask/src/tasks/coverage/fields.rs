//! The fields of models that operations take or return, and which of them are described.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use crate::pipeline::explain::is_explained;
use crate::pipeline::module::Module;
use crate::pipeline::normalize::reach::Reach;
use crate::pipeline::normalize::schemas::walk;
use crate::tasks::config::Config;
use crate::tasks::regen::merged;

/// How many fields are described.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Fields {
    /// The number of fields whose description says more than their name.
    pub explained: usize,
    /// All of them.
    pub all: usize,
    /// The other fields, as `module: Model.Field`.
    #[serde(skip)]
    pub unexplained: Vec<String>,
}

impl Fields {
    /// Returns the described share, in whole percent.
    #[must_use]
    pub fn percent(&self) -> usize {
        (self.explained * 100).checked_div(self.all).unwrap_or(100)
    }
}

/// Counts the fields in the documents of every module, with the tables of descriptions.
///
/// # Errors
///
/// If a document or table cannot be read; the error names the place in it.
pub fn read(openapi: &Path, config: &Config) -> Result<Fields> {
    let mut found = Fields::default();
    for module in &config.modules {
        let document = merged(openapi, config, module)?.document;
        count(&document, module, &mut found);
    }
    Ok(found)
}

fn count(document: &Value, module: &Module, found: &mut Fields) {
    let reach = Reach::of(document);
    let elsewhere = |model: &str| module.shared.iter().any(|it| it.model == model);
    let models = reach.requests.union(&reach.responses);
    for model in models.filter(|model| !elsewhere(model)) {
        let mut schema = document["components"]["schemas"][model].clone();
        walk(&mut schema, model, &mut |schema, path| {
            let fields = schema.get("properties").and_then(Value::as_object);
            for (name, field) in fields.into_iter().flatten() {
                found.all += 1;
                if field
                    .as_object()
                    .is_some_and(|field| is_explained(name, field))
                {
                    found.explained += 1;
                } else {
                    found
                        .unexplained
                        .push(format!("{}: {path}.{name}", module.name));
                }
            }
        });
    }
}
