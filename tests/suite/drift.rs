//! Reads tolerate drift: every model of every module, mutated field by field.
//!
//! A full sample of each model is built from the document. Then each field is omitted and set to
//! null, each enum gets an unknown value, and an unknown field is added. Every mutant must be
//! readable, and unknown enum values must be written as they were read.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use citrix_cloud_gen::wire::Reread;
use serde_json::{Map, Value, json};
use xtask::pipeline::module::Module;
use xtask::tasks::config::Config;
use xtask::tasks::regen;

/// How deeply a recursive model is filled.
const DEPTH: usize = 6;

/// A value that no document lists.
const UNKNOWN: &str = "Brandnew-Value 7";

struct Subject {
    module: Module,
    document: Value,
    /// Returns a model's name in the normalized document by its name in the table.
    short: BTreeMap<String, String>,
}

impl Subject {
    fn schema(&self, name: &str) -> &Value {
        &self.document["components"]["schemas"][name]
    }

    /// Returns a value with every field of the schema.
    fn sample(&self, schema: &Value, depth: usize) -> Value {
        if let Some(name) = reference(schema) {
            return self.sample(self.schema(name), depth);
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            if let Some(Value::Array(members)) = schema.get(key) {
                return self.sample(&members[0], depth);
            }
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return values[0].clone();
        }
        match schema["type"].as_str() {
            Some("string") => json!("text"),
            Some("integer") => json!(7),
            Some("number") => json!(7.5),
            Some("boolean") => json!(true),
            Some("array") if depth == 0 => json!([]),
            Some("array") => json!([self.sample(&schema["items"], depth - 1)]),
            _ => self.sample_object(schema, depth),
        }
    }

    fn sample_object(&self, schema: &Value, depth: usize) -> Value {
        let mut object = Map::new();
        if depth > 0 {
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                object.insert(name.clone(), self.sample(field, depth - 1));
            }
            if schema["additionalProperties"].is_object() {
                object.insert(
                    "key".into(),
                    self.sample(&schema["additionalProperties"], depth - 1),
                );
            }
        }
        for field in schema["required"].as_array().into_iter().flatten() {
            let name = field.as_str().unwrap();
            object
                .entry(name)
                .or_insert_with(|| self.sample(&schema["properties"][name], 0));
        }
        Value::Object(object)
    }

    /// Returns whether a schema is an enum of strings, following references.
    fn is_open_enum(&self, schema: &Value) -> bool {
        match reference(schema) {
            Some(name) => self.is_open_enum(self.schema(name)),
            None => match schema.get("allOf") {
                Some(Value::Array(members)) => self.is_open_enum(&members[0]),
                _ => schema["enum"].is_array() && schema["type"] == "string",
            },
        }
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"]
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

fn read(model: &str, what: &str, reread: Reread, value: &Value) -> Value {
    match reread(&serde_json::to_vec(value).unwrap()) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap(),
        Err(error) => panic!("{model}, {what}: {error}\n{value:#}"),
    }
}

/// Compares the output with the input, and names the place where they differ.
fn same(place: &str, back: &Value, value: &Value) {
    match (back, value) {
        (Value::Object(back), Value::Object(value)) => {
            for name in back.keys().chain(value.keys()) {
                let at = |map: &Map<String, Value>| map.get(name).cloned().unwrap_or_default();
                same(&format!("{place}.{name}"), &at(back), &at(value));
            }
        }
        (Value::Array(back), Value::Array(value)) if back.len() == value.len() => {
            for (back, value) in back.iter().zip(value) {
                same(&format!("{place}[]"), back, value);
            }
        }
        _ => assert_eq!(back, value, "{place}"),
    }
}

/// Mutates one model; returns the number of mutants that were read.
fn drift(subject: &Subject, model: &str, reread: Reread) -> usize {
    let short = subject.short.get(model).map_or(model, String::as_str);
    let schema = subject.schema(short);
    let full = subject.sample(schema, DEPTH);
    same(model, &read(model, "full", reread, &full), &full);
    if subject.is_open_enum(schema) {
        assert_eq!(
            read(model, "unknown value", reread, &json!(UNKNOWN)),
            json!(UNKNOWN)
        );
        return 2;
    }
    let Value::Object(fields) = &full else {
        return 1;
    };
    let required: BTreeSet<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut mutants = 2;
    let mut more = full.clone();
    more["Brandnew"] = json!({"a": [1, {"b": null}]});
    same(model, &read(model, "one field more", reread, &more), &full);
    for name in fields.keys() {
        if required.contains(name.as_str()) {
            let listed = subject.module.requires(model, name);
            assert!(
                listed,
                "{model}.{name} is required and regen.toml does not list it"
            );
        } else {
            let mut mutant = full.clone();
            mutant.as_object_mut().unwrap().shift_remove(name);
            same(
                model,
                &read(model, &format!("without {name}"), reread, &mutant),
                &mutant,
            );
            mutant[name] = Value::Null;
            read(model, &format!("{name} null"), reread, &mutant);
            mutants += 2;
        }
        let field = &schema["properties"][name];
        if subject.is_open_enum(field) {
            let mut mutant = full.clone();
            mutant[name] = json!(UNKNOWN);
            let back = read(model, &format!("{name} unknown"), reread, &mutant);
            assert_eq!(back[name], UNKNOWN, "{model}.{name}");
            mutants += 1;
        }
        if field["type"] == "array" && subject.is_open_enum(&field["items"]) {
            let mut mutant = full.clone();
            mutant[name] = json!([UNKNOWN, UNKNOWN]);
            let back = read(model, &format!("{name} unknown"), reread, &mutant);
            assert_eq!(back[name], mutant[name], "{model}.{name}");
            mutants += 1;
        }
    }
    mutants
}

fn subject(name: &str) -> Subject {
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    let config = Config::read(&openapi.join("regen.toml")).unwrap();
    let module = config
        .modules
        .iter()
        .find(|module| module.name == name)
        .unwrap();
    let made = regen::make(&openapi, &config, module).unwrap();
    let names = made.wire_names.into_iter();
    Subject {
        module: module.clone(),
        document: made.document,
        short: names.map(|(short, wire)| (wire, short)).collect(),
    }
}

/// Mutates the models of a module. `least` detects an empty table.
fn all(name: &str, models: &[(&str, Reread)], least: usize) {
    let subject = subject(name);
    let mutants: usize = models
        .iter()
        .map(|(model, reread)| drift(&subject, model, *reread))
        .sum();
    assert!(models.len() >= least, "{name} has {} models", models.len());
    println!("{name}: {} models, {mutants} mutants", models.len());
}

macro_rules! modules {
    ($($module:ident at least $least:literal;)*) => {
        $(
            #[test]
            fn $module() {
                let name = stringify!($module);
                all(name, citrix_cloud_gen::$module::types::MODELS, $least);
            }
        )*

        #[test]
        fn no_module_is_left_out() {
            let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
            let config = Config::read(&openapi.join("regen.toml")).unwrap();
            let made: BTreeSet<_> = config.modules.iter().map(|module| module.name.as_str()).collect();
            assert_eq!(made, BTreeSet::from([$(stringify!($module)),*]));
        }
    };
}

modules! {
    platform at least 9;
    entitlement at least 3;
    registry at least 1;
    // All models of this one are the platform's.
    notifications at least 0;
    administrators at least 12;
    system_log at least 2;
    licensing at least 4;
    connectors at least 1;
    webhooks at least 3;
    daas at least 450;
}

#[test]
fn a_wrong_type_is_still_an_error() {
    let machine = citrix_cloud_gen::daas::types::MODELS
        .iter()
        .find(|(name, _)| *name == "MachineResponseModel")
        .unwrap();
    let error = machine.1(br#"{"SessionCount":"two"}"#).unwrap_err();
    assert!(error.contains("invalid type"), "{error}");
}
