//! Converts bodies to objects.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::find::lookup;
use super::spec::Objects;
use super::view::points_to;
use crate::daas::identity;
use crate::http::Reply;
use crate::http::errors::orchestration;
use crate::secrets::is_secret_name;
use crate::world::{ResourceKind, Site};

/// Fields by their names in JSON.
pub(in crate::daas) type Fields = Map<String, Value>;

/// Lists whose items get an id if they have none.
const IDENTIFIED: [&str; 4] = [
    "AdvancedAccessPolicy",
    "Desktops",
    "PowerTimeSchemes",
    "RebootSchedules",
];

/// Converts the fields of a body to the stored form: fields have the names used in responses, and ids replace names.
///
/// # Errors
///
/// A 400 that names the field and the missing object.
pub(in crate::daas) fn take(
    objects: Objects<'_>,
    kind: ResourceKind,
    body: Fields,
) -> Result<Fields, Reply> {
    let renamed = objects.spec(kind).renamed;
    let mut taken = Map::new();
    for (name, value) in body.into_iter().filter(is_stored) {
        let new = renamed.iter().find(|(old, _)| *old == name);
        let name = new.map_or(name, |(_, new)| (*new).to_owned());
        let mut value = pointed(objects, &name, value)?;
        if IDENTIFIED.contains(&name.as_str()) {
            identify(&mut value);
        }
        taken.insert(name, value);
    }
    Ok(taken)
}

/// Secrets are not stored. A flag that is named like a secret is not one, and the id of an Amazon key is shown.
fn is_stored((name, value): &(String, Value)) -> bool {
    !is_secret_name(name) || value.is_boolean() || name == "ApiKey"
}

/// Returns the number for a new object of a kind.
pub(in crate::daas) fn next_uid(site: &Site, kind: ResourceKind) -> u64 {
    let uids = site.resources(kind).iter();
    let highest = uids.filter_map(|it| it.fields.get("Uid")?.as_u64()).max();
    highest.unwrap_or(0) + 1
}

/// Returns the strings of a list.
pub(in crate::daas) fn strings(list: Option<&Value>) -> Vec<String> {
    let texts = list.and_then(Value::as_array).into_iter().flatten();
    texts
        .filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect()
}

/// Removes an id from a list of ids, or of objects with ids.
pub(in crate::daas) fn drop_from(fields: &mut Fields, list: &str, id: &str) {
    if let Some(Value::Array(items)) = fields.get_mut(list) {
        items.retain(|item| item != id && item["Id"] != id);
        if items.is_empty() {
            fields.shift_remove(list);
        }
    }
}

/// Returns whether a list of ids, or of objects with ids, contains an id.
pub(in crate::daas) fn lists(fields: &Fields, list: &str, id: &str) -> bool {
    let items = fields.get(list).and_then(Value::as_array);
    items.is_some_and(|items| items.iter().any(|item| item == id || item["Id"] == id))
}

/// Replaces the names in a body by ids.
fn pointed(objects: Objects<'_>, field: &str, value: Value) -> Result<Value, Reply> {
    Ok(match value {
        Value::String(name) => match points_to(field) {
            Some(_) if name.is_empty() => Value::Null,
            Some(kind) => json!(id_of(objects, kind, field, &name)?),
            None => Value::String(name),
        },
        Value::Array(values) => {
            let values = values
                .into_iter()
                .map(|value| pointed(objects, field, value));
            Value::Array(values.collect::<Result<_, _>>()?)
        }
        // An object with a priority, such as a delivery group of an application.
        Value::Object(held) if held.contains_key("Item") => {
            let item = held.get("Item").cloned().unwrap_or_default();
            let priority = held.get("Priority").cloned().unwrap_or_else(|| json!(0));
            json!({ "Id": pointed(objects, field, item)?, "Priority": priority })
        }
        Value::Object(held) => {
            let held = held.into_iter().filter(is_stored);
            let held = held.map(|(name, value)| {
                let value = pointed(objects, &name, value)?;
                Ok((name, value))
            });
            Value::Object(held.collect::<Result<_, Reply>>()?)
        }
        other => other,
    })
}

fn id_of(
    objects: Objects<'_>,
    kind: ResourceKind,
    field: &str,
    name: &str,
) -> Result<String, Reply> {
    if let Some(it) = lookup(objects.site, kind, name) {
        return Ok(it.id().to_owned());
    }
    if kind == ResourceKind::User && identity::may_be_somebody(name) {
        return Ok(name.to_owned());
    }
    Err(orchestration::no_such(
        objects.spec(kind).entity,
        name,
        field,
    ))
}

fn identify(list: &mut Value) {
    let items = list.as_array_mut().into_iter().flatten();
    let mut highest = 0;
    for item in items.filter_map(Value::as_object_mut) {
        if item.get("Id").is_none_or(Value::is_null) {
            item.insert("Id".to_owned(), json!(Uuid::new_v4().to_string()));
        }
        let uid = item.get("Uid").and_then(Value::as_u64);
        highest = uid.unwrap_or(highest + 1);
        item.insert("Uid".to_owned(), json!(highest));
    }
}
