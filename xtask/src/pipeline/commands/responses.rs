//! Describes the responses of read operations for `citrix-cloud verify`, which compares them with a
//! real service.
//!
//! The format is lines of text, which the program reads only for that command: `response ID STATUS
//! TYPE`, `object NAME { field:TYPE field?:TYPE }`, `either` in place of `object` if fields come in
//! two casings, and `enum NAME = A | B`. A `?` after a field means that it may be absent, a `?`
//! before a type that it may be null. `[]` and `{}` are lists and maps.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::pipeline::document::resolve;
use crate::pipeline::facts::Facts;
use crate::pipeline::normalize::schemas::METHODS;

/// The end of the path of an operation that only searches, whatever its method.
const SEARCH: &str = "/$search";

/// The separator between the values of an enum.
const BETWEEN_VALUES: &str = " | ";

/// The responses of one document, and the models that they reach.
#[derive(Debug, Default)]
pub struct Responses {
    service: String,
    operations: BTreeMap<String, String>,
    models: BTreeMap<String, String>,
}

impl Responses {
    /// Reads the document of a service, before it is normalized.
    ///
    /// # Errors
    ///
    /// If the lines cannot express a part of the document; the error names it.
    pub fn of(service: &str, document: &Value, facts: &Facts) -> Result<Self> {
        let mut reading = Reading {
            document,
            facts,
            responses: Self {
                service: service.to_owned(),
                ..Self::default()
            },
            open: Vec::new(),
        };
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in METHODS.iter().filter(|it| reads(it, path)) {
                if let Some(operation) = item.get(*method) {
                    let id = operation["operationId"].as_str().unwrap_or_default();
                    reading.operation(id, operation).context(id.to_owned())?;
                }
            }
        }
        while let Some(name) = reading.open.pop() {
            reading.model(&name).context(name)?;
        }
        Ok(reading.responses)
    }

    /// Returns the lines of the service.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut text = format!("service {}\n", self.service);
        for line in self.operations.values().chain(self.models.values()) {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

fn reads(method: &str, path: &str) -> bool {
    let searches = path.to_ascii_lowercase().ends_with(SEARCH);
    method == "get" || (method == "post" && searches)
}

struct Reading<'a> {
    document: &'a Value,
    facts: &'a Facts,
    responses: Responses,
    open: Vec<String>,
}

impl<'a> Reading<'a> {
    fn operation(&mut self, id: &str, operation: &'a Value) -> Result<()> {
        let responses = operation["responses"].as_object().into_iter().flatten();
        for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
            let response = self.referred(response)?;
            let mut contents = response["content"].as_object().into_iter().flatten();
            let ty = match contents.next() {
                Some((_, content)) => self.ty(&content["schema"], &format!("{id}.response"))?,
                None => "none".to_owned(),
            };
            let line = format!("response {id} {status} {ty}");
            let key = format!("{id} {status}");
            self.responses.operations.insert(key, line);
        }
        Ok(())
    }

    fn referred(&self, value: &'a Value) -> Result<&'a Value> {
        match value["$ref"].as_str() {
            None => Ok(value),
            Some(reference) => resolve(self.document, reference)
                .with_context(|| format!("`{reference}` refers to nothing")),
        }
    }

    fn model(&mut self, name: &str) -> Result<()> {
        if self.responses.models.contains_key(name) {
            return Ok(());
        }
        let schema = &self.document["components"]["schemas"][name];
        ensure!(schema.is_object(), "there is no such model");
        self.define(name, schema)
    }

    /// Writes the line of a model.
    fn define(&mut self, name: &str, schema: &'a Value) -> Result<()> {
        // Inserted before its fields are read, so that a model that refers to itself ends the
        // recursion.
        self.responses.models.insert(name.to_owned(), String::new());
        let line = match (&schema["enum"], &schema["properties"]) {
            (Value::Array(values), _) if schema["type"] == "string" => {
                let values = values.iter().filter_map(Value::as_str);
                let values: Vec<&str> = values.collect();
                let clear = values.iter().all(|it| !it.contains(BETWEEN_VALUES));
                ensure!(clear, "a value contains `{BETWEEN_VALUES}`");
                format!("enum {name} = {}", values.join(BETWEEN_VALUES))
            }
            (_, Value::Object(_)) => self.object(name, schema)?,
            _ => format!("is {name} {}", self.plain(schema, name)?),
        };
        self.responses.models.insert(name.to_owned(), line);
        Ok(())
    }

    fn object(&mut self, name: &str, schema: &'a Value) -> Result<String> {
        let word = match self.facts.is_either_casing(name) {
            true => "either",
            false => "object",
        };
        let mut line = format!("{word} {name} {{");
        let required = schema["required"].as_array();
        let required = |name: &str| required.is_some_and(|it| it.iter().any(|it| it == name));
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let spoken = field.contains([' ', ':']) || field.ends_with('?');
            ensure!(!spoken, "the line has no word for the name `{field}`");
            if property["writeOnly"] == true {
                continue;
            }
            let absent = if required(field) { "" } else { "?" };
            let ty = self.ty(property, &format!("{name}.{field}"))?;
            write!(line, " {field}{absent}:{ty}")?;
        }
        let others = &schema["additionalProperties"];
        if others.is_object() || *others == true {
            write!(line, " *:{}", self.ty(others, &format!("{name}.*"))?)?;
        }
        line.push_str(" }");
        Ok(line)
    }

    /// Returns the type of a schema; one that needs a line of its own is called `name`.
    fn ty(&mut self, schema: &'a Value, name: &str) -> Result<String> {
        let null = if schema["nullable"] == true { "?" } else { "" };
        if let Some(reference) = schema["$ref"].as_str() {
            let model = reference.rsplit('/').next().unwrap_or_default();
            self.open.push(model.to_owned());
            return Ok(format!("{null}{model}"));
        }
        for wrapper in ["oneOf", "anyOf"] {
            let combined = schema[wrapper].is_array();
            ensure!(!combined, "{name}: the lines have no word for `{wrapper}`");
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let [part] = parts.as_slice() else {
                anyhow::bail!("{name}: the lines have no word for several models in one");
            };
            let inner = self.ty(part, name)?;
            return Ok(match inner.starts_with('?') {
                true => inner,
                false => format!("{null}{inner}"),
            });
        }
        if schema["enum"].is_array() && schema["type"] == "string"
            || schema["properties"].is_object()
        {
            self.define(name, schema)?;
            return Ok(format!("{null}{name}"));
        }
        Ok(format!("{null}{}", self.plain(schema, name)?))
    }

    fn plain(&mut self, schema: &'a Value, name: &str) -> Result<String> {
        let format = schema["format"].as_str();
        Ok(match (schema["type"].as_str(), format) {
            (Some("string"), Some("date-time")) => "date-time".to_owned(),
            (Some("string"), Some("uuid")) => "uuid".to_owned(),
            (Some("string"), _) => "string".to_owned(),
            (Some("integer"), _) => "integer".to_owned(),
            (Some("number"), _) => "number".to_owned(),
            (Some("boolean"), _) => "boolean".to_owned(),
            (Some("array"), _) => {
                format!("[]{}", self.ty(&schema["items"], &format!("{name}.item"))?)
            }
            (Some("object"), _) => {
                let values = &schema["additionalProperties"];
                match values.is_object() {
                    true => format!("{{}}{}", self.ty(values, &format!("{name}.*"))?),
                    false => "{}any".to_owned(),
                }
            }
            _ => "any".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn responses_and_the_models_that_they_reach_are_lines() {
        let content = |schema: Value| json!({ "application/json": { "schema": schema } });
        let document = json!({
            "paths": {
                "/Things": {
                    "get": {
                        "operationId": "ListThings",
                        "responses": {
                            "200": { "content": content(json!({
                                "type": "object",
                                "properties": {
                                    "Items": { "type": "array", "items": {
                                        "$ref": "#/components/schemas/Thing",
                                    } },
                                },
                                "required": ["Items"],
                            })) },
                            "204": {},
                            "default": { "content": content(json!({ "type": "string" })) },
                        },
                    },
                    "post": { "operationId": "CreateThing", "responses": { "200": {} } },
                },
                "/Things/$search": {
                    "post": { "operationId": "SearchThings", "responses": { "200": { "content":
                        content(json!({ "type": "array", "items": { "type": "number" } })),
                    } } },
                },
            },
            "components": { "schemas": {
                "Thing": { "type": "object", "properties": {
                    "Made": { "type": "string", "format": "date-time", "nullable": true },
                    "State": { "allOf": [{ "$ref": "#/components/schemas/State" }], "nullable": true },
                    "Inside": { "$ref": "#/components/schemas/Thing" },
                    "Names": { "type": "object", "additionalProperties": { "type": "string" } },
                    "Kind": { "type": "string", "enum": ["A", "B"] },
                    "Secret": { "type": "string", "writeOnly": true },
                }, "required": ["Kind"] },
                "State": { "type": "string", "enum": ["On", "Off"] },
                "Unreached": { "type": "string" },
            } },
        });
        let expected = "\
service daas
response ListThings 200 ListThings.response
response ListThings 204 none
response SearchThings 200 []number
object ListThings.response { Items:[]Thing }
enum State = On | Off
object Thing { Made?:?date-time State?:?State Inside?:Thing Names?:{}string Kind:Thing.Kind }
enum Thing.Kind = A | B
";
        let responses = Responses::of("daas", &document, &Facts::default()).unwrap();
        assert_eq!(responses.lines(), expected);
    }

    #[test]
    fn responses_that_the_lines_cannot_express_are_an_error() {
        let document = json!({
            "paths": { "/A": { "get": { "operationId": "GetA", "responses": { "200": { "content": {
                "application/json": { "schema": { "oneOf": [{ "type": "string" }] } },
            } } } } } },
        });
        let words = format!(
            "{:#}",
            Responses::of("daas", &document, &Facts::default()).unwrap_err()
        );
        assert!(words.contains("GetA") && words.contains("oneOf"), "{words}");
    }
}
