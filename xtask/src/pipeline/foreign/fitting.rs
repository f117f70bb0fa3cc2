//! The last resort: a type that the generator still refuses is found, and read as any JSON.
//!
//! Normalization works around the known limits of the generator. A model that hits another one must
//! not cost the whole document its operations, so it is found by bisection, replaced, and reported.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, ensure};
use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use super::doubles::doubles;
use crate::pipeline::generate::{Source, generate};
use crate::pipeline::module::Module;
use crate::pipeline::normalize::Report;
use crate::pipeline::normalize::schemas::each_operation;

/// How many models and operations may be replaced before the document is rejected.
const MOST: usize = 50;

/// Generates a normalized document, replacing types that the generator refuses.
///
/// # Errors
///
/// If the generator refuses an operation even with plain types; the error names its JSON path.
pub fn generate_fitting(document: &mut Value, module: &Module) -> Result<(Source, Report)> {
    let mut report = Report::default();
    loop {
        let refusal = match attempt(document, module) {
            Ok(source) => return Ok((source, report)),
            Err(error) => error,
        };
        if report.applied == MOST {
            return Err(refusal.context(format!(
                "at `paths`: {MOST} types were given up and the generator refuses more; is this an \
                OpenAPI document?"
            )));
        }
        let widened = match widen(document, module) {
            Ok(widened) => widened,
            Err(advice) => return Err(refusal.context(advice)),
        };
        report.applied += 1;
        let refusal = format!("{refusal:#}");
        let words: Vec<&str> = refusal.split_whitespace().collect();
        report.notes.push(format!(
            "{widened}: the generator refuses it ({}), read as any JSON",
            words.join(" ")
        ));
    }
}

fn attempt(document: &Value, module: &Module) -> Result<Source> {
    let parsed: OpenAPI = serde_path_to_error::deserialize(document)
        .map_err(|error| anyhow!("at `{}`: {}", error.path(), error.inner()))?;
    let source = generate(&parsed, module)?;
    let doubles = doubles(&source);
    ensure!(
        doubles.is_empty(),
        "it makes two of one name: {}",
        doubles.join(", ")
    );
    Ok(source)
}

/// Replaces the first model or operation that stops the generator.
///
/// # Errors
///
/// If that does not help; the error says what to change.
fn widen(document: &mut Value, module: &Module) -> std::result::Result<String, String> {
    if let Some(name) = refused_model(document, module)? {
        document["components"]["schemas"][&name] = json!({});
        return Ok(format!("components.schemas.{name}"));
    }
    let mut places = Vec::new();
    each_operation(document, &mut |_, at| places.push(at.to_string()));
    let passes = |count: usize| attempt(&only(document, &places[..count]), module).is_ok();
    let Some(index) = first_refused(places.len(), passes) else {
        return Err("at `components`: take out what no operation uses".to_owned());
    };
    plain(document, &places[index]);
    if attempt(&only(document, &places[..=index]), module).is_err() {
        let place = &places[index];
        return Err(format!(
            "at `{place}`: write it in simpler words, give it an operationId of its own, or take it \
            out"
        ));
    }
    Ok(places.swap_remove(index))
}

/// Returns the index of the first of `count` things that stops the generator, by bisection.
///
/// `passes` returns whether generation succeeds with the first N of them.
fn first_refused(count: usize, passes: impl Fn(usize) -> bool) -> Option<usize> {
    if passes(count) {
        return None;
    }
    let (mut good, mut bad) = (0, count);
    while good + 1 < bad {
        let middle = usize::midpoint(good, bad);
        if passes(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    bad.checked_sub(1)
}

/// Returns the first component such that it and those before it cannot be generated.
///
/// References to components that an attempt leaves out are replaced by any JSON.
///
/// # Errors
///
/// If generation fails even with empty components; the error says what to change.
fn refused_model(document: &Value, module: &Module) -> std::result::Result<Option<String>, String> {
    let schemas = document.pointer("/components/schemas");
    let Some(schemas) = schemas.and_then(Value::as_object) else {
        return Ok(None);
    };
    let passes = |count: usize| {
        let mut part = only(document, &[]);
        let others = part["components"]["schemas"].as_object_mut();
        for schema in others.into_iter().flat_map(Map::values_mut).skip(count) {
            *schema = json!({});
        }
        attempt(&part, module).is_ok()
    };
    if !passes(0) {
        return Err("at `components.schemas`: give models that look alike other names".to_owned());
    }
    let refused = first_refused(schemas.len(), passes);
    Ok(refused.and_then(|index| schemas.keys().nth(index).cloned()))
}

/// Returns the document with only these operations.
fn only(document: &Value, places: &[String]) -> Value {
    let kept: BTreeSet<&str> = places.iter().map(String::as_str).collect();
    let mut part = document.clone();
    let paths = part["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        if let Some(item) = item.as_object_mut() {
            item.retain(|method, _| kept.contains(format!("paths['{path}'].{method}").as_str()));
        }
    }
    part
}

/// Removes the types of one operation: parameters become text, bodies any JSON.
fn plain(document: &mut Value, place: &str) {
    each_operation(document, &mut |operation, at| {
        if at.to_string() != place {
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
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (_, response) in responses.into_iter().flatten() {
            if response.get("content").is_some() {
                response["content"] = any.clone();
            }
        }
    });
}
