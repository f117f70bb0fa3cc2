//! The generated type of a schema, as far as callers can tell.
//!
//! Bounds, patterns and most formats do not count, because normalization drops them.

use std::fmt;

use serde_json::{Map, Value};

use crate::pipeline::document::{resolve, schema_name};

/// The type of a field, parameter, body or response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// Whether the document allows null.
    pub nullable: bool,
    /// The type apart from null.
    pub shape: Shape,
}

/// The structure of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A model, by its name in `components.schemas`.
    Named(String),
    /// A type without parts: `string`, `integer`, `bytes`, `JSON`.
    Plain(&'static str),
    /// An enum of texts.
    Values(Vec<String>),
    /// An array.
    List(Box<Type>),
    /// An object whose keys the document does not list.
    Map(Box<Type>),
    /// An object with fields, by name.
    Record(Vec<Field>),
    /// Alternatives, or parts that do not form one object: the keyword and the members.
    Mix(&'static str, Vec<Type>),
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name on the wire.
    pub name: String,
    /// Whether the document requires it.
    pub required: bool,
    /// Its type.
    pub ty: Type,
}

impl Type {
    /// Returns a type without parts that is never null.
    #[must_use]
    pub fn plain(word: &'static str) -> Self {
        Shape::Plain(word).into()
    }

    /// Returns whether generated code reads a missing value as an empty collection rather than as
    /// `None`.
    #[must_use]
    pub fn is_collection(&self) -> bool {
        matches!(self.shape, Shape::List(_) | Shape::Map(_))
    }

    /// Returns a short description of the type.
    #[must_use]
    pub fn in_short(&self) -> String {
        let counted = |count: usize, word: &str| {
            let end = if count == 1 { "" } else { "s" };
            format!("{count} {word}{end}")
        };
        match &self.shape {
            Shape::Record(fields) => counted(fields.len(), "field"),
            Shape::Values(values) => format!("enum of {}", counted(values.len(), "value")),
            _ => self.to_string(),
        }
    }
}

impl From<Shape> for Type {
    fn from(shape: Shape) -> Self {
        Self {
            nullable: false,
            shape,
        }
    }
}

/// Reads a schema; a `$ref` to a model becomes its name.
#[must_use]
pub fn read(document: &Value, schema: &Value) -> Type {
    Reader {
        document,
        trail: Vec::new(),
    }
    .read(schema)
}

struct Reader<'a> {
    document: &'a Value,
    /// The references that are being followed, to detect cycles.
    trail: Vec<String>,
}

/// Keywords that define a value, rather than describe it.
const TELLING: [&str; 9] = [
    "$ref",
    "type",
    "properties",
    "items",
    "enum",
    "allOf",
    "oneOf",
    "anyOf",
    "additionalProperties",
];

impl Reader<'_> {
    fn read(&mut self, schema: &Value) -> Type {
        let Some(map) = schema.as_object() else {
            return Type::plain("JSON");
        };
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            return match schema_name(reference).filter(|name| !name.contains('/')) {
                Some(name) => Shape::Named(name.to_owned()).into(),
                None => self
                    .written_out(reference, Self::read)
                    .unwrap_or_else(|| Shape::Named(reference.to_owned()).into()),
            };
        }
        let mut found = self.by_keys(map);
        let listed_null = map
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| values.iter().any(Value::is_null));
        found.nullable |= listed_null || map.get("nullable") == Some(&Value::Bool(true));
        found
    }

    fn by_keys(&mut self, map: &Map<String, Value>) -> Type {
        if map.get("format").is_some_and(|format| format == "password") {
            return Type::plain("secret");
        }
        if let Some(values) = texts(map) {
            return Shape::Values(values).into();
        }
        let mut parts: Vec<Type> = Vec::new();
        if let Some(members) = map.get("allOf").and_then(Value::as_array) {
            let members: Vec<&Value> = members.iter().filter(|member| tells(member)).collect();
            match (members.as_slice(), map.contains_key("properties")) {
                ([only], false) => parts.push(self.read(only)),
                ([], _) => {}
                (several, _) => return self.merged(map, several),
            }
        }
        for (key, word) in [("oneOf", "one of"), ("anyOf", "any of")] {
            if let Some(members) = map.get(key).and_then(Value::as_array) {
                let mut members: Vec<Type> =
                    members.iter().map(|member| self.read(member)).collect();
                members.dedup();
                match members.len() {
                    0 => {}
                    1 => parts.append(&mut members),
                    _ => parts.push(Shape::Mix(word, members).into()),
                }
            }
        }
        if map
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|fields| !fields.is_empty())
        {
            parts.push(Shape::Record(self.fields(map)).into());
        }
        match parts.len() {
            0 => self.by_type(map),
            1 => parts.remove(0),
            _ => Shape::Mix("all of", parts).into(),
        }
    }

    fn by_type(&mut self, map: &Map<String, Value>) -> Type {
        let kind = map.get("type").and_then(Value::as_str);
        match kind {
            Some("array") => Shape::List(Box::new(self.inner(map, "items"))).into(),
            Some("object") => Shape::Map(Box::new(self.inner(map, "additionalProperties"))).into(),
            Some("string") if map.get("format").is_some_and(|format| format == "binary") => {
                Type::plain("bytes")
            }
            Some("string") => Type::plain("string"),
            Some("integer") => Type::plain("integer"),
            Some("number") => Type::plain("number"),
            Some("boolean") => Type::plain("boolean"),
            _ if map.contains_key("items") => {
                Shape::List(Box::new(self.inner(map, "items"))).into()
            }
            _ if map
                .get("additionalProperties")
                .is_some_and(Value::is_object) =>
            {
                Shape::Map(Box::new(self.inner(map, "additionalProperties"))).into()
            }
            _ => Type::plain("JSON"),
        }
    }

    fn inner(&mut self, map: &Map<String, Value>, key: &str) -> Type {
        self.read(map.get(key).unwrap_or(&Value::Null))
    }

    /// Returns the fields of an object by name; `*` stands for unlisted ones.
    fn fields(&mut self, map: &Map<String, Value>) -> Vec<Field> {
        let required = |name: &str| {
            let list = map.get("required").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|entry| entry == name))
        };
        let listed = map.get("properties").and_then(Value::as_object);
        let mut fields: Vec<Field> = Vec::new();
        for (name, schema) in listed.into_iter().flatten() {
            fields.push(Field {
                required: required(name),
                ty: self.read(schema),
                name: name.clone(),
            });
        }
        let others = map.get("additionalProperties");
        if others.is_some_and(|others| others.as_object().is_some_and(|map| !map.is_empty())) {
            fields.push(Field {
                name: "*".to_owned(),
                required: false,
                ty: self.inner(map, "additionalProperties"),
            });
        }
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        fields
    }

    /// Returns the single object that `allOf` stands for, if all members are objects.
    fn merged(&mut self, map: &Map<String, Value>, members: &[&Value]) -> Type {
        let mut fields = self.fields(map);
        let mut required: Vec<String> = names(map);
        for member in members {
            let found = match member.get("$ref").and_then(Value::as_str) {
                Some(reference) => self.written_out(reference, Self::read),
                None => Some(self.read(member)),
            };
            match found.map(|found| found.shape) {
                Some(Shape::Record(more)) => {
                    fields.retain(|field| more.iter().all(|other| other.name != field.name));
                    fields.extend(more);
                }
                // A member may only make fields of the others required.
                Some(Shape::Map(_)) => {}
                _ => {
                    let parts = members.iter().map(|member| self.read(member)).collect();
                    return Shape::Mix("all of", parts).into();
                }
            }
            required.extend(member.as_object().map(names).unwrap_or_default());
        }
        for field in &mut fields {
            field.required |= required.contains(&field.name);
        }
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        if fields.is_empty() {
            return Shape::Map(Box::new(Type::plain("JSON"))).into();
        }
        Shape::Record(fields).into()
    }

    /// Returns the target of a reference, unless it is missing or part of a cycle.
    fn written_out(
        &mut self,
        reference: &str,
        read: impl FnOnce(&mut Self, &Value) -> Type,
    ) -> Option<Type> {
        if self.trail.iter().any(|earlier| earlier == reference) {
            return None;
        }
        let target = resolve(self.document, reference)?;
        self.trail.push(reference.to_owned());
        let found = read(self, target);
        self.trail.pop();
        Some(found)
    }
}

fn tells(schema: &Value) -> bool {
    TELLING.iter().any(|key| schema.get(key).is_some()) || schema.get("required").is_some()
}

fn names(map: &Map<String, Value>) -> Vec<String> {
    let list = map.get("required").and_then(Value::as_array);
    let names = list.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// Returns the values of an enum of texts; enums of other values are not types of their own.
fn texts(map: &Map<String, Value>) -> Option<Vec<String>> {
    let values = map.get("enum")?.as_array()?;
    let mut texts = Vec::new();
    for value in values.iter().filter(|value| !value.is_null()) {
        texts.push(value.as_str()?.to_owned());
    }
    texts.sort();
    texts.dedup();
    (!texts.is_empty()).then_some(texts)
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shape {
            Shape::Named(name) => f.write_str(name)?,
            Shape::Plain(word) => f.write_str(word)?,
            Shape::Values(values) => write!(f, "enum ({})", values.join(", "))?,
            Shape::List(item) => write!(f, "list of {item}")?,
            Shape::Map(value) => write!(f, "map of {value}")?,
            Shape::Record(fields) => {
                let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                write!(f, "object ({})", names.join(", "))?;
            }
            Shape::Mix(word, members) => {
                let members: Vec<String> = members.iter().map(ToString::to_string).collect();
                write!(f, "{word} ({})", members.join(", "))?;
            }
        }
        f.write_str(if self.nullable { " or null" } else { "" })
    }
}
