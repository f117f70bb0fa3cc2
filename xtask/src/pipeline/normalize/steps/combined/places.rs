//! Moves combinations nested in other schemas to the components first.
//!
//! A combination replaces the models that it consists of, and these may contain the same
//! combination again. As a component, it is combined once and referred to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::pipeline::normalize::rust_names::{Taken, numbered, pascal};
use crate::pipeline::normalize::schemas::{each_operation, each_schema};

/// Moves each combination of models to the components; returns whether there was one.
pub(super) fn lift(document: &mut Value, lifted: &mut BTreeMap<String, String>) -> bool {
    let ids = ids(document);
    let mut taken: BTreeSet<String> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let mut taken_in_rust = Taken::new(pascal);
    for name in &taken {
        taken_in_rust.insert(name);
    }
    let mut new = Map::new();
    each_schema(document, &mut |schema, path| {
        let component = path.strip_prefix("components.schemas.");
        let root = component.is_some_and(|name| taken.contains(name));
        if root || !combines_models(schema) {
            return;
        }
        let nullable = schema.shift_remove("nullable");
        let description = schema.shift_remove("description");
        let key = Value::Object(schema.clone()).to_string();
        let name = lifted.entry(key).or_insert_with(|| {
            let wanted = place_name(path, component, &taken, &ids);
            let name = taken_in_rust.free(&wanted, numbered);
            taken.insert(name.clone());
            new.insert(name.clone(), Value::Object(schema.clone()));
            name
        });
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        schema.clear();
        if nullable.is_none() && description.is_none() {
            schema.insert("$ref".into(), reference["$ref"].clone());
            return;
        }
        schema.insert("allOf".into(), json!([reference]));
        schema.extend(nullable.map(|value| ("nullable".to_owned(), value)));
        schema.extend(description.map(|value| ("description".to_owned(), value)));
    });
    let any = !new.is_empty();
    for (name, schema) in new {
        document["components"]["schemas"][name] = schema;
    }
    any
}

/// Returns whether a schema combines several members of which one is a model, or contains such a
/// schema.
pub(super) fn combines_models(schema: &Map<String, Value>) -> bool {
    let several = |key: &str| {
        let members = schema.get(key).and_then(Value::as_array);
        members.is_some_and(|members| members.len() > 1)
    };
    let combines = schema.contains_key("oneOf")
        || schema.contains_key("anyOf")
        || several("allOf")
        || (schema.contains_key("allOf")
            && (schema.contains_key("properties") || schema.contains_key("required")));
    combines
        && schema
            .values()
            .any(|value| value.to_string().contains("\"$ref\""))
}

fn ids(document: &mut Value) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    each_operation(document, &mut |operation, path| {
        let id = operation.get("operationId").and_then(Value::as_str);
        ids.insert(path.to_string(), id.unwrap_or_default().to_owned());
    });
    ids
}

/// Returns approximately the name that the generator would give to a type in this place.
fn place_name(
    path: &str,
    component: Option<&str>,
    names: &BTreeSet<String>,
    ids: &BTreeMap<String, String>,
) -> String {
    // Names can contain dots too, so the owner may end at any dot in the place.
    let owners = |path| str::match_indices(path, '.').map(move |(dot, _)| &path[..dot]);
    let model = component.and_then(|path| {
        owners(path)
            .filter_map(|owner| names.get(owner))
            .next_back()
    });
    let (owner, rest) = match (model, component) {
        (Some(name), Some(path)) => (name.clone(), &path[name.len()..]),
        _ => {
            let operation = owners(path).find_map(|owner| ids.get_key_value(owner));
            let (place, id) = operation.map_or(("", ""), |(place, id)| (place, id));
            let rest = &path[place.len()..];
            let part = if rest.starts_with(".requestBody") {
                "body"
            } else if rest.starts_with(".responses") {
                "response"
            } else {
                "parameter"
            };
            let rest = rest.split_once(".schema").map_or("", |(_, rest)| rest);
            (format!("{id}-{part}"), rest)
        }
    };
    let rest = rest
        .replace("properties.", "-")
        .replace("additionalProperties", "value")
        .replace("items", "item");
    pascal(&format!("{owner}-{rest}"))
}
