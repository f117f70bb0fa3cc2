//! Combines `allOf`, `oneOf` and `anyOf` into one type where the generator would lose data.
//!
//! The generator tries alternatives in order and keeps the first that matches. Since every field of
//! a response may be missing, that is always the first one, and the fields of the others are lost.
//! From overlapping alternatives it makes a type that cannot be deserialized at all. It overflows
//! the stack on models that extend each other in a cycle, and drops a field if two members of
//! `allOf` contradict each other about it.
//!
//! Alternatives that are objects become one object with the fields of all; texts become one text,
//! and numbers one number. Alternatives of different JSON types stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use crate::pipeline::document::schema_name;
use crate::pipeline::normalize::schemas::each_schema;
use crate::pipeline::normalize::{Context, Report};

mod fields;
mod join;
mod places;
mod size;

use fields::Fields;

/// How deeply combinations may be nested; deeper ones stay as they are.
const MOST_PASSES: usize = 16;

/// How many members of `allOf` the generator may combine: for each one, it writes all before it
/// again.
const MOST_MEMBERS: usize = 64;

/// Combines what the generator cannot; a plain `allOf` of objects stays as it is.
///
/// # Errors
///
/// If models that extend one another exceed the document's limits.
pub fn apply(document: &mut Value, context: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let most = context.max_fields;
    ensure!(
        size::fields(document) <= most,
        "at `components.schemas`: models that extend one another have more than {most} fields \
         together; `--max-fields` allows for more"
    );
    let mut lifted = BTreeMap::new();
    places::lift(document, &mut lifted);
    // The result may contain combinations of what used to be two models.
    for _ in 0..MOST_PASSES {
        combine(document, &mut report);
        if !places::lift(document, &mut lifted) {
            break;
        }
    }
    circles(document, &mut report);
    Ok(report)
}

/// A component that is an alias of itself, through other aliases, becomes any JSON.
fn circles(document: &mut Value, report: &mut Report) {
    let Some(schemas) = document["components"]["schemas"].as_object().cloned() else {
        return;
    };
    let next = |name: &str| {
        let schema = schemas.get(name)?;
        let members = schema["allOf"].as_array().map_or(&[][..], Vec::as_slice);
        let alias = match members {
            [only] if schema.get("properties").is_none() => only,
            _ => schema,
        };
        alias["$ref"]
            .as_str()
            .and_then(schema_name)
            .map(str::to_owned)
    };
    let mut walks = BTreeMap::new();
    let mut circular = BTreeSet::new();
    for (walk, name) in schemas.keys().enumerate() {
        let mut at = Some(name.clone());
        // Names from an earlier walk lead to nothing new.
        while let Some(new) = at.take_if(|it| !walks.contains_key(it)) {
            at = next(&new);
            walks.insert(new, walk);
        }
        // A walk that returns to one of its own names is in a cycle.
        at = at.filter(|it| walks.get(it) == Some(&walk));
        while let Some(member) = at.filter(|it| circular.insert(it.clone())) {
            at = next(&member);
        }
    }
    for name in schemas.keys().filter(|name| circular.contains(*name)) {
        document["components"]["schemas"][name] = json!({});
        report.count();
        report.notes.push(format!(
            "components.schemas.{name}: leads to itself, any JSON fits"
        ));
    }
}

fn combine(document: &mut Value, report: &mut Report) {
    let whole = document.clone();
    each_schema(document, &mut |schema, path| {
        let within = path
            .strip_prefix("components.schemas.")
            .map(|name| BTreeSet::from([name.to_owned()]))
            .unwrap_or_default();
        aliases(&whole, schema, path, &within, report);
        // What this pass has combined from several models becomes a component before it is combined
        // in turn.
        let root = within
            .iter()
            .any(|name| !whole["components"]["schemas"][name].is_null());
        if !root && places::combines_models(schema) {
            return;
        }
        if let Some(combined) = combined(&whole, schema, path, &within, report) {
            report.count();
            let kept = ["description", "nullable"];
            schema.retain(|key, _| kept.contains(&key.as_str()));
            schema.extend(combined);
            if !schema.contains_key("allOf") && schema.get("type") == Some(&json!("object")) {
                super::keywords::required(schema);
            }
        }
    });
}

/// Returns the fields of an object and the names of the required ones; nothing for other types.
pub(super) fn properties(
    whole: &Value,
    schema: &Value,
) -> Option<(Map<String, Value>, BTreeSet<String>)> {
    if join::kind(whole, schema, &mut BTreeSet::new()) != Some("object") {
        return None;
    }
    let mut fields = Fields::default();
    let object = fields.all_of(whole, schema, &mut BTreeSet::new());
    object.then(|| fields.into_parts())
}

/// Returns whether a schema is just one text, number or boolean.
pub(super) fn is_scalar(whole: &Value, schema: &Value) -> bool {
    let kind = join::kind(whole, schema, &mut BTreeSet::new());
    matches!(kind, Some("string" | "number" | "boolean"))
}

/// A component that refers to itself through references becomes any JSON.
fn aliases(
    whole: &Value,
    schema: &mut Map<String, Value>,
    path: &str,
    within: &BTreeSet<String>,
    report: &mut Report,
) {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let Some(name) = reference.and_then(schema_name) else {
        return;
    };
    let lost = crate::pipeline::normalize::pointers::follow(whole, &json!({ "$ref": reference }))
        .is_none();
    if lost || within.contains(name) {
        report.count();
        report
            .notes
            .push(format!("{path}.$ref: leads to itself, any JSON fits"));
        schema.clear();
    }
}

/// Returns the replacement; `None` if the schema can stay as it is.
fn combined(
    whole: &Value,
    schema: &Map<String, Value>,
    path: &str,
    within: &BTreeSet<String>,
    report: &mut Report,
) -> Option<Map<String, Value>> {
    for key in ["oneOf", "anyOf"] {
        if schema.contains_key(key) {
            let schema = Value::Object(schema.clone());
            return Some(alternatives(whole, &schema, key, path, within, report));
        }
    }
    let members = schema.get("allOf")?.as_array()?;
    let told: Vec<&Value> = members
        .iter()
        .filter(|member| says_something(member))
        .collect();
    let own = schema.contains_key("properties") || schema.contains_key("required");
    match told.as_slice() {
        [] if own || schema.contains_key("type") => {
            let mut plain = schema.clone();
            plain.shift_remove("allOf");
            plain.entry("type").or_insert_with(|| json!("object"));
            Some(plain)
        }
        [] => Some(Map::new()),
        // Written in place, a single member is the schema itself.
        [Value::Object(only)] if !own && !only.contains_key("$ref") => {
            let inner = combined(whole, only, path, within, report);
            Some(inner.unwrap_or_else(|| only.clone()))
        }
        [only] if !own => {
            let beside = ["type", "items", "additionalProperties", "enum", "required"];
            let more = members.len() > 1 || beside.iter().any(|key| schema.contains_key(*key));
            more.then(|| Map::from_iter([("allOf".to_owned(), json!([only]))]))
        }
        told => {
            let mut fields = Fields::default();
            let mut seen = within.clone();
            if fields.all_of(whole, &Value::Object(schema.clone()), &mut seen) {
                let combine = fields.troubled || told.len() > MOST_MEMBERS;
                combine.then(|| noted(fields, path, report))
            } else {
                Some(scalars(whole, told, path, report))
            }
        }
    }
}

fn noted(fields: Fields, path: &str, report: &mut Report) -> Map<String, Value> {
    for field in &fields.unclear {
        report.notes.push(format!(
            "{path}.{field}: described in ways that differ, any JSON fits"
        ));
    }
    fields.into_schema()
}

/// Returns whether a member of `allOf` consists of more than descriptions.
fn says_something(member: &Value) -> bool {
    let Some(member) = member.as_object() else {
        return false;
    };
    let silent = ["description", "nullable", "readOnly", "writeOnly", "format"];
    let bare_object = member.len() == 1 && member.get("type") == Some(&json!("object"));
    !bare_object
        && member
            .keys()
            .any(|key| !silent.contains(&key.as_str()) && !key.starts_with("x-"))
}

/// `allOf` of types other than objects: all members describe the same text or number, or nothing
/// matches.
fn scalars(
    whole: &Value,
    members: &[&Value],
    path: &str,
    report: &mut Report,
) -> Map<String, Value> {
    let joined = join::same_kind(whole, members);
    match joined {
        Some(schema) => schema,
        None => {
            report.notes.push(format!(
                "{path}.allOf: members of different types, any JSON fits"
            ));
            Map::new()
        }
    }
}

/// Returns one schema for each JSON type among the alternatives.
fn alternatives(
    whole: &Value,
    schema: &Value,
    key: &str,
    path: &str,
    within: &BTreeSet<String>,
    report: &mut Report,
) -> Map<String, Value> {
    let members: Vec<&Value> = schema[key].as_array().into_iter().flatten().collect();
    let mut groups: Vec<(&str, Vec<&Value>)> = Vec::new();
    for member in &members {
        // A member that leads back here adds nothing.
        let circle = member["$ref"].as_str().and_then(schema_name);
        if circle.is_some_and(|name| within.contains(name)) {
            continue;
        }
        let Some(kind) = join::kind(whole, member, &mut within.clone()) else {
            report.notes.push(format!(
                "{path}.{key}: an alternative of any type, any JSON fits"
            ));
            return Map::new();
        };
        match groups.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, group)) => group.push(member),
            None => groups.push((kind, vec![member])),
        }
    }
    let own = schema.get("properties").is_some() || schema.get("allOf").is_some();
    if own || matches!(groups.as_slice(), [("object", several)] if several.len() > 1) {
        let mut fields = Fields::default();
        let mut seen = within.clone();
        if fields.any_of(whole, schema, key, &mut seen) {
            report
                .notes
                .push(format!("{path}.{key}: one type with the fields of all"));
            return noted(fields, path, report);
        }
        report
            .notes
            .push(format!("{path}.{key}: objects and others, any JSON fits"));
        return Map::new();
    }
    let mut joined: Vec<Value> = Vec::new();
    for (kind, group) in groups {
        let one = match group.as_slice() {
            [only] => (*only).clone(),
            several if kind == "object" => {
                let mut fields = Fields::default();
                let mut seen = within.clone();
                let grouped = json!({ key: several });
                fields.any_of(whole, &grouped, key, &mut seen);
                Value::Object(noted(fields, path, report))
            }
            several => Value::Object(join::same_kind(whole, several).unwrap_or_default()),
        };
        joined.push(one);
    }
    match joined.len() {
        0 => Map::new(),
        1 => match joined.remove(0) {
            Value::Object(only) if !only.contains_key("$ref") => only,
            only => Map::from_iter([("allOf".to_owned(), json!([only]))]),
        },
        _ => {
            joined.iter_mut().for_each(untagged);
            Map::from_iter([("oneOf".to_owned(), Value::Array(joined))])
        }
    }
}

/// Keeps the generator from treating an object with one field as an enum variant.
///
/// Its enums of that kind reject an object with a second field, and a text that is not listed.
fn untagged(member: &mut Value) {
    let fields = member["properties"].as_object().map_or(0, Map::len);
    if fields == 1 {
        member["minProperties"] = json!(1);
    }
}
