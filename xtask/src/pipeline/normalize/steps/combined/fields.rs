//! The fields of an object that is combined from several.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::join::joined;
use crate::pipeline::document::{resolve, schema_name};

/// Fields collected from the members of `allOf`, `oneOf` and `anyOf`.
#[derive(Debug, Default)]
pub(super) struct Fields {
    properties: Map<String, Value>,
    required: BTreeSet<String>,
    more: Option<Value>,
    /// Models that have been added with everything they extend; adding them again changes nothing.
    added: BTreeSet<String>,
    /// Fields that members describe differently.
    pub(super) unclear: Vec<String>,
    /// Whether the generator would lose a part of this.
    pub(super) troubled: bool,
}

impl Fields {
    /// Adds an object with everything it extends; returns false if it is not an object.
    pub(super) fn all_of(
        &mut self,
        whole: &Value,
        schema: &Value,
        seen: &mut BTreeSet<String>,
    ) -> bool {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = schema_name(reference).unwrap_or(reference).to_owned();
            if !seen.insert(name.clone()) {
                self.troubled = true;
                return true;
            }
            let target = resolve(whole, reference);
            let added = self.added.contains(&name)
                || target.is_some_and(|target| self.all_of(whole, target, seen));
            seen.remove(&name);
            self.added.extend(added.then_some(name));
            return added;
        }
        for key in ["oneOf", "anyOf"] {
            if schema.get(key).is_some() {
                self.troubled = true;
                return self.any_of(whole, schema, key, seen);
            }
        }
        if !self.own(whole, schema) {
            return false;
        }
        let members = schema["allOf"].as_array();
        // Properties next to `allOf` are a member like any other, but the generator ignores them.
        let beside = ["properties", "required"];
        self.troubled |= members.is_some() && beside.iter().any(|key| schema.get(*key).is_some());
        members
            .into_iter()
            .flatten()
            .all(|member| self.all_of(whole, member, seen))
    }

    /// Adds the fields of every alternative; only fields that all of them require stay required.
    pub(super) fn any_of(
        &mut self,
        whole: &Value,
        schema: &Value,
        key: &str,
        seen: &mut BTreeSet<String>,
    ) -> bool {
        let mut around = schema.clone();
        if let Some(around) = around.as_object_mut() {
            around.shift_remove(key);
        }
        if !self.all_of(whole, &around, seen) {
            return false;
        }
        let mut required: Option<BTreeSet<String>> = None;
        for member in schema[key].as_array().into_iter().flatten() {
            let mut one = Self::default();
            let circle = member["$ref"].as_str().and_then(schema_name);
            let circle = circle.is_some_and(|name| seen.contains(name));
            if !one.all_of(whole, member, seen) {
                return false;
            }
            required = Some(match required {
                None => one.required.clone(),
                Some(all) => all.intersection(&one.required).cloned().collect(),
            });
            // An object that does not mention fields may have any.
            let free = !circle && one.properties.is_empty();
            if let Some(more) = one.more.take().or_else(|| free.then(|| json!({}))) {
                self.add_more(more);
            }
            for (name, property) in one.properties {
                self.add(whole, name, property);
            }
            self.unclear.extend(one.unclear);
        }
        self.required.extend(required.unwrap_or_default());
        self.troubled = true;
        true
    }

    /// Returns the object as one schema.
    pub(super) fn into_schema(self) -> Map<String, Value> {
        let mut schema = Map::from_iter([("type".to_owned(), json!("object"))]);
        if !self.properties.is_empty() {
            schema.insert("properties".into(), Value::Object(self.properties));
        }
        if !self.required.is_empty() {
            schema.insert("required".into(), json!(self.required));
        }
        if let Some(more) = self.more {
            schema.insert("additionalProperties".into(), more);
        }
        schema
    }

    /// Returns the fields, whether described or only required, and which of them are required.
    pub(super) fn into_parts(mut self) -> (Map<String, Value>, BTreeSet<String>) {
        for name in &self.required {
            let property = self.properties.entry(name.clone());
            property.or_insert_with(|| json!({}));
        }
        (self.properties, self.required)
    }

    fn own(&mut self, whole: &Value, schema: &Value) -> bool {
        let kind = schema["type"].as_str();
        if kind.is_some_and(|kind| kind != "object") || schema.get("enum").is_some() {
            return false;
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.add(whole, name.clone(), property.clone());
        }
        let names = schema["required"].as_array().into_iter().flatten();
        self.required
            .extend(names.filter_map(Value::as_str).map(str::to_owned));
        if let Some(more) = schema.get("additionalProperties")
            && *more != json!(false)
        {
            self.add_more(more.clone());
        }
        true
    }

    fn add_more(&mut self, more: Value) {
        // The generator would merge the schemas of additional properties, endlessly if they are
        // recursive.
        self.troubled = true;
        self.more = match self.more.take() {
            Some(other) if other != more => Some(json!({})),
            _ => Some(more),
        };
    }

    fn add(&mut self, whole: &Value, name: String, property: Value) {
        let Some(known) = self.properties.get(&name) else {
            self.properties.insert(name, property);
            return;
        };
        if *known == property {
            return;
        }
        self.troubled = true;
        let together = joined(whole, known, &property);
        if together.is_none() {
            self.unclear.push(name.clone());
        }
        self.properties
            .insert(name, together.unwrap_or_else(|| json!({})));
    }
}
