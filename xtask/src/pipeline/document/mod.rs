//! Reads OpenAPI and overlay documents, YAML or JSON, with errors that name the place.

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
/// For our own documents, in which any mistake is an error. [`any::read`] reads other people's.
///
/// # Errors
///
/// If it is not valid YAML, with file, line and column.
pub fn read(path: &Path) -> Result<Value> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("{} does not parse", path.display()))
}

/// Parses YAML (or JSON, which is a subset) into a JSON value.
///
/// # Errors
///
/// If it is not valid YAML, with line and column, or if it is not a mapping.
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

/// Follows a local `$ref` (`#/components/...`) one step; `None` if the target does not exist.
#[must_use]
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// Returns the model's name in a `$ref`: the part after `#/components/schemas/`.
#[must_use]
pub fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// Returns the names of the models that a value refers to directly.
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
