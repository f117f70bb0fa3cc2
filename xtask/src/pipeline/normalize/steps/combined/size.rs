//! Computes the total size of models that extend one another, once they are written out.
//!
//! A thousand models that each extend the previous one have half a million fields. Sixty that each
//! extend the previous one twice do not fit into any memory.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::pipeline::document::{resolve, schema_name};

/// Returns the number of fields of all models, including those of the models they extend, as often
/// as they occur.
pub(super) fn fields(document: &Value) -> usize {
    let schemas = document["components"]["schemas"].as_object();
    let mut known = BTreeMap::new();
    let schemas = schemas.into_iter().flatten();
    schemas
        .map(|(name, schema)| of_model(document, name, schema, &mut known))
        .fold(0, usize::saturating_add)
}

fn of_model<'a>(
    document: &'a Value,
    name: &'a str,
    schema: &'a Value,
    known: &mut BTreeMap<&'a str, usize>,
) -> usize {
    if let Some(count) = known.get(name) {
        return *count;
    }
    // A model that leads back here adds nothing.
    known.insert(name, 0);
    let count = of_schema(document, schema, known);
    known.insert(name, count);
    count
}

fn of_schema<'a>(
    document: &'a Value,
    schema: &'a Value,
    known: &mut BTreeMap<&'a str, usize>,
) -> usize {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = schema_name(reference).unwrap_or(reference);
        return resolve(document, reference)
            .map_or(0, |target| of_model(document, name, target, known));
    }
    let own = schema["properties"].as_object().map_or(0, Map::len);
    ["allOf", "anyOf", "oneOf"]
        .iter()
        .flat_map(|key| schema[*key].as_array().into_iter().flatten())
        .map(|member| of_schema(document, member, known))
        .fold(own, usize::saturating_add)
}
