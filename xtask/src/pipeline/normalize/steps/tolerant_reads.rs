//! Makes reads tolerant and keeps writes strict.
//!
//! With `fields=`, or in a basic response, the service omits fields that the document requires, and
//! it sends `null` for arrays. So every field of a response may be missing or null, except those
//! that the module lists. A model that both sides use, and that loses required fields by this, is
//! split: requests get a strict copy, `{Model}Request`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use crate::pipeline::document::{references, schema_name};
use crate::pipeline::module::Module;
use crate::pipeline::normalize::reach::Reach;
use crate::pipeline::normalize::rust_names::{Taken, numbered, pascal};
use crate::pipeline::normalize::schemas::{each_operation, walk};
use crate::pipeline::normalize::{Context, Report};

/// Loosens every model that a response reaches.
///
/// # Errors
///
/// If an entry of the module does not refer to a field of a response; the error names it.
pub fn apply(document: &mut Value, context: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let reach = Reach::of(document);
    split(document, &reach, context.module, &mut report)?;
    let mut loosening = Loosening::new(context.module);
    for name in &reach.responses {
        if let Some(schema) = document.pointer_mut(&format!("/components/schemas/{name}")) {
            loosening.schema(schema, name);
        }
    }
    if let Some(components) = document.get_mut("components") {
        for (name, response) in named_members(components, "responses") {
            loosening.response(response, name);
        }
    }
    each_operation(document, &mut |operation, _| {
        let id = operation.get("operationId").and_then(Value::as_str);
        let id = id.unwrap_or_default().to_owned();
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            for response in responses.values_mut() {
                loosening.response(response, &id);
            }
        }
    });
    loosening.ensure_all_used()?;
    report.applied += loosening.applied;
    Ok(report)
}

fn named_members<'a>(
    value: &'a mut Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    let map = value.get_mut(key).and_then(Value::as_object_mut);
    map.into_iter().flatten()
}

/// Removes everything that would make decoding a response fail, and counts it.
struct Loosening<'a> {
    module: &'a Module,
    applied: usize,
    /// Which entries of `module.required` refer to a field.
    used: Vec<bool>,
}

impl<'a> Loosening<'a> {
    fn new(module: &'a Module) -> Self {
        Self {
            module,
            applied: 0,
            used: vec![false; module.required.len()],
        }
    }

    fn response(&mut self, response: &mut Value, model: &str) {
        for (_, media) in named_members(response, "content") {
            if let Some(schema) = media.get_mut("schema") {
                self.schema(schema, model);
            }
        }
    }

    fn schema(&mut self, schema: &mut Value, model: &str) {
        walk(schema, model, &mut |schema, _| self.fields(schema, model));
    }

    fn fields(&mut self, schema: &mut Map<String, Value>, model: &str) {
        if let Some(Value::Array(mut fields)) = schema.shift_remove("required") {
            let before = fields.len();
            fields.retain(|field| {
                field
                    .as_str()
                    .is_some_and(|field| self.module.requires(model, field))
            });
            self.applied += before - fields.len();
            if !fields.is_empty() {
                schema.insert("required".into(), Value::Array(fields));
            }
        }
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        for (name, property) in properties {
            for (entry, used) in self.module.required.iter().zip(&mut self.used) {
                *used |= entry.covers(model, name);
            }
            let listed = self.module.requires(model, name);
            if is_collection(property) && !listed && property["nullable"] != true {
                property["nullable"] = json!(true);
                self.applied += 1;
            }
        }
    }

    fn ensure_all_used(&self) -> Result<()> {
        let mut entries = self.module.required.iter().zip(&self.used);
        let unused = entries.find_map(|(entry, used)| (!used).then_some(entry));
        ensure!(
            unused.is_none(),
            "module.{}.required: `{}` is not a field of a response",
            self.module.name,
            unused.map_or("", |entry| &entry.field),
        );
        Ok(())
    }
}

/// Returns whether the generated field would be a plain collection, which cannot be null.
fn is_collection(property: &Value) -> bool {
    property["type"] == "array"
        || property["type"] == "object"
        || (property["type"].is_null()
            && ["items", "additionalProperties"]
                .iter()
                .any(|key| property.get(key).is_some()))
}

/// Gives requests a strict copy of each model that loosening would change for them.
fn split(document: &mut Value, reach: &Reach, module: &Module, report: &mut Report) -> Result<()> {
    let changes = |name: &String| {
        let mut loses = false;
        let mut model = document["components"]["schemas"][name].clone();
        walk(&mut model, name, &mut |schema, _| {
            let fields = schema.get("required").and_then(Value::as_array);
            loses |= fields
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .any(|field| !module.requires(name, field));
        });
        loses
    };
    let both: BTreeSet<String> = reach
        .requests
        .intersection(&reach.responses)
        .cloned()
        .collect();
    let changing: BTreeSet<String> = both.iter().filter(|name| changes(name)).cloned().collect();
    let copied = reaching(document, &both, changing);
    let copied = strict_names(document, &copied);
    for (name, copy) in &copied {
        document["components"]["schemas"][copy] = document["components"]["schemas"][name].clone();
        report.notes.push(format!(
            "components.schemas.{name}: requests use the copy `{copy}`"
        ));
    }
    let request_only = reach.requests.difference(&reach.responses);
    for name in request_only.cloned().chain(copied.values().cloned()) {
        redirect(&mut document["components"]["schemas"][&name], &copied);
    }
    if let Some(components) = document.get_mut("components") {
        for kind in ["parameters", "requestBodies"] {
            components
                .get_mut(kind)
                .into_iter()
                .for_each(|sent| redirect(sent, &copied));
        }
    }
    for (_, item) in named_members(document, "paths") {
        item.get_mut("parameters")
            .into_iter()
            .for_each(|sent| redirect(sent, &copied));
    }
    each_operation(document, &mut |operation, _| {
        for side in ["parameters", "requestBody"] {
            if let Some(value) = operation.get_mut(side) {
                redirect(value, &copied);
            }
        }
    });
    Ok(())
}

/// Returns the models that are, or lead to, one of `targets`.
fn reaching(
    document: &Value,
    models: &BTreeSet<String>,
    targets: BTreeSet<String>,
) -> BTreeSet<String> {
    let mut holders: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for model in models {
        for held in references(&document["components"]["schemas"][model]) {
            holders.entry(held).or_default().push(model);
        }
    }
    let mut next: Vec<String> = targets.iter().cloned().collect();
    let mut found = targets;
    while let Some(target) = next.pop() {
        for holder in holders.remove(&target).into_iter().flatten() {
            if found.insert(holder.clone()) {
                next.push(holder.clone());
            }
        }
    }
    found
}

/// Returns `{Model}Request`, or `{Model}Request2` if the document has a model with that name.
fn strict_names(document: &Value, copied: &BTreeSet<String>) -> BTreeMap<String, String> {
    let models = document["components"]["schemas"].as_object();
    let mut taken = Taken::new(|name| pascal(name).to_lowercase());
    for (name, _) in models.into_iter().flatten() {
        taken.insert(name);
    }
    let names = copied.iter().map(|name| {
        let copy = taken.free(&format!("{name}Request"), numbered);
        (name.clone(), copy)
    });
    names.collect()
}

fn redirect(value: &mut Value, copied: &BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let renamed = value
                    .as_str()
                    .filter(|_| key == "$ref")
                    .and_then(schema_name)
                    .and_then(|name| copied.get(name))
                    .map(|copy| json!(format!("#/components/schemas/{copy}")));
                match renamed {
                    Some(reference) => *value = reference,
                    None => redirect(value, copied),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|value| redirect(value, copied)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_lead_to_one_that_changes_are_found_from_its_side() {
        let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let document = json!({ "components": { "schemas": {
            "a": { "properties": { "b": reference("b") } },
            "b": { "properties": { "c": { "items": reference("c") }, "a": reference("a") } },
            "c": { "required": ["x"] },
            "d": { "allOf": [reference("e")] },
            "e": {},
        } } });
        let names = |names: &str| names.chars().map(String::from).collect();
        let found = reaching(&document, &names("abcde"), names("c"));
        assert_eq!(found, names("abc"));
    }
}
