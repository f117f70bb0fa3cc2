//! `/Zones`.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::resource::{self, PLAIN, ResourceSpec};
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::world::{Platform, Resource, ResourceKind, Site};

pub(super) const ZONE: ResourceSpec = ResourceSpec {
    entity: "Zone",
    defaults: r#"{ "IsHealthy": true, "IsPrimary": false }"#,
    validate,
    blocks_delete: |site, zone| {
        let (kind, name) = zoned(site, zone.id())?;
        Some(format!("{kind} '{name}'"))
    },
    ..PLAIN
};

/// The kinds of objects that can be moved into a zone, by the `ItemType` in bodies.
const ZONABLE: [(&str, ResourceKind); 4] = [
    ("Application", ResourceKind::Application),
    ("HypervisorConnection", ResourceKind::Hypervisor),
    ("MachineCatalog", ResourceKind::MachineCatalog),
    ("User", ResourceKind::User),
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ZonesGetZones" => |context| resource::list(context, ResourceKind::Zone),
        "ZonesCreateZone" => |context| resource::create(context, ResourceKind::Zone),
        "ZonesGetZone" => |context| resource::get(context, ResourceKind::Zone),
        "ZonesEditZone" => |context| resource::update(context, ResourceKind::Zone),
        "ZonesDeleteZone" => |context| resource::delete(context, ResourceKind::Zone),
        "ZonesMoveItemsIntoZone" | "ZonesAddItemsIntoZone" => move_items,
        "ZonesRemoveItemsFromZone" => remove_items,
        _ => return None,
    })
}

/// Returns the zone of an object: the primary one unless it was moved.
pub(super) fn zone_of<'a>(site: &'a Site, fields: &'a Map<String, Value>) -> &'a str {
    let zone = fields.get("Zone").and_then(Value::as_str);
    zone.unwrap_or(site.primary_zone())
}

/// Creates a zone for a new resource location, and deletes the zone of a deleted one.
pub(super) fn follow(platform: &Platform, site: &mut Site, location: &str) {
    const FIELD: &str = "ResourceLocation";
    let stands_for = |it: &Resource| {
        let id = it.fields.get(FIELD).and_then(|it| it["Id"].as_str());
        id.is_some_and(|id| id.eq_ignore_ascii_case(location))
    };
    let zone = site
        .resources(ResourceKind::Zone)
        .iter()
        .find(|it| stands_for(it));
    let zone = zone.map(|it| it.id().to_owned());
    match (platform.resource_locations.get(location), zone) {
        (None, None) => {}
        (None, Some(zone)) => {
            let is_used = zoned(site, &zone).is_some() || zone == site.primary_zone();
            if !is_used {
                site.resources_mut(ResourceKind::Zone).remove(&zone);
            }
        }
        (Some(location), Some(zone)) => {
            let is_primary = zone == site.primary_zone();
            if let Some(mut zone) = site.resources_mut(ResourceKind::Zone).get_mut(&zone) {
                zone.fields.insert(FIELD.to_owned(), location.reference());
                if !is_primary {
                    zone.name.clone_from(&location.name);
                }
            }
        }
        (Some(location), None) => {
            let uid = resource::next_uid(site, ResourceKind::Zone);
            let zone = Resource::new(location.name.as_str())
                .with("Uid", uid)
                .with(FIELD, location.reference());
            site.resources_mut(ResourceKind::Zone).push(zone);
        }
    }
}

/// In the cloud, a zone stands for a resource location, and takes its name by default.
fn validate(context: &Context<'_>, zone: &mut Resource) -> Result<(), Reply> {
    const FIELD: &str = "ResourceLocation";
    // A stored value is already a reference.
    if let Some(Value::String(id)) = zone.fields.get(FIELD).cloned() {
        zone.fields.shift_remove(FIELD);
        if id.is_empty() {
            return Ok(());
        }
        let location = context.platform.resource_locations.get(&id);
        let location = location.ok_or_else(|| orchestration::no_such(FIELD, &id, FIELD))?;
        zone.fields.insert(FIELD.to_owned(), location.reference());
    }
    Ok(())
}

fn zoned<'w>(site: &'w Site, zone: &str) -> Option<(&'static str, &'w str)> {
    let catalogs = site.catalogs().iter();
    let catalog = catalogs
        .filter(|it| zone_of(site, &it.fields) == zone)
        .map(|it| it.name.as_str())
        .next();
    if let Some(name) = catalog {
        return Some(("machine catalog", name));
    }
    for kind in [ResourceKind::Hypervisor, ResourceKind::Application] {
        let mut all = site.resources(kind).iter();
        let field = if kind == ResourceKind::Application {
            "HomeZone"
        } else {
            "Zone"
        };
        let found = all.find(|it| it.fields.get(field).is_some_and(|it| it == zone));
        if let Some(it) = found {
            return Some(("object", &it.name));
        }
    }
    None
}

/// Returns the objects that a body lists; fails if one of them does not exist.
fn items(context: &Context<'_>) -> Result<Vec<(ResourceKind, String)>, Reply> {
    let body = context.body()?;
    let items = body.get("Items").and_then(Value::as_array);
    let found = items.into_iter().flatten().map(|item| {
        let kind = ZONABLE.iter().find(|(name, _)| item["ItemType"] == *name);
        let Some((_, kind)) = kind else {
            let message = format!("Items of type {} cannot be moved.", item["ItemType"]);
            return Err(orchestration::bad_request(&message));
        };
        let id = item["Id"].as_str().filter(|it| !it.is_empty());
        let name = id.or_else(|| item["Name"].as_str()).unwrap_or_default();
        let found = resource::lookup(context.site, *kind, name);
        let found = found.ok_or_else(|| orchestration::no_such("Item", name, "Items"))?;
        Ok((*kind, found.id().to_owned()))
    });
    found.collect()
}

/// Returns the field of an object with its zone.
fn field_of(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Application | ResourceKind::User => "HomeZone",
        _ => "Zone",
    }
}

fn move_items(context: &mut Context<'_>) -> Outcome {
    let zone = resource::named(context, ResourceKind::Zone)?
        .id()
        .to_owned();
    for (kind, id) in items(context)? {
        resource::edit(context.site, kind, &id, |fields| {
            fields.insert(field_of(kind).to_owned(), json!(zone));
        });
    }
    resource::empty()
}

/// Removes objects from their zones; they are then in the primary zone, or in none.
fn remove_items(context: &mut Context<'_>) -> Outcome {
    for (kind, id) in items(context)? {
        resource::edit(context.site, kind, &id, |fields| {
            fields.shift_remove(field_of(kind));
        });
    }
    resource::empty()
}
