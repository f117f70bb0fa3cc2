//! Objects in responses.

use serde_json::{Map, Value, json};

use super::find::{all, folder_of, lookup};
use super::spec::Objects;
use super::write::{Fields, strings};
use crate::daas::context::Context;
use crate::daas::identity;
use crate::schema::{Model, Type, filled, model};
use crate::world::{Resource, ResourceKind, Site};

/// Returns the kind that a field refers to, by the field's name in responses and bodies.
pub(super) fn points_to(field: &str) -> Option<ResourceKind> {
    Some(match field {
        "AdminFolder" | "ApplicationFolder" | "Parent" => ResourceKind::AdminFolder,
        "ApplicationGroups" => ResourceKind::ApplicationGroup,
        "AssignedUsers" | "AssociatedUsers" | "ExcludedUsers" | "IncludedUsers" | "User" => {
            ResourceKind::User
        }
        "DeliveryGroup" | "DeliveryGroups" => ResourceKind::DeliveryGroup,
        "Hypervisor" | "HypervisorConnection" => ResourceKind::Hypervisor,
        "ImageDefinition" => ResourceKind::ImageDefinition,
        "MachineCatalog" => ResourceKind::MachineCatalog,
        "ResourcePool" => ResourceKind::ResourcePool,
        "RestrictAutoscaleTag" | "RestrictToTag" => ResourceKind::Tag,
        "Role" => ResourceKind::Role,
        "Scope" | "Scopes" => ResourceKind::Scope,
        "HomeZone" | "Zone" => ResourceKind::Zone,
        _ => return None,
    })
}

/// Returns an object as a model: each field from the object itself, computed, or from the defaults of its kind.
pub(in crate::daas) fn view(
    objects: Objects<'_>,
    kind: ResourceKind,
    it: &Resource,
    model: &str,
) -> Value {
    let spec = objects.spec(kind);
    let mut derived = (spec.computed)(objects, it);
    let mut defaults = defaults(objects, kind);
    filled(model, |field| {
        let name = field.name;
        derived
            .remove(name)
            .or_else(|| own(objects, kind, it, name))
            .or_else(|| (name == "Tags").then(|| tag_names(objects.site, it)))
            .or_else(|| {
                it.fields
                    .get(name)
                    .map(|value| resolved(objects, name, &field.kind, value))
            })
            .or_else(|| {
                Some(resolved(
                    objects,
                    name,
                    &field.kind,
                    &defaults.remove(name)?,
                ))
            })
            .or_else(|| full_name(objects.site, it, name))
    })
}

/// Returns all objects of a kind as a model.
pub(in crate::daas) fn views(objects: Objects<'_>, kind: ResourceKind, model: &str) -> Vec<Value> {
    let all = all(objects.site, kind);
    all.map(|it| view(objects, kind, &it, model)).collect()
}

/// Lists the objects of a kind with id, name, description and zone.
pub(in crate::daas) fn places(
    objects: Objects<'_>,
    kind: ResourceKind,
) -> Vec<(String, String, Value, String)> {
    let primary = objects.site.primary_zone();
    let all = all(objects.site, kind);
    let all = all.map(|it| {
        let zone = ["Zone", "HomeZone"]
            .iter()
            .find_map(|field| it.fields.get(*field)?.as_str());
        let zone = zone.unwrap_or(primary).to_owned();
        let description = it.fields.get("Description").cloned().unwrap_or_default();
        (it.id().to_owned(), it.name.clone(), description, zone)
    });
    all.collect()
}

/// Returns fields that are not an object of their own, such as an item of an object's list.
pub(in crate::daas) fn shown(objects: Objects<'_>, fields: &Fields, model: &str) -> Value {
    filled(model, |field| {
        let value = fields.get(field.name)?;
        Some(resolved(objects, field.name, &field.kind, value))
    })
}

/// Returns an object as a reference: everything known of it, from which a model picks its fields.
pub(in crate::daas) fn reference(
    objects: Objects<'_>,
    kind: ResourceKind,
    id: &str,
) -> Option<Value> {
    let Some(it) = lookup(objects.site, kind, id) else {
        return (kind == ResourceKind::User).then(|| identity::stranger(id));
    };
    let mut known = defaults(objects, kind);
    known.extend(it.fields.clone());
    known.insert("Id".to_owned(), json!(it.id()));
    let name = match kind {
        // References to folders show the full path with a trailing backslash.
        ResourceKind::AdminFolder => format!("{}\\", it.name),
        _ => it.name.clone(),
    };
    known.insert("Name".to_owned(), json!(name));
    if matches!(kind, ResourceKind::Role | ResourceKind::User) {
        known.extend((objects.spec(kind).computed)(objects, &it));
    }
    if let Some(hypervisor) = known.get("HypervisorConnection").and_then(Value::as_str) {
        known.insert(
            "Hypervisor".to_owned(),
            json!(reference(objects, ResourceKind::Hypervisor, hypervisor)),
        );
    }
    Some(Value::Object(known))
}

/// Returns the model that an operation returns; for a collection, that of its items.
pub(in crate::daas) fn model_of(context: &Context<'_>) -> &'static str {
    let response = context.call.operation.response.as_ref();
    let Some(Type::Named(name)) = response else {
        return "";
    };
    let fields = model(name).map(Model::fields).unwrap_or_default();
    let items = fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case("items"));
    match items.map(|field| &field.kind) {
        Some(Type::List(item)) => match **item {
            Type::Named(item) => item,
            _ => name,
        },
        _ => name,
    }
}

fn own(objects: Objects<'_>, kind: ResourceKind, it: &Resource, field: &str) -> Option<Value> {
    let (id, name) = objects.spec(kind).keys;
    if field == id {
        Some(json!(it.id()))
    } else if field == name {
        Some(json!(it.name))
    } else {
        None
    }
}

fn full_name(site: &Site, it: &Resource, field: &str) -> Option<Value> {
    (field == "FullName").then(|| match folder_of(site, it) {
        Some(folder) => json!(format!("{}\\{}", folder.name, it.name)),
        None => json!(it.name),
    })
}

fn tag_names(site: &Site, it: &Resource) -> Value {
    let tags = strings(it.fields.get("Tags")).into_iter();
    let tags = tags.filter_map(|id| site.resources(ResourceKind::Tag).get(&id));
    tags.map(|tag| json!(tag.name)).collect()
}

fn defaults(objects: Objects<'_>, kind: ResourceKind) -> Map<String, Value> {
    // The defaults are constants of this crate, and a test parses them all.
    serde_json::from_str(objects.spec(kind).defaults).unwrap_or_default()
}

/// Replaces a stored id by what is known of the object.
fn resolved(objects: Objects<'_>, field: &str, kind: &Type, value: &Value) -> Value {
    match (kind, value) {
        (Type::List(item), Value::Array(values)) => {
            let values = values
                .iter()
                .map(|value| resolved(objects, field, item, value));
            Value::Array(values.filter(|value| !value.is_null()).collect())
        }
        (Type::Named(name), Value::String(id)) => match (model(name), points_to(field)) {
            (Some(Model::Object(_)), Some(to)) => reference(objects, to, id).unwrap_or_default(),
            (Some(Model::Object(_)), None) => json!({ "Id": id, "Name": id }),
            _ => value.clone(),
        },
        (Type::Named(name), Value::Object(held)) => {
            let id = held.get("Id").and_then(Value::as_str);
            let mut known = match (points_to(field), id) {
                (Some(to), Some(id)) => match reference(objects, to, id) {
                    Some(Value::Object(known)) => known,
                    _ => return Value::Null,
                },
                _ => Map::new(),
            };
            known.extend(held.clone());
            for inner in model(name).map(Model::fields).unwrap_or_default() {
                if let Some(value) = held.get(inner.name) {
                    let value = resolved(objects, inner.name, &inner.kind, value);
                    known.insert(inner.name.to_owned(), value);
                }
            }
            Value::Object(known)
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_every_kind_are_json_objects() {
        for kind in ResourceKind::ALL {
            let defaults: Result<Map<String, Value>, _> =
                serde_json::from_str(crate::daas::specs::spec(kind).defaults);
            assert!(defaults.is_ok(), "{kind:?}: {defaults:?}");
        }
    }
}
