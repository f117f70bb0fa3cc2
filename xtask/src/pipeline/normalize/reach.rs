//! Which models requests and responses reach.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schemas::METHODS;
use crate::pipeline::document::{resolve, schema_name};
use crate::pipeline::rewrite::squeezed;

/// Names of component schemas, by the side that reaches them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Reached from a request body or a parameter.
    pub requests: BTreeSet<String>,
    /// Reached from a response.
    pub responses: BTreeSet<String>,
    /// All of them, reached or not.
    pub components: BTreeSet<String>,
}

/// The types that requests can contain, by squeezed name.
#[derive(Debug, Default)]
pub struct Sent {
    requests: BTreeSet<String>,
    responses: BTreeSet<String>,
    components: BTreeSet<String>,
}

impl Reach {
    /// Returns the types that requests can contain.
    #[must_use]
    pub fn sent(&self) -> Sent {
        let squeezed = |names: &BTreeSet<String>| names.iter().map(|name| squeezed(name)).collect();
        Sent {
            requests: squeezed(&self.requests),
            responses: squeezed(&self.responses),
            components: squeezed(&self.components),
        }
    }

    /// Finds the models that each side of a document reaches.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let mut reach = Self::default();
        let schemas = document
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        reach.components = schemas
            .into_iter()
            .flat_map(|schemas| schemas.keys().cloned())
            .collect();
        for item in document["paths"]
            .as_object()
            .into_iter()
            .flat_map(|paths| paths.values())
        {
            collect(document, &item["parameters"], &mut reach.requests);
            for operation in METHODS.iter().filter_map(|method| item.get(method)) {
                collect(document, &operation["parameters"], &mut reach.requests);
                collect(document, &operation["requestBody"], &mut reach.requests);
                collect(document, &operation["responses"], &mut reach.responses);
            }
        }
        reach
    }
}

impl Sent {
    /// Returns whether a request can contain the type with this Rust name.
    ///
    /// A type whose name is not a component (an inline body) counts unless it is a response's
    /// (`...Response`), because it has no name to look up.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let name = squeezed(name);
        self.requests.contains(&name)
            || (!self.components.contains(&name) && !name.ends_with("response"))
    }

    /// Returns whether a request can contain the type and no response does.
    #[must_use]
    pub fn is_only(&self, name: &str) -> bool {
        self.has(name) && !self.responses.contains(&squeezed(name))
    }
}

/// Adds every schema that `value` refers to, directly or indirectly.
pub fn collect(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let new = schema_name(reference).is_none_or(|name| found.insert(name.to_owned()));
                if let (true, Some(target)) = (new, resolve(document, reference)) {
                    collect(document, target, found);
                }
            }
            map.values()
                .for_each(|value| collect(document, value, found));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|value| collect(document, value, found)),
        _ => {}
    }
}
