//! Counts what a document contains, before anything is generated from it.
//!
//! A few bytes of a document can become much code: a path of forty bytes is forty lines, and a parameter
//! of a path is repeated in each of its operations. It is counted as often as it is repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::pipeline::limits::Limits;
use crate::pipeline::normalize::pointers::{decoded, follow};
use crate::pipeline::normalize::schemas::METHODS;

/// How many of each thing that becomes code.
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

/// Refuses a document that contains more than the limits allow.
///
/// # Errors
///
/// Names what there is too much of, and the option that raises the limit.
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
    /// What a reference stands for where it is written out.
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
            // Each is a type, whatever it is.
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

    /// What stands here, or what the reference that stands here leads to.
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

/// A schema with all that stands in it; what it refers to is counted where that stands.
fn schemas(schema: &Value) -> Size {
    let mut size = Size::default();
    let properties = schema["properties"].as_object();
    let listed = |key: &str| schema[key].as_array().map_or(&[][..], Vec::as_slice);
    size.models += usize::from(is_object(schema) || !listed("enum").is_empty());
    size.values += listed("enum").len();
    // A name that is required and not described is a field as well.
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
