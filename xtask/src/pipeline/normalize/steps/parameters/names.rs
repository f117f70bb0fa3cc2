//! Makes the names of an operation's parameters unique in the generated builder.
//!
//! The generator identifies parameters by name only, whatever their place. If two differ only in
//! case or separators, or if one is called `send`, it emits the same method twice.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Report;
use crate::pipeline::normalize::rust_names::{Taken, marked, snake};
use crate::pipeline::normalize::schemas::each_operation;

/// Names that the builder of an operation, and the code in it, use themselves.
const TAKEN: [&str; 7] = [
    "body",
    "body_map",
    "header_map",
    "info",
    "new",
    "send",
    "stream",
];

/// Marks names that generated code would confuse; path parameters are unique already. Returns the
/// new form of each path that changes.
pub(super) fn apply(document: &mut Value, report: &mut Report) -> BTreeMap<String, String> {
    let Some(paths) = document["paths"].as_object().cloned() else {
        return BTreeMap::new();
    };
    let forms = reserved_in_paths(document, &paths, report);
    each_operation(document, &mut |operation, _| {
        let Some(Value::Array(parameters)) = operation.get_mut("parameters") else {
            return;
        };
        let mut taken = Taken::new(snake);
        let in_path = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path");
        let in_path = in_path.filter_map(|parameter| parameter["name"].as_str());
        for name in TAKEN.into_iter().chain(in_path) {
            taken.insert(name);
        }
        for parameter in parameters.iter_mut() {
            let Some(name) = parameter["name"].as_str().map(str::to_owned) else {
                continue;
            };
            if parameter["in"] == "path" {
                continue;
            }
            let new = taken.free(&name, marked);
            if new != name {
                report.count();
                parameter["name"] = json!(new);
            }
        }
    });
    forms
}

/// Renames path parameters that have the name of something in the builder, in the path too.
fn reserved_in_paths(
    document: &mut Value,
    paths: &serde_json::Map<String, Value>,
    report: &mut Report,
) -> BTreeMap<String, String> {
    let mut forms = BTreeMap::new();
    for path in paths.keys() {
        let reserved: Vec<&str> = path
            .split('{')
            .skip(1)
            .filter_map(|part| part.split('}').next())
            .filter(|name| TAKEN.contains(&snake(name).as_str()))
            .collect();
        if reserved.is_empty() {
            continue;
        }
        let mut new_path = path.clone();
        for name in &reserved {
            let to = format!("{{{}}}", marked(name, 1));
            new_path = new_path.replace(&format!("{{{name}}}"), &to);
        }
        forms.insert(path.clone(), new_path.clone());
        let Some(items) = document["paths"].as_object_mut() else {
            return forms;
        };
        let renamed = std::mem::take(items).into_iter().map(|(key, mut item)| {
            if key != *path {
                return (key, item);
            }
            for (_, operation) in item.as_object_mut().into_iter().flatten() {
                let parameters = operation["parameters"].as_array_mut();
                for parameter in parameters.into_iter().flatten() {
                    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                    if parameter["in"] == "path" && reserved.contains(&name.as_str()) {
                        parameter["name"] = json!(marked(&name, 1));
                        report.count();
                    }
                }
            }
            (new_path.clone(), item)
        });
        let renamed = renamed.collect();
        *items = renamed;
    }
    forms
}
