//! Merges several documents into one, so that a shared model exists once.

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use crate::pipeline::normalize::schemas::each_operation;

/// Merges `addition` into `document`: path items by method, components by name, tags by name.
///
/// Settings of `addition` that apply to all of its operations are copied to each of them if
/// `document` has other ones.
///
/// # Errors
///
/// If both documents define the same thing differently; the error names its JSON path.
pub fn merge(document: &mut Value, addition: &Value) -> Result<()> {
    let mut addition = addition.clone();
    keep_security(document, &mut addition);
    if let Some(paths) = addition["paths"].as_object() {
        for (path, item) in paths {
            let target = entry(&mut document["paths"], path);
            ensure!(
                target.is_null() || target.get("parameters") == item.get("parameters"),
                "`paths['{path}'].parameters` would apply to the operations of another document \
                 too; write them at the operations"
            );
            for (method, operation) in item.as_object().into_iter().flatten() {
                define(
                    target,
                    method,
                    operation,
                    &format!("paths['{path}'].{method}"),
                )?;
            }
        }
    }
    if let Some(kinds) = addition["components"].as_object() {
        for (kind, members) in kinds {
            let target = entry(entry(document, "components"), kind);
            for (name, member) in members.as_object().into_iter().flatten() {
                define(target, name, member, &format!("components.{kind}.{name}"))?;
            }
        }
    }
    if let Some(tags) = addition["tags"].as_array() {
        let known = entry(document, "tags");
        if !known.is_array() {
            *known = json!([]);
        }
        for tag in tags {
            let present = known
                .as_array()
                .is_some_and(|known| known.iter().any(|other| other["name"] == tag["name"]));
            if let (false, Some(known)) = (present, known.as_array_mut()) {
                known.push(tag.clone());
            }
        }
    }
    Ok(())
}

fn keep_security(document: &Value, addition: &mut Value) {
    let security = addition["security"].take();
    if security.is_null() || security == document["security"] {
        return;
    }
    each_operation(addition, &mut |operation, _| {
        operation
            .entry("security")
            .or_insert_with(|| security.clone());
    });
}

fn entry<'a>(value: &'a mut Value, key: &str) -> &'a mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    &mut value[key]
}

fn define(target: &mut Value, key: &str, new: &Value, path: &str) -> Result<()> {
    let place = entry(target, key);
    ensure!(
        place.is_null() || place == new,
        "`{path}` is defined in two documents of one module, and differently"
    );
    *place = new.clone();
    Ok(())
}
