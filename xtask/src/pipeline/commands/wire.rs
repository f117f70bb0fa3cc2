//! Reads parameters and bodies from a document, before it is normalized.

use std::collections::btree_map::{BTreeMap, Entry};

use serde_json::{Map, Value, json};

use crate::pipeline::document::{references, resolve};
use crate::pipeline::handles::docs::one_line;
use crate::pipeline::normalize::schemas::METHODS;

/// The values that a parameter accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kind {
    /// The type of one value.
    pub form: Form,
    /// Whether several values are allowed.
    pub many: bool,
    /// The values that the document lists.
    pub values: Vec<String>,
}

/// The type of one value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
}

/// The schemas of parameters and bodies, and of the models that bodies reach.
#[derive(Debug, Default)]
pub struct Wire {
    kinds: BTreeMap<(String, String), Kind>,
    bodies: BTreeMap<String, String>,
    models: BTreeMap<String, Value>,
}

impl Wire {
    /// Reads a document.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let mut wire = Self::default();
        let mut reached = Vec::new();
        for (_, item) in document["paths"].as_object().into_iter().flatten() {
            let shared = item["parameters"].as_array().into_iter().flatten();
            let shared: Vec<&Value> = shared.collect();
            for operation in METHODS.iter().filter_map(|method| item.get(*method)) {
                let id = operation["operationId"].as_str().unwrap_or_default();
                let own = operation["parameters"].as_array().into_iter().flatten();
                for parameter in own.chain(shared.iter().copied()) {
                    let parameter = referred(document, parameter);
                    let name = parameter["name"].as_str().unwrap_or_default();
                    let key = (id.to_owned(), name.to_owned());
                    let kind = kind(document, &parameter["schema"]);
                    wire.kinds.entry(key).or_insert(kind);
                }
                let body = referred(document, &operation["requestBody"]);
                let mut contents = body["content"].as_object().into_iter().flatten();
                if let Some((_, content)) = contents.next() {
                    let schema = &content["schema"];
                    let model = schema["$ref"].as_str().and_then(last).map(str::to_owned);
                    // A body without a name gets one that no model can have.
                    let model = model.unwrap_or_else(|| {
                        let name = format!("{id} body");
                        wire.models.insert(name.clone(), slim(schema));
                        reached.extend(references(schema));
                        name
                    });
                    reached.push(model.clone());
                    wire.bodies.insert(id.to_owned(), model);
                }
            }
        }
        let schemas = &document["components"]["schemas"];
        while let Some(name) = reached.pop() {
            let schema = &schemas[&name];
            if let Entry::Vacant(place) = wire.models.entry(name) {
                place.insert(slim(schema));
                reached.extend(references(schema));
            }
        }
        wire
    }

    /// Returns the values that a parameter accepts; any text, if the document has no schema.
    #[must_use]
    pub fn kind(&self, operation: &str, parameter: &str) -> Kind {
        let key = (operation.to_owned(), parameter.to_owned());
        self.kinds.get(&key).cloned().unwrap_or_default()
    }

    /// Returns the model of an operation's body.
    #[must_use]
    pub fn body(&self, operation: &str) -> Option<&str> {
        self.bodies.get(operation).map(String::as_str)
    }

    /// Returns the models that bodies reach, as JSON Schema, by name.
    pub fn models(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.models
            .iter()
            .map(|(name, model)| (name.as_str(), model))
    }
}

fn referred<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value["$ref"].as_str();
    reference
        .and_then(|it| resolve(document, it))
        .unwrap_or(value)
}

fn last(reference: &str) -> Option<&str> {
    reference.rsplit('/').next()
}

fn kind(document: &Value, schema: &Value) -> Kind {
    let schema = whole(document, schema);
    if schema["type"] == "array" {
        return Kind {
            many: true,
            ..kind(document, &schema["items"])
        };
    }
    let values = schema["enum"].as_array().into_iter().flatten();
    Kind {
        form: match schema["type"].as_str() {
            Some("integer") => Form::Integer,
            Some("boolean") => Form::Boolean,
            _ => Form::Text,
        },
        many: false,
        values: values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    }
}

/// Resolves a schema's references and single-member wrappers.
fn whole<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = referred(document, schema);
    match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([one]) => referred(document, one),
        _ => schema,
    }
}

/// Keeps the parts of a schema that constrain values, as JSON Schema, where null is one of the
/// types.
fn slim(schema: &Value) -> Value {
    let Some(map) = schema.as_object() else {
        return schema.clone();
    };
    let mut slim_map = Map::new();
    for (key, value) in map {
        let kept = match key.as_str() {
            "type" | "format" | "enum" | "required" | "default" | "minimum" | "maximum"
            | "maxLength" | "minLength" | "pattern" => value.clone(),
            "description" => match value.as_str() {
                Some(text) => Value::from(one_line(text)),
                None => continue,
            },
            "$ref" => match value.as_str().and_then(last) {
                Some(name) => Value::from(format!("#/$defs/{name}")),
                None => continue,
            },
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let properties = properties.filter(|(_, it)| it["readOnly"] != true);
                let slim = properties.map(|(name, it)| (name.clone(), slim(it)));
                Value::Object(slim.collect())
            }
            "items" | "additionalProperties" => slim(value),
            "allOf" | "oneOf" | "anyOf" => {
                let list = value.as_array().into_iter().flatten();
                Value::Array(list.map(slim).collect())
            }
            _ => continue,
        };
        slim_map.insert(key.clone(), kept);
    }
    if map.get("nullable") == Some(&Value::Bool(true)) {
        return or_null(slim_map);
    }
    Value::Object(slim_map)
}

fn or_null(mut schema: Map<String, Value>) -> Value {
    match schema.get("type").cloned() {
        Some(ty) => {
            schema.insert("type".to_owned(), json!([ty, "null"]));
            if let Some(Value::Array(values)) = schema.get_mut("enum")
                && !values.contains(&Value::Null)
            {
                values.push(Value::Null);
            }
            Value::Object(schema)
        }
        None => {
            let description = schema.remove("description");
            let mut either = json!({ "anyOf": [schema, { "type": "null" }] });
            if let Some(description) = description {
                either["description"] = description;
            }
            either
        }
    }
}
