//! Builds a body from a file and from `--set Name=value`.

use serde_json::{Map, Value};

use super::check::{self, Problem};
use super::described::Body;
use super::schema::{may_be_null, model, type_of, whole};
use super::{Chosen, tree};
use crate::exit::Failure;
use crate::near::near;
use crate::source::Source;

/// The maximum number of problems that an error lists.
const TOLD: usize = 10;

impl Chosen {
    /// Builds the body to send from the arguments.
    ///
    /// # Errors
    ///
    /// If a part cannot be parsed, does not fit its model, or is missing.
    pub(super) fn body(&self) -> Result<Option<String>, Failure> {
        let Some(described) = &self.operation.body else {
            return Ok(None);
        };
        let file = tree::file(&self.given, "body");
        let base = match (&self.body, file) {
            (None, None) => None,
            (Some(body), _) => Some(body.clone()),
            (None, Some(source)) => Some(json(source)?),
        };
        let validated = !self.flag("no-validate");
        let properties = self.properties()?;
        if let (Some(source), Some(base), true) = (file, &base, validated) {
            let problems = check::body(described.model, base);
            // `--set` may add what is missing.
            let known = |it: &&Problem| properties.is_empty() || !it.is_missing();
            refuse(self, source, problems.iter().filter(known))?;
        }
        let built = build(described.model, base, &properties, validated)
            .map_err(|words| Failure::Usage(format!("{words}; nothing was sent")))?;
        let Some(body) = built else {
            return without(described);
        };
        if validated {
            let problems = check::body(described.model, &body);
            let missing = problems.iter().filter(|it| it.is_missing());
            match file {
                Some(source) => refuse(self, source, missing)?,
                None => needed(missing)?,
            }
        }
        Ok(Some(body.to_string()))
    }

    /// Parses the arguments of `--set` by name.
    fn properties(&self) -> Result<Vec<(String, String)>, Failure> {
        let given = self.given.get_many::<String>("set").into_iter().flatten();
        let pairs = given.map(|pair| match pair.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => Err(Failure::Usage(format!(
                "--set {pair}: write a name, `=` and a value; nothing was sent"
            ))),
        });
        pairs.collect()
    }
}

/// Parses the JSON of a file.
fn json(source: &Source) -> Result<Value, Failure> {
    let refused = |words| Failure::Usage(format!("--body {source}: {words}; nothing was sent"));
    let text = source.read().map_err(refused)?;
    serde_json::from_str(&text).map_err(|error| refused(format!("not valid JSON: {error}")))
}

/// Handles a missing body: it is omitted if it is optional.
fn without(described: &Body) -> Result<Option<String>, Failure> {
    match described.required {
        true => Err(Failure::Usage(
            "a body is needed: give its properties with --set NAME=VALUE or the whole body with --body \
             FILE; --schema describes it; nothing was sent"
                .to_owned(),
        )),
        false => Ok(None),
    }
}

/// Rejects a file because of problems, if there are any.
fn refuse<'a>(
    chosen: &Chosen,
    source: &Source,
    problems: impl Iterator<Item = &'a Problem>,
) -> Result<(), Failure> {
    let words: Vec<String> = problems.map(|it| it.words("")).collect();
    match words.is_empty() {
        true => Ok(()),
        false => Err(Failure::Usage(format!(
            "--body {source}: {}; nothing was sent; `citrix-cloud {} --schema` shows what the body has, and \
             --no-validate sends it as it is",
            listed_briefly(&words),
            chosen.operation.command(),
        ))),
    }
}

/// Rejects a body made by `--set` alone that lacks something.
fn needed<'a>(missing: impl Iterator<Item = &'a Problem>) -> Result<(), Failure> {
    let names: Vec<String> = missing.map(|it| format!("`{}`", it.path)).collect();
    match names.is_empty() {
        true => Ok(()),
        false => Err(Failure::Usage(format!(
            "the body needs {}; set each with --set; nothing was sent",
            listed_briefly(&names)
        ))),
    }
}

/// Lists the first of several things, and the number of the others.
fn listed_briefly(words: &[String]) -> String {
    let (first, more) = words.split_at(words.len().min(TOLD));
    match more.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Builds a body of `model`: `base`, or an empty object, with `properties` set. Returns nothing if neither is given. A
/// body that is not validated accepts properties that its model does not have.
///
/// # Errors
///
/// A message that names the property and the problem.
fn build(
    model_name: &str,
    base: Option<Value>,
    properties: &[(String, String)],
    validated: bool,
) -> Result<Option<Value>, String> {
    if base.is_none() && properties.is_empty() {
        return Ok(None);
    }
    let schema = model(model_name).unwrap_or_default();
    let model_name = validated.then_some(model_name);
    let mut body = base.unwrap_or_else(|| Value::Object(Map::new()));
    for (path, text) in properties {
        let parts: Vec<&str> = path.split('.').collect();
        set(&mut body, &schema, &parts, text, model_name)
            .map_err(|words| format!("--set {path}: {words}"))?;
    }
    Ok(Some(body))
}

/// Sets the value at a path; without a model, undocumented properties too.
fn set(
    at: &mut Value,
    schema: &Value,
    path: &[&str],
    text: &str,
    model_name: Option<&str>,
) -> Result<(), String> {
    let Some((name, rest)) = path.split_first() else {
        return put(at, schema, text);
    };
    let schema = whole(schema);
    match type_of(&schema) {
        "array" => {
            let index: usize = name
                .parse()
                .map_err(|_| format!("a list, so `{name}` must be an index, starting at 0"))?;
            let list = list(at)?;
            if index > list.len() {
                return Err(format!(
                    "item {index} comes before there is an item {}",
                    list.len()
                ));
            }
            if index == list.len() {
                list.push(Value::Null);
            }
            set(&mut list[index], &schema["items"], rest, text, model_name)
        }
        "object" | "" => {
            let (name, property) = property(&schema, name, model_name)?;
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            let object = at
                .as_object_mut()
                .ok_or("not an object, so it has no properties")?;
            let value = object.entry(name).or_insert(Value::Null);
            set(value, &property, rest, text, model_name)
        }
        other => Err(format!("a {other}, which has no `{name}`")),
    }
}

fn list(at: &mut Value) -> Result<&mut Vec<Value>, String> {
    if at.is_null() {
        *at = Value::Array(Vec::new());
    }
    at.as_array_mut().ok_or_else(|| "no list".to_owned())
}

/// Returns a property by its case-insensitive name, with its schema. An object with arbitrary properties accepts all
/// names.
fn property(
    schema: &Value,
    name: &str,
    model_name: Option<&str>,
) -> Result<(String, Value), String> {
    let known = schema["properties"].as_object();
    let mut named = known.into_iter().flatten();
    if let Some((wire, schema)) = named.find(|(wire, _)| wire.eq_ignore_ascii_case(name)) {
        return Ok((wire.clone(), schema.clone()));
    }
    let others = &schema["additionalProperties"];
    if known.is_none() || others.is_object() || others == true {
        return Ok((name.to_owned(), others.clone()));
    }
    let Some(model_name) = model_name else {
        return Ok((name.to_owned(), Value::Null));
    };
    let names = known.into_iter().flatten().map(|(name, _)| name.as_str());
    let alike = near(name, names);
    let suggestion = match alike.is_empty() {
        true => "--schema lists them".to_owned(),
        false => format!("did you mean {}?", alike.join(", ")),
    };
    Err(format!("{model_name} has no `{name}`; {suggestion}"))
}

/// Stores a value; a list is extended by it.
fn put(at: &mut Value, schema: &Value, text: &str) -> Result<(), String> {
    let nullable = may_be_null(schema);
    let schema = whole(schema);
    if text == "null" && (nullable || type_of(&schema) != "string") {
        *at = Value::Null;
        return Ok(());
    }
    if type_of(&schema) == "array" && !text.starts_with('[') {
        let item = value(&schema["items"], text)?;
        list(at)?.push(item);
        return Ok(());
    }
    *at = value(&schema, text)?;
    Ok(())
}

fn value(schema: &Value, text: &str) -> Result<Value, String> {
    let schema = whole(schema);
    let json = || serde_json::from_str::<Value>(text);
    match type_of(&schema) {
        "integer" => match text.parse::<i64>() {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(format!("`{text}` is not a whole number")),
        },
        "number" => match json() {
            Ok(Value::Number(number)) => Ok(Value::Number(number)),
            _ => Err(format!("`{text}` is not a number")),
        },
        "boolean" => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(format!("`{text}` is neither true nor false")),
        },
        "string" => {
            // Text in JSON quotes is used unchanged, even `null` and unlisted values.
            if let Ok(Value::String(quoted)) = json() {
                return Ok(quoted.into());
            }
            one_of(&schema, text)
        }
        "array" | "object" => json().map_err(|error| format!("not valid JSON: {error}")),
        _ => Ok(json().unwrap_or_else(|_| text.into())),
    }
}

/// Returns the text unchanged, or one of the listed values in its own spelling.
fn one_of(schema: &Value, text: &str) -> Result<Value, String> {
    let Some(values) = schema["enum"].as_array() else {
        return Ok(text.into());
    };
    let mut known = values.iter().filter_map(Value::as_str);
    if let Some(value) = known.clone().find(|it| it.eq_ignore_ascii_case(text)) {
        return Ok(value.into());
    }
    let alike = near(text, known.clone());
    let offered = match alike.is_empty() {
        true => known.by_ref().collect::<Vec<_>>().join(", "),
        false => alike.join(", "),
    };
    Err(format!(
        "`{text}` is not one of the documented values; did you mean {offered}? To send it anyway, put it in double quotes"
    ))
}
