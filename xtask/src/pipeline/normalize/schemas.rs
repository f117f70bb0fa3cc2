//! Walks the schemas of a document, wherever they are.

use std::fmt;

use serde_json::{Map, Value};

/// The methods a path item can have.
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The place of an operation, displayed as its JSON path.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The path.
    pub path: &'a str,
    /// The method, in lower case.
    pub method: &'a str,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "paths['{}'].{}", self.path, self.method)
    }
}

/// Calls `visit` for each operation with its place.
pub fn each_operation(
    document: &mut Value,
    visit: &mut dyn FnMut(&mut Map<String, Value>, At<'_>),
) {
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                visit(operation, At { path, method });
            }
        }
    }
}

/// Calls `visit` for each schema, outer before inner, with its JSON path.
pub fn each_schema(document: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    if let Some(components) = document
        .get_mut("components")
        .and_then(Value::as_object_mut)
    {
        for (kind, members) in components {
            for (name, member) in members.as_object_mut().into_iter().flatten() {
                let path = format!("components.{kind}.{name}");
                match kind.as_str() {
                    "schemas" => walk(member, &path, visit),
                    "parameters" | "headers" | "requestBodies" | "responses" => {
                        carriers(member, &path, visit);
                    }
                    _ => {}
                }
            }
        }
    }
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in paths {
        let path = format!("paths['{path}']");
        carriers_in(item, "parameters", &path, visit);
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else {
                continue;
            };
            let path = format!("{path}.{method}");
            carriers_in(operation, "parameters", &path, visit);
            if let Some(body) = operation.get_mut("requestBody") {
                carriers(body, &format!("{path}.requestBody"), visit);
            }
            carriers_in(operation, "responses", &path, visit);
        }
    }
}

fn carriers_in(
    parent: &mut Value,
    key: &str,
    path: &str,
    visit: &mut dyn FnMut(&mut Map<String, Value>, &str),
) {
    match parent.get_mut(key) {
        Some(Value::Array(items)) => {
            for (index, item) in items.iter_mut().enumerate() {
                carriers(item, &format!("{path}.{key}[{index}]"), visit);
            }
        }
        Some(Value::Object(members)) => {
            for (name, member) in members {
                carriers(member, &format!("{path}.{key}['{name}']"), visit);
            }
        }
        _ => {}
    }
}

/// Visits a parameter, header, body or response, which has a `schema`, or `content` with one per
/// media type.
fn carriers(carrier: &mut Value, path: &str, visit: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    if let Some(schema) = carrier.get_mut("schema") {
        walk(schema, &format!("{path}.schema"), visit);
    }
    if let Some(content) = carrier.get_mut("content").and_then(Value::as_object_mut) {
        for (media, holder) in content {
            if let Some(schema) = holder.get_mut("schema") {
                walk(schema, &format!("{path}.content['{media}'].schema"), visit);
            }
        }
    }
    carriers_in(carrier, "headers", path, visit);
}

/// Visits one schema and all schemas nested in it.
pub fn walk(schema: &mut Value, path: &str, visit: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    let Some(map) = schema.as_object_mut() else {
        return;
    };
    visit(map, path);
    for key in ["properties", "patternProperties"] {
        if let Some(members) = map.get_mut(key).and_then(Value::as_object_mut) {
            for (name, member) in members {
                walk(member, &format!("{path}.{key}.{name}"), visit);
            }
        }
    }
    for key in ["items", "additionalProperties", "not"] {
        if let Some(inner) = map.get_mut(key) {
            walk(inner, &format!("{path}.{key}"), visit);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(members) = map.get_mut(key).and_then(Value::as_array_mut) {
            for (index, member) in members.iter_mut().enumerate() {
                walk(member, &format!("{path}.{key}[{index}]"), visit);
            }
        }
    }
}
