//! Makes a path and its parameters match.
//!
//! The generator panics on a path parameter that does not occur in the path, and on a name in the
//! path that is not declared. It rejects an unmatched brace.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Report;
use crate::pipeline::normalize::rust_names::{Taken, marked, snake, unmarked};
use crate::pipeline::normalize::schemas::METHODS;

/// Makes each path agree with the path parameters of its operations; returns the new form of each
/// path that changes.
pub(super) fn apply(document: &mut Value, report: &mut Report) -> BTreeMap<String, String> {
    let Some(paths) = document["paths"].as_object_mut().map(std::mem::take) else {
        return BTreeMap::new();
    };
    let mut forms = BTreeMap::new();
    let mut rewritten = Map::new();
    for (path, mut item) in paths {
        let mut parts = parsed(&path);
        let renamed = distinct(&mut parts);
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                let place = format!("paths['{path}'].{method}");
                agree(operation, &mut parts, &renamed, &place, report);
            }
        }
        let new: String = parts.iter().map(Part::text).collect();
        if new != path {
            report.count();
        }
        if rewritten.contains_key(&new) {
            rewritten.insert(path, item);
        } else {
            forms.insert(path, new.clone());
            rewritten.insert(new, item);
        }
    }
    document["paths"] = Value::Object(rewritten);
    forms
}

enum Part {
    Constant(String),
    Name(String),
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Constant(text) => text.clone(),
            Self::Name(name) => format!("{{{name}}}"),
        }
    }
}

/// Splits a path; an unmatched brace is text.
fn parsed(path: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut constant = String::new();
    let mut rest = path;
    while let Some(open) = rest.find(['{', '}']) {
        constant.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let name = inner
            .find(['{', '}'])
            .filter(|end| rest[open..].starts_with('{') && inner[*end..].starts_with('}'))
            .map(|end| &inner[..end])
            .filter(|name| !name.is_empty() && !name.contains('/'));
        if let Some(name) = name {
            parts.push(Part::Constant(std::mem::take(&mut constant)));
            parts.push(Part::Name(name.to_owned()));
            rest = &inner[name.len() + 1..];
        } else {
            constant.push_str(if rest[open..].starts_with('{') {
                "%7B"
            } else {
                "%7D"
            });
            rest = inner;
        }
    }
    constant.push_str(rest);
    parts.push(Part::Constant(constant));
    parts.retain(|part| !matches!(part, Part::Constant(text) if text.is_empty()));
    parts
}

/// Makes names in one path unique in Rust.
fn distinct(parts: &mut [Part]) -> BTreeMap<String, String> {
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    let mut taken = Taken::new(snake);
    for part in parts {
        let Part::Name(name) = part else { continue };
        if let Some(known) = renamed.get(name) {
            name.clone_from(known);
            continue;
        }
        let new = taken.free(name, marked);
        renamed.insert(std::mem::replace(name, new.clone()), new);
    }
    renamed
}

/// Declares parameters that only the path has, and removes those that it does not have.
fn agree(
    operation: &mut Map<String, Value>,
    parts: &mut [Part],
    renamed: &BTreeMap<String, String>,
    place: &str,
    report: &mut Report,
) {
    let Some(Value::Array(parameters)) = operation.get_mut("parameters") else {
        return;
    };
    let mut declared: BTreeSet<String> = BTreeSet::new();
    parameters.retain_mut(|parameter| {
        if parameter["in"] != "path" {
            return true;
        }
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let bare = |text: &str| {
            text.trim_matches(['+', '*', '?', '.', ';', ' '])
                .to_lowercase()
        };
        let exact = renamed.get(&name);
        let close = || {
            renamed
                .iter()
                .find(|(from, _)| bare(from) == bare(&name))
                .map(|(_, to)| to)
        };
        let Some(new) = exact.or_else(close) else {
            report.count();
            report.notes.push(format!(
                "{place}: the parameter `{name}` does not stand in the path, left out"
            ));
            return false;
        };
        if !declared.insert(new.clone()) {
            return false;
        }
        let mut style = None;
        if let Some(parameter) = parameter.as_object_mut() {
            style = parameter.shift_remove("style");
            parameter.insert("name".into(), json!(new));
        }
        match style.as_ref().and_then(Value::as_str) {
            Some("label") => prefix(parts, new, "."),
            Some("matrix") => prefix(parts, new, &format!(";{name}=")),
            _ => {}
        }
        true
    });
    for name in renamed.values().filter(|name| !declared.contains(*name)) {
        report.count();
        report.notes.push(format!(
            "{place}: nothing declares `{}` of the path, sent as text",
            unmarked(name)
        ));
        parameters.push(json!({
            "name": name, "in": "path", "required": true, "schema": { "type": "string" }
        }));
    }
}

/// Writes the prefix that such a style puts before a value into the path.
fn prefix(parts: &mut [Part], name: &str, text: &str) {
    for index in 1..parts.len() {
        if matches!(&parts[index], Part::Name(other) if other == name)
            && let Part::Constant(before) = &mut parts[index - 1]
            && !before.ends_with(text)
        {
            before.push_str(text);
        }
    }
}
