//! Reading OpenAPI and overlay documents, YAML or JSON, with errors that name the place.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

pub mod any;
mod mend;
mod tolerant;
mod yaml;

/// Reads a YAML or JSON document as a JSON value, keeping the order of its keys.
///
/// This is for documents of our own: what is not quite YAML is an error. [`any::read`] takes
/// documents as others write them.
///
/// # Errors
///
/// Names the file, and the line and column where it stops being YAML.
pub fn read(path: &Path) -> Result<Value> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("{} does not parse", path.display()))
}

/// Parses YAML (of which JSON is a part) into a JSON value.
///
/// # Errors
///
/// Names line and column of what is not YAML, and a document that is not a mapping.
pub fn parse(text: &str) -> Result<Value> {
    let value: Value =
        serde_saphyr::from_str_with_options(text, yaml::strict()).map_err(|e| yaml::told(&e))?;
    mapping(value)
}

fn mapping(value: Value) -> Result<Value> {
    ensure!(
        value.is_object(),
        "line 1: the document is not a mapping of keys to values"
    );
    Ok(value)
}

/// Follows a local `$ref` (`#/components/...`) one step, when it leads somewhere.
#[must_use]
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// What follows `#/components/schemas/` in a `$ref`: the model's name.
#[must_use]
pub fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// The names of the models that a value refers to directly.
#[must_use]
pub fn references(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                let reference = map.get("$ref").and_then(Value::as_str);
                found.extend(reference.and_then(schema_name).map(str::to_owned));
                open.extend(map.values());
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    found
}
