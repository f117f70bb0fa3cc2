//! The operations and models that a document offers to callers.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::types::{self, Shape, Type};
use crate::pipeline::document::resolve;
use crate::pipeline::normalize::reach::Reach;
use crate::pipeline::normalize::schemas::METHODS;

/// Headers that OpenAPI reserves; as parameters, they have no effect.
const RESERVED: [&str; 3] = ["Accept", "Authorization", "Content-Type"];

/// Everything that a caller of the generated crate can name.
#[derive(Debug)]
pub struct Surface {
    /// In the order of the document.
    pub operations: Vec<Operation>,
    /// The component schemas, in the order of the document.
    pub models: Vec<Model>,
    /// Parts that were left out, with their JSON paths.
    pub notes: Vec<String>,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// The operationId, or method and path if there is none.
    pub name: String,
    /// Upper-case method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// All of its parameters, including those of its path item.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// The success response.
    pub response: Type,
    /// The documentation, by place.
    pub words: Words,
}

/// A parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub location: String,
    /// Whether it is required.
    pub required: bool,
    /// Its type.
    pub ty: Type,
    /// The default value.
    pub default: Option<String>,
}

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// Whether it is required.
    pub required: bool,
    /// Its media type.
    pub media: String,
    /// Its type.
    pub ty: Type,
}

/// A component schema.
#[derive(Debug)]
pub struct Model {
    /// Its name in the document.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether a request reaches it.
    pub sent: bool,
    /// Whether a response reaches it.
    pub received: bool,
    /// The documentation, by place.
    pub words: Words,
}

/// Descriptions by place: every place that can have one, with its text or `None`.
pub type Words = BTreeMap<String, Option<String>>;

impl Surface {
    /// Reads a document that is OpenAPI 3.0 or has been converted to it.
    ///
    /// # Errors
    ///
    /// If a path item or an operation is malformed; the error names the JSON path.
    pub fn of(document: &Value, injected_headers: &[String]) -> Result<Self> {
        let mut notes = Vec::new();
        let mut operations = Vec::new();
        for (path, item) in mapping(document, "paths", "paths")? {
            let place = format!("paths['{path}']");
            let item = match item["$ref"].as_str() {
                Some(reference) => resolve(document, reference).with_context(|| {
                    format!("at `{place}.$ref`: `{reference}` leads to no path item")
                })?,
                None => item,
            };
            item.as_object()
                .with_context(|| format!("at `{place}`: this is not a mapping of methods"))?;
            for method in METHODS.iter().filter(|method| item.get(method).is_some()) {
                let place = format!("{place}.{method}");
                let mut reading = Reading {
                    document,
                    injected_headers,
                    notes: &mut notes,
                };
                operations.push(reading.operation(item, method, path, &place)?);
            }
        }
        let reach = Reach::of(document);
        let components = document.get("components").unwrap_or(&Value::Null);
        let mut models = Vec::new();
        for (name, schema) in mapping(components, "schemas", "components.schemas")? {
            models.push(Model {
                ty: types::read(document, schema),
                sent: reach.requests.contains(name),
                received: reach.responses.contains(name),
                words: words(schema),
                name: name.clone(),
            });
        }
        Ok(Self {
            operations,
            models,
            notes,
        })
    }
}

fn mapping<'a>(
    parent: &'a Value,
    key: &str,
    place: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>> {
    let map = match parent.get(key) {
        None | Some(Value::Null) => None,
        Some(value) => Some(
            value
                .as_object()
                .with_context(|| format!("at `{place}`: this is not a mapping"))?,
        ),
    };
    Ok(map.into_iter().flatten())
}

struct Reading<'a> {
    document: &'a Value,
    injected_headers: &'a [String],
    notes: &'a mut Vec<String>,
}

impl<'a> Reading<'a> {
    fn operation(
        &mut self,
        item: &'a Value,
        method: &str,
        path: &str,
        place: &str,
    ) -> Result<Operation> {
        let operation = &item[method];
        operation
            .as_object()
            .with_context(|| format!("at `{place}`: this is not an operation"))?;
        let upper = method.to_ascii_uppercase();
        let name = operation["operationId"].as_str().map(str::to_owned);
        let mut parameters: Vec<Parameter> = Vec::new();
        for (owner, place) in [
            (item, &format!("paths['{path}']")),
            (operation, &place.to_owned()),
        ] {
            for parameter in self.parameters(owner, place) {
                parameters.retain(|earlier| {
                    earlier.name != parameter.name || earlier.location != parameter.location
                });
                parameters.push(parameter);
            }
        }
        Ok(Operation {
            name: name.unwrap_or_else(|| format!("{upper} {path}")),
            method: upper,
            path: path.to_owned(),
            parameters,
            body: self.body(operation, place),
            response: self.response(operation, place),
            words: words(operation),
        })
    }

    /// Follows a `$ref`; a missing target is noted once.
    fn follow(&mut self, value: &'a Value, place: &str) -> Option<&'a Value> {
        let Some(reference) = value["$ref"].as_str() else {
            return Some(value);
        };
        let target = resolve(self.document, reference);
        let lost = format!("`{reference}` leads nowhere");
        if target.is_none() && !self.notes.iter().any(|note| note.ends_with(&lost)) {
            self.notes.push(format!("at `{place}`: {lost}"));
        }
        target
    }

    fn parameters(&mut self, owner: &'a Value, place: &str) -> Vec<Parameter> {
        let list = owner["parameters"].as_array();
        let mut found = Vec::new();
        for (index, parameter) in list.into_iter().flatten().enumerate() {
            let place = format!("{place}.parameters[{index}]");
            let Some(parameter) = self.follow(parameter, &place) else {
                found.extend(parameter["$ref"].as_str().map(unknown));
                continue;
            };
            let name = parameter["name"].as_str().unwrap_or_default();
            let location = parameter["in"].as_str().unwrap_or_default();
            let set_elsewhere = self
                .injected_headers
                .iter()
                .map(String::as_str)
                .chain(RESERVED)
                .any(|header| header.eq_ignore_ascii_case(name));
            if location == "header" && set_elsewhere {
                continue;
            }
            let schema = match &parameter["schema"] {
                Value::Null => preferred(&parameter["content"]).map(|(_, held)| &held["schema"]),
                schema => Some(schema),
            };
            let default = schema.and_then(|schema| schema.get("default"));
            found.push(Parameter {
                name: name.to_owned(),
                location: location.to_owned(),
                required: location == "path" || parameter["required"] == true,
                ty: types::read(self.document, schema.unwrap_or(&Value::Null)),
                default: default.map(|default| match default {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                }),
            });
        }
        found
    }

    fn body(&mut self, operation: &'a Value, place: &str) -> Option<Body> {
        let body = operation.get("requestBody")?;
        let body = self.follow(body, &format!("{place}.requestBody"))?;
        let (media, held) = preferred(&body["content"])?;
        let ty = match kind(media) {
            "bytes" => Type::plain("bytes"),
            "text" => Type::plain("string"),
            _ => types::read(self.document, &held["schema"]),
        };
        Some(Body {
            required: body["required"] == true,
            media: media.clone(),
            ty,
        })
    }

    /// Returns the type of a success: of every 2xx response, or of `default` if there is none.
    fn response(&mut self, operation: &'a Value, place: &str) -> Type {
        let responses = operation["responses"].as_object();
        let responses: Vec<(&'a String, &'a Value)> = responses.into_iter().flatten().collect();
        let success = |status: &str| status.starts_with('2');
        let some = responses.iter().any(|(status, _)| success(status));
        let mut found: Vec<Type> = Vec::new();
        for (status, response) in responses {
            if !(success(status) || (!some && status == "default")) {
                continue;
            }
            let place = format!("{place}.responses['{status}']");
            let Some(response) = self.follow(response, &place) else {
                continue;
            };
            let ty = match preferred(&response["content"]) {
                None => Type::plain("nothing"),
                Some((media, held)) if kind(media) == "fields" => {
                    types::read(self.document, &held["schema"])
                }
                Some(_) => Type::plain("bytes"),
            };
            if !found.contains(&ty) {
                found.push(ty);
            }
        }
        match found.len() {
            0 => Type::plain("nothing"),
            1 => found.remove(0),
            _ => Shape::Mix("one of", found).into(),
        }
    }
}

/// Guesses a parameter from the name of a reference without a target.
///
/// Documents that are merged share parameters. If only one of them is compared, added and removed
/// parameters must still show.
fn unknown(reference: &str) -> Parameter {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    Parameter {
        name: name.to_owned(),
        location: "not in this document".to_owned(),
        required: false,
        ty: Type::plain("of unknown type"),
        default: None,
    }
}

/// Returns the media type that generated code uses: JSON if there is any, else the first.
fn preferred(content: &Value) -> Option<(&String, &Value)> {
    let content = content.as_object()?;
    let mut media = content.iter();
    media
        .find(|(media, _)| is_json(media))
        .or_else(|| content.iter().next())
}

fn is_json(media: &str) -> bool {
    let bare = media.split(';').next().unwrap_or_default().trim();
    bare.ends_with("/json") || bare.ends_with("+json")
}

/// Returns how a media type is handled: as a value with `fields`, as `parts`, as `text` or as
/// `bytes`.
#[must_use]
pub fn kind(media: &str) -> &'static str {
    match media.split(';').next().unwrap_or_default().trim() {
        _ if is_json(media) => "fields",
        "application/x-www-form-urlencoded" => "fields",
        "multipart/form-data" => "parts",
        text if text.starts_with("text/") => "text",
        _ => "bytes",
    }
}

/// Collects summaries and descriptions; items of a list are identified by name.
fn words(value: &Value) -> Words {
    let mut words = Words::new();
    collect(value, String::new(), &mut words);
    words
}

fn collect(value: &Value, place: String, words: &mut Words) {
    match value {
        Value::Object(map) => {
            let said: BTreeSet<&str> = ["summary", "description"]
                .iter()
                .filter_map(|key| map.get(*key).and_then(Value::as_str))
                .collect();
            let text = said.into_iter().collect::<Vec<_>>().join("\n");
            for (key, inner) in map {
                if !matches!(key.as_str(), "example" | "examples" | "default") {
                    collect(inner, format!("{place}.{key}"), words);
                }
            }
            words.insert(place, (!text.is_empty()).then_some(text));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let name = ["name", "$ref"]
                    .iter()
                    .find_map(|key| item.get(key).and_then(Value::as_str));
                let name = name.map_or_else(|| index.to_string(), str::to_owned);
                collect(item, format!("{place}[{name}]"), words);
            }
        }
        _ => {}
    }
}
