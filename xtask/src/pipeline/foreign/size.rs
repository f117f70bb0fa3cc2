//! Counts the contents of a document, before anything is generated from it.
//!
//! A few bytes of a document can become a lot of code: a path of forty bytes becomes forty lines,
//! and each operation of a path repeats the path's parameters. Repetitions are counted.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::pipeline::limits::Limits;
use crate::pipeline::normalize::pointers::{decoded, follow};
use crate::pipeline::normalize::schemas::METHODS;

/// How many there are of each thing that becomes code.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Size {
    operations: usize,
    parameters: usize,
    models: usize,
    fields: usize,
    values: usize,
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        for (own, more) in [
            (&mut self.operations, other.operations),
            (&mut self.parameters, other.parameters),
            (&mut self.models, other.models),
            (&mut self.fields, other.fields),
            (&mut self.values, other.values),
        ] {
            *own = own.saturating_add(more);
        }
    }
}

/// Rejects a document that exceeds the limits.
///
/// # Errors
///
/// If it does; the error names the limit, and the option that raises it.
pub fn ensure_fits(document: &Value, limits: &Limits) -> Result<()> {
    let size = Counting::new(document).document();
    for (what, count, most, option) in [
        (
            "operations",
            size.operations,
            limits.max_operations,
            "--max-operations",
        ),
        (
            "parameters",
            size.parameters,
            limits.max_parameters,
            "--max-parameters",
        ),
        ("models", size.models, limits.max_models, "--max-models"),
        ("fields", size.fields, limits.max_fields, "--max-fields"),
        (
            "listed values",
            size.values,
            limits.max_values,
            "--max-values",
        ),
    ] {
        ensure!(
            count <= most,
            "the document has more than {most} {what} ({count}); `{option}` allows for more"
        );
    }
    Ok(())
}

struct Counting<'a> {
    document: &'a Value,
    /// The size of each reference's target.
    known: BTreeMap<String, Size>,
}

impl<'a> Counting<'a> {
    fn new(document: &'a Value) -> Self {
        Self {
            document,
            known: BTreeMap::new(),
        }
    }

    fn document(&mut self) -> Size {
        let mut size = Size::default();
        for schema in entries(&self.document["components"]["schemas"]) {
            // Each one becomes a type.
            size.models += usize::from(!is_object(schema));
            size += schemas(schema);
        }
        for item in entries(&self.document["paths"]) {
            size += self.written_out(item, Self::path_item);
            size += match item.get("$ref") {
                Some(_) => self.path_item(item),
                None => Size::default(),
            };
        }
        size
    }

    /// Counts a value, or its target if it is a reference.
    fn written_out(&mut self, place: &'a Value, count: fn(&mut Self, &'a Value) -> Size) -> Size {
        let Some(reference) = place["$ref"].as_str() else {
            return count(self, place);
        };
        let reference = decoded(reference);
        if let Some(known) = self.known.get(&reference) {
            return *known;
        }
        let target = follow(self.document, place);
        let size = target.map_or_else(Size::default, |target| count(self, target));
        self.known.insert(reference, size);
        size
    }

    fn path_item(&mut self, item: &'a Value) -> Size {
        let mut size = Size::default();
        let shared = self.parameters(&item["parameters"]);
        for (key, operation) in item.as_object().into_iter().flatten() {
            if !METHODS.contains(&key.to_ascii_lowercase().as_str()) {
                continue;
            }
            size.operations += 1;
            size += shared;
            size += self.parameters(&operation["parameters"]);
            size += self.written_out(&operation["requestBody"], |_, body| content(body));
            for response in entries(&operation["responses"]) {
                size += self.written_out(response, |_, response| content(response));
            }
        }
        size
    }

    fn parameters(&mut self, parameters: &'a Value) -> Size {
        let mut size = Size::default();
        for parameter in parameters.as_array().into_iter().flatten() {
            size += self.written_out(parameter, |_, parameter| {
                let mut size = schemas(&parameter["schema"]);
                size += content(parameter);
                size.parameters += 1;
                size
            });
        }
        size
    }
}

fn content(carrier: &Value) -> Size {
    let mut size = Size::default();
    for media in entries(&carrier["content"]) {
        size += schemas(&media["schema"]);
    }
    size
}

/// Counts a schema with everything nested in it; targets of references are counted where they are
/// defined.
fn schemas(schema: &Value) -> Size {
    let mut size = Size::default();
    let properties = schema["properties"].as_object();
    let listed = |key: &str| schema[key].as_array().map_or(&[][..], Vec::as_slice);
    size.models += usize::from(is_object(schema) || !listed("enum").is_empty());
    size.values += listed("enum").len();
    // A name that is required but not described becomes a field too.
    let required: BTreeSet<&str> = listed("required")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let described = |name: &str| properties.is_some_and(|it| it.contains_key(name));
    size.fields += required.iter().filter(|name| !described(name)).count();
    for property in entries(&schema["properties"]) {
        size.fields += 1;
        size += schemas(property);
    }
    for key in ["items", "additionalProperties", "not"] {
        if schema[key].is_object() {
            size += schemas(&schema[key]);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for member in listed(key) {
            size.fields += 1;
            size += schemas(member);
        }
    }
    size
}

fn is_object(schema: &Value) -> bool {
    schema.get("properties").is_some()
}

fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_object().into_iter().flat_map(|map| map.values())
}
