//! Makes the names of models unique in Rust.
//!
//! If the names of two components differ only in case or separators, the generator emits one type
//! for both: the first that it encounters. The same happens to an inline model that gets the name
//! of a component (`ThingOwner` and the `owner` of `Thing`). It resolves references by the part
//! after the last slash. None of this is an error to the generator.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::own_types;
use crate::pipeline::document::schema_name;
use crate::pipeline::facts::Facts;
use crate::pipeline::normalize::pointers::{decoded, escaped};
use crate::pipeline::normalize::rust_names::{PRELUDE, Taken, numbered, pascal};
use crate::pipeline::normalize::schemas::{each_operation, each_schema};
use crate::pipeline::normalize::{Context, Report};

const SCHEMAS: &str = "#/components/schemas/";

/// Renames components, and every reference to them.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, facts: &mut Facts, context: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let Some(schemas) = document["components"]["schemas"].as_object().cloned() else {
        return Ok(report);
    };
    let own = own_types::of(context.module).map(|it| it.component);
    let reserved: Vec<&str> = own.chain(["Self_"]).collect();
    let mut taken = Taken::new(in_rust);
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    // A name that is valid in Rust stays, whatever its position.
    let (plain, odd): (Vec<&String>, Vec<&String>) =
        schemas.keys().partition(|name| pascal(name) == **name);
    for name in plain.into_iter().chain(odd) {
        let safe = safe(name);
        let name_in_rust = pascal(&safe);
        let is_reserved =
            PRELUDE.contains(&name_in_rust.as_str()) || reserved.contains(&name_in_rust.as_str());
        let base = if is_reserved {
            format!("{safe}Model")
        } else {
            safe
        };
        let new = taken.free(&base, numbered);
        if new != *name {
            if unexpected(name, &new) {
                report
                    .notes
                    .push(format!("components.schemas.{name}: called `{new}`"));
            }
            renamed.insert(name.clone(), new);
        }
    }
    if renamed.is_empty() {
        return Ok(report);
    }
    report.applied += renamed.len();
    rename(document, &renamed);
    facts.models_renamed(&renamed);
    Ok(report)
}

/// Renames components, and every reference to them.
pub(super) fn rename(document: &mut Value, renamed: &BTreeMap<String, String>) {
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| (renamed.get(&name).cloned().unwrap_or(name), schema))
        .collect();
    each_schema(document, &mut |schema, _| {
        let name = schema.get("$ref").and_then(Value::as_str);
        let name = name.and_then(|reference| reference.strip_prefix(SCHEMAS));
        let name = name.map(|name| decoded(name).replace("~1", "/").replace("~0", "~"));
        if let Some(new) = name.and_then(|name| renamed.get(&name)) {
            schema.insert("$ref".into(), json!(format!("{SCHEMAS}{}", escaped(new))));
        }
    });
}

/// Removes characters that references or the generator cannot handle.
fn safe(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
    if name.chars().all(plain) && name.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) {
        return name.to_owned();
    }
    // Only ASCII names work in references and features.
    let ascii: String = pascal(name).chars().filter(char::is_ascii).collect();
    if ascii.is_empty() {
        "Model".to_owned()
    } else {
        pascal(&ascii)
    }
}

/// Types whose names differ only in case are too easy to confuse.
fn in_rust(name: &str) -> String {
    pascal(name).to_lowercase()
}

/// Returns whether a reader of the document would not recognize the name.
fn unexpected(name: &str, new: &str) -> bool {
    pascal(name) != *new
}

/// Moves inline models to the components if they would get the name of another model.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apart(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let mut places = Places {
        extended: false,
        taken: Taken::new(in_rust),
        moved: Map::new(),
    };
    let schemas = document["components"]["schemas"].as_object();
    for (name, _) in schemas.into_iter().flatten() {
        places.taken.insert(name);
    }
    let extended = extended(document);
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        for (name, schema) in schemas {
            places.extended = extended.contains(name);
            places.within(schema, name);
        }
    }
    places.extended = false;
    each_operation(document, &mut |operation, _| {
        let id = operation.get("operationId").and_then(Value::as_str);
        let id = id.unwrap_or_default().to_owned();
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let name = format!("{id}-{}", parameter["name"].as_str().unwrap_or_default());
            places.schema(&mut parameter["schema"], &name);
        }
        if let Some(body) = operation.get_mut("requestBody") {
            places.content(body, &format!("{id}-body"));
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (_, response) in responses.into_iter().flatten() {
            places.content(response, &format!("{id}-response"));
        }
    });
    report.applied = places.moved.len();
    for (name, schema) in places.moved {
        document["components"]["schemas"][name] = schema;
    }
    Ok(report)
}

/// Models that others extend: the generator writes their fields again into each of these, and
/// inline types in them again under another name.
fn extended(document: &mut Value) -> BTreeSet<String> {
    let mut extended = BTreeSet::new();
    each_schema(document, &mut |schema, _| {
        let members = schema.get("allOf").and_then(Value::as_array);
        let members = members.filter(|members| members.len() > 1);
        let names = members.into_iter().flatten();
        let names = names.filter_map(|member| member["$ref"].as_str().and_then(schema_name));
        extended.extend(names.map(str::to_owned));
    });
    extended
}

struct Places {
    /// Returns whether the types of this model must be components, even if their names are free.
    extended: bool,
    taken: Taken,
    moved: Map<String, Value>,
}

impl Places {
    fn content(&mut self, holder: &mut Value, name: &str) {
        let content = holder.get_mut("content").and_then(Value::as_object_mut);
        for (_, media) in content.into_iter().flatten() {
            self.schema(&mut media["schema"], name);
        }
    }

    /// An inline schema, with the name that the generator would give its type.
    fn schema(&mut self, schema: &mut Value, name: &str) {
        let typed = ["properties", "enum", "oneOf"]
            .iter()
            .any(|key| schema.get(key).is_some())
            || schema["allOf"].as_array().is_some_and(|all| all.len() > 1);
        if !typed {
            self.within(schema, name);
            return;
        }
        let rust = pascal(name);
        let new = self.taken.free(&rust, numbered);
        if new == rust && !self.extended {
            self.within(schema, name);
            return;
        }
        let extended = std::mem::take(&mut self.extended);
        self.within(schema, &new);
        self.extended = extended;
        let reference = json!({ "$ref": format!("{SCHEMAS}{new}") });
        let mut moved = std::mem::replace(schema, reference);
        if moved["nullable"] == true {
            if let Some(moved) = moved.as_object_mut() {
                moved.shift_remove("nullable");
            }
            *schema = json!({ "allOf": [schema.take()], "nullable": true });
        }
        self.moved.insert(new, moved);
    }

    fn within(&mut self, schema: &mut Value, name: &str) {
        let Some(schema) = schema.as_object_mut() else {
            return;
        };
        for (key, suffix) in [("items", "item"), ("additionalProperties", "value")] {
            if let Some(inner) = schema.get_mut(key) {
                let inner_name = format!("{name}-{suffix}");
                self.schema(inner, &inner_name);
            }
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (field, property) in properties.into_iter().flatten() {
            self.schema(property, &format!("{name}-{field}"));
        }
        for key in ["allOf", "oneOf"] {
            let members = schema.get_mut(key).and_then(Value::as_array_mut);
            for (index, member) in members.into_iter().flatten().enumerate() {
                if key == "allOf" {
                    self.within(member, name);
                } else {
                    self.schema(member, &format!("{name}-variant{index}"));
                }
            }
        }
    }
}
