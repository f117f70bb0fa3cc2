//! A model is itself; whether there may be null in its place is said where it is used.
//!
//! Of a component that may be null the generator makes a type around an `Option`, with the name of
//! the type in it when that is one of alternatives: two types of one name.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Value, json};

use crate::pipeline::document::schema_name;
use crate::pipeline::normalize::schemas::each_schema;
use crate::pipeline::normalize::{Context, Report};

/// Moves `nullable` from components to the references to them.
///
/// # Errors
///
/// None; the signature is that of every step.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let mut nullable = BTreeSet::new();
    // A component that is another one by reference passes on what that one is.
    loop {
        let before = nullable.len();
        if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
            for (name, schema) in schemas {
                let target = schema["$ref"].as_str().and_then(schema_name);
                let alias = target.is_some_and(|target| nullable.contains(target));
                if alias || schema["nullable"] == true {
                    nullable.insert(name.clone());
                }
            }
        }
        if nullable.len() == before {
            break;
        }
    }
    report.applied = nullable.len();
    each_schema(document, &mut |schema, path| {
        let component = path
            .strip_prefix("components.schemas.")
            .is_some_and(|name| nullable.contains(name));
        if component {
            schema.shift_remove("nullable");
            return;
        }
        // Members of `allOf` are not what is used, only parts of it.
        if path.ends_with(']') && path.contains(".allOf[") {
            return;
        }
        let target = schema.get("$ref").and_then(Value::as_str);
        if target
            .and_then(schema_name)
            .is_some_and(|name| nullable.contains(name))
        {
            let reference = schema.shift_remove("$ref");
            schema.insert("allOf".into(), json!([{ "$ref": reference }]));
            schema.insert("nullable".into(), json!(true));
        }
    });
    Ok(report)
}
