//! Moves `nullable` from the model to the places that use it.
//!
//! From a nullable component, the generator makes a type around an `Option`. If the component
//! consists of alternatives, the inner type gets the same name, so there would be two types with
//! one name.

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
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    let mut nullable = BTreeSet::new();
    // A component that is only a reference inherits whether its target is nullable.
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
        // Members of `allOf` are only parts of the value that is used.
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
