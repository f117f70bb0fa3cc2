//! Makes the names of a model's fields, and of an enum's values, unique in Rust.
//!
//! If two differ only in case or separators, the generator emits the same field twice, and panics
//! on enum values. Names that collide are marked (see [`crate::pipeline::normalize::rust_names`]);
//! on the wire they are unchanged.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::pipeline::document::{resolve, schema_name};
use crate::pipeline::normalize::rust_names::{Taken, marked, pascal, snake};
use crate::pipeline::normalize::schemas::each_schema;
use crate::pipeline::normalize::{Context, Report};

/// Names that a variant cannot have: `Self::Err` is an associated type of every open enum.
const TAKEN_VARIANTS: [&str; 1] = ["Err"];

/// Marks all but the first of names that collide.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let marks = collisions(document);
    each_schema(document, &mut |schema, _| {
        values(schema, &mut report);
        if marks.is_empty() {
            return;
        }
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            let renamed = std::mem::take(properties).into_iter().map(|(name, value)| {
                let new = marks.get(&name).cloned().unwrap_or_else(|| name.clone());
                report.applied += usize::from(new != name);
                (new, value)
            });
            let renamed = renamed.collect();
            *properties = renamed;
        }
        if let Some(Value::Array(names)) = schema.get_mut("required") {
            for name in names {
                if let Some(new) = name.as_str().and_then(|name| marks.get(name)) {
                    *name = json!(new);
                }
            }
        }
    });
    Ok(report)
}

fn values(schema: &mut Map<String, Value>, report: &mut Report) {
    let Some(Value::Array(values)) = schema.get_mut("enum") else {
        return;
    };
    let mut taken = Taken::new(pascal);
    for name in TAKEN_VARIANTS {
        taken.insert(name);
    }
    for value in values {
        let Some(text) = value.as_str().map(str::to_owned) else {
            continue;
        };
        let new = taken.free(&text, marked);
        if new != text {
            report.count();
            *value = json!(new);
        }
    }
}

/// Returns the marked name of each property that collides with another one in some model.
///
/// A property is marked in all models of the document or in none, so that models that share fields
/// through `allOf` agree.
fn collisions(document: &mut Value) -> BTreeMap<String, String> {
    let whole = document.clone();
    let mut by_rust: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut marks = nameless(document);
    let mut in_rust: BTreeMap<String, String> = BTreeMap::new();
    each_schema(document, &mut |schema, _| {
        let mut names = Names::default();
        collect(&whole, schema, &mut names, &mut BTreeSet::new());
        let mut here: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for name in names.fields {
            // Hundreds of models share the names of their fields.
            let rust = in_rust
                .entry(name.clone())
                .or_insert_with(|| snake(marks.get(&name).unwrap_or(&name)));
            here.entry(rust.clone()).or_default().insert(name);
        }
        if names.more {
            // The generated field for all other names is called `extra`.
            here.entry("extra".to_owned())
                .or_default()
                .insert(String::new());
        }
        for (rust, names) in here.into_iter().filter(|(_, names)| names.len() > 1) {
            by_rust.entry(rust).or_default().extend(names);
        }
    });
    for names in by_rust.into_values() {
        let later = names.into_iter().enumerate().skip(1);
        for (index, name) in later {
            let new = marked(&name, index + 1);
            marks.entry(name).or_insert(new);
        }
    }
    marks
}

/// Names without letters or digits, from which no type name can be derived.
fn nameless(document: &mut Value) -> BTreeMap<String, String> {
    let mut names = BTreeSet::new();
    each_schema(document, &mut |schema, _| {
        let properties = schema.get("properties").and_then(Value::as_object);
        let listed = properties.into_iter().flatten().map(|(name, _)| name);
        let spoken = |name: &&String| name.chars().any(char::is_alphanumeric);
        names.extend(listed.filter(|name| !spoken(name)).cloned());
    });
    let numbered = names.into_iter().enumerate();
    numbered
        .map(|(index, name)| (name.clone(), marked(&name, index + 1)))
        .collect()
}

/// The fields of the generated type of a model.
#[derive(Default)]
struct Names {
    fields: BTreeSet<String>,
    /// Whether there is a field for all other names.
    more: bool,
}

/// Returns the properties of a model, including those from `allOf`.
fn collect(
    whole: &Value,
    schema: &Map<String, Value>,
    names: &mut Names,
    seen: &mut BTreeSet<String>,
) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = schema_name(reference).unwrap_or(reference);
        if seen.insert(name.to_owned())
            && let Some(Value::Object(target)) = resolve(whole, reference)
        {
            collect(whole, target, names, seen);
        }
        return;
    }
    let listed = |key: &str| {
        schema
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let described = schema.get("properties").and_then(Value::as_object);
    names.fields.extend(
        described
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone()),
    );
    names.fields.extend(
        listed("required")
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
    names.more |= schema
        .get("additionalProperties")
        .is_some_and(Value::is_object);
    for member in listed("allOf").filter_map(Value::as_object) {
        collect(whole, member, names, seen);
    }
}
