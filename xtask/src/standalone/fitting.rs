//! The last resort: what the generator still refuses is found and read as any JSON.
//!
//! Preparation knows the limits of the generator that were met so far. A model that meets another
//! one must not cost the operations of the whole document: it is searched for by halves, replaced,
//! and named in the report.

use anyhow::{Result, anyhow, ensure};
use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use super::doubles::doubles;
use crate::config::Module;
use crate::generate::{Source, generate};
use crate::prepare::Report;
use crate::prepare::reach::Reach;
use crate::prepare::schemas::each_operation;

/// How many models and operations may be given up before the document is refused.
const MOST: usize = 50;

/// Generates a prepared document, giving up the types that the generator refuses.
///
/// # Errors
///
/// Names the JSON path of an operation that the generator refuses even with plain types.
pub fn generate_fitting(document: &mut Value, module: &Module) -> Result<(Source, Report)> {
    let mut report = Report::default();
    let mut refusal = match attempt(document, module) {
        Ok(source) => return Ok((source, report)),
        Err(error) => error,
    };
    for _ in 0..MOST {
        let Some(widened) = widen(document, module) else {
            break;
        };
        report.applied += 1;
        report.notes.push(format!(
            "{widened}: the generator refuses it ({refusal:#}), read as any JSON"
        ));
        match attempt(document, module) {
            Ok(source) => return Ok((source, report)),
            Err(error) => refusal = error,
        }
    }
    Err(refusal.context(blamed(document, module)))
}

fn attempt(document: &Value, module: &Module) -> Result<Source> {
    let parsed: OpenAPI = serde_path_to_error::deserialize(document)
        .map_err(|error| anyhow!("at `{}`: {}", error.path(), error.inner()))?;
    let source = generate(&parsed, module, &Reach::of(document))?;
    let doubles = doubles(&source);
    ensure!(
        doubles.is_empty(),
        "it makes two of one name: {}",
        doubles.join(", ")
    );
    Ok(source)
}

/// Widens the first model or operation without whose types generation gets further.
fn widen(document: &mut Value, module: &Module) -> Option<String> {
    if let Some(name) = refused_model(document, module) {
        document["components"]["schemas"][&name] = json!({});
        return Some(format!("components.schemas.{name}"));
    }
    let mut places = Vec::new();
    each_operation(document, &mut |_, path| places.push(path.to_owned()));
    for place in places {
        let mut alone = only(document, &place);
        if attempt(&alone, module).is_ok() {
            continue;
        }
        plain(&mut alone, &place);
        if attempt(&alone, module).is_ok() {
            plain(document, &place);
            return Some(place);
        }
    }
    None
}

/// The first component without which those before it and itself generate.
///
/// References to components that are left out in an attempt lead to any JSON.
fn refused_model(document: &Value, module: &Module) -> Option<String> {
    let schemas = document.pointer("/components/schemas")?.as_object()?;
    let first = |count: usize| {
        let mut part = document.clone();
        part["paths"] = json!({});
        let kept: Map<String, Value> = schemas
            .iter()
            .enumerate()
            .map(|(index, (name, schema))| {
                let schema = if index < count {
                    schema.clone()
                } else {
                    json!({})
                };
                (name.clone(), schema)
            })
            .collect();
        part["components"]["schemas"] = Value::Object(kept);
        attempt(&part, module).is_ok()
    };
    if first(schemas.len()) {
        return None;
    }
    let (mut good, mut bad) = (0, schemas.len());
    while good + 1 < bad {
        let middle = usize::midpoint(good, bad);
        if first(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    schemas.keys().nth(bad - 1).cloned()
}

/// The document with one operation.
fn only(document: &Value, place: &str) -> Value {
    let mut alone = document.clone();
    let paths = alone["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        if let Some(item) = item.as_object_mut() {
            item.retain(|method, _| format!("paths['{path}'].{method}") == place);
        }
    }
    alone
}

/// Takes the types of one operation away: text parameters, any JSON in and out.
fn plain(document: &mut Value, place: &str) {
    each_operation(document, &mut |operation, path| {
        if path != place {
            return;
        }
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            parameter["schema"] = json!({ "type": "string" });
        }
        let any = json!({ "application/json": { "schema": {} } });
        if let Some(content) = operation
            .get_mut("requestBody")
            .and_then(|b| b.get_mut("content"))
        {
            *content = any.clone();
        }
        let answers = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (_, answer) in answers.into_iter().flatten() {
            if answer.get("content").is_some() {
                answer["content"] = any.clone();
            }
        }
    });
}

/// The place of an operation that cannot be generated at all.
fn blamed(document: &Value, module: &Module) -> String {
    let mut places = Vec::new();
    each_operation(&mut document.clone(), &mut |_, path| {
        places.push(path.to_owned());
    });
    let refused = places
        .into_iter()
        .find(|place| attempt(&only(document, place), module).is_err());
    refused.map_or_else(
        || {
            "at `paths`: operations that generate one by one do not do so together; rename the \
            operationIds that look alike"
                .to_owned()
        },
        |place| format!("at `{place}`: write it in simpler words, or take it out"),
    )
}
