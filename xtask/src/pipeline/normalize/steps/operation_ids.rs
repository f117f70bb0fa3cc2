//! Makes the names of operations unique in Rust.
//!
//! The generator rejects a missing or repeated operationId. If two differ only in case or
//! separators, it emits the same method twice, or one that hides a method which the generated
//! client needs.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use crate::pipeline::normalize::rust_names::{PRELUDE, Taken, numbered, pascal, snake};
use crate::pipeline::normalize::schemas::{METHODS, each_operation};
use crate::pipeline::normalize::{Context, Report};

/// Methods and types that generated code refers to by these names.
const TAKEN: [&str; 17] = [
    "api_version",
    "baseurl",
    "byte_stream",
    "client",
    "client_hooks",
    "client_info",
    "error",
    "exec",
    "inner",
    "new",
    "new_with_client",
    "operation_info",
    "post",
    "pre",
    "request_builder_ext",
    "response_value",
    "service",
];

/// Derives missing names from method and path, and makes repeated ones unique with the path.
///
/// The names do not depend on the order of the document: if two operations have the same
/// operationId, the one whose path sorts first keeps it.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let mut wanted: Vec<(String, String, Option<String>)> = Vec::new();
    for_each(document, &mut |method, path, id| {
        wanted.push((path.to_owned(), method.to_owned(), id.clone()));
    });
    wanted.sort();
    let mut taken = Taken::new(snake);
    for name in TAKEN.into_iter().chain(PRELUDE) {
        taken.insert(name);
    }
    let mut names: BTreeMap<(String, String), String> = BTreeMap::new();
    // Names from the document first, so that a derived name does not take one of them.
    let given = wanted.iter().filter_map(|(path, method, id)| {
        let id = id.as_ref().filter(|id| !derives_nothing(id))?;
        Some((path, method, id.clone()))
    });
    let missing = wanted.iter().filter_map(|(path, method, id)| {
        let missing = id.as_ref().is_none_or(|id| derives_nothing(id));
        missing.then(|| (path, method, derived(method, path)))
    });
    for (path, method, id) in given.chain(missing) {
        let candidates = [
            id.clone(),
            format!("{id}_{}", by_path(path)),
            format!("{id}_{}", derived(method, path)),
        ];
        let free = candidates.iter().find(|name| taken.insert(name));
        let name = free.cloned();
        let name = name.unwrap_or_else(|| taken.free(&id, numbered));
        names.insert((path.clone(), method.clone()), name);
    }
    for_each(document, &mut |method, path, id| {
        let Some(name) = names.get(&(path.to_owned(), method.to_owned())) else {
            return;
        };
        if id.as_ref() != Some(name) {
            report.count();
            if let Some(id) = id {
                report.notes.push(format!(
                    "paths['{path}'].{method}.operationId: `{id}` is taken, called `{name}`"
                ));
            }
            *id = Some(name.clone());
        }
    });
    Ok(report)
}

/// Calls `visit` with method, path and operationId, and writes the operationId back.
fn for_each(document: &mut Value, visit: &mut dyn FnMut(&str, &str, &mut Option<String>)) {
    each_operation(document, &mut |operation, at| {
        let mut id = match operation.get("operationId") {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        visit(at.method, at.path, &mut id);
        if let Some(id) = id {
            operation.insert("operationId".into(), json!(id));
        }
    });
}

fn derives_nothing(id: &str) -> bool {
    !id.chars().any(char::is_alphanumeric)
}

/// `GET /Machines/{id}/$test` becomes `get_Machines_by_id_test`.
fn derived(method: &str, path: &str) -> String {
    format!("{method}_{}", by_path(path))
}

fn by_path(path: &str) -> String {
    let spoken = path.replace('{', " by ").replace('}', " ");
    let words: Vec<&str> = spoken
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return "root".to_owned();
    }
    words.join("_")
}

/// Returns how many operations a document has.
#[must_use]
pub fn count(document: &Value) -> usize {
    operations(document).count()
}

/// Returns an operation for examples, by its Rust name: the first that reads and has no required
/// parameters, or else the first.
#[must_use]
pub fn first(document: &Value) -> Option<String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let simple = paths
        .filter_map(|(_, item)| item.get("get"))
        .find(|operation| {
            let mut parameters = operation["parameters"].as_array().into_iter().flatten();
            !parameters.any(|parameter| parameter["required"] == true)
        });
    let arguments = if simple.is_some() { "" } else { "..." };
    let operation = simple.or_else(|| operations(document).next())?;
    let id = operation["operationId"].as_str()?;
    Some(format!("{}::new({arguments})", pascal(id)))
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(_, item)| METHODS.iter().filter_map(|method| item.get(method)))
}
