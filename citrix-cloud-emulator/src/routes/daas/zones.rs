//! `/Zones`.

use serde_json::{Map, Value, json};

use super::handlers::Handler;
use super::objects::{self, PLAIN, Traits};
use super::turn::Turn;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::ids;
use crate::world::{Catalog, Kind, Resource, World};

pub(super) const ZONE: Traits = Traits {
    entity: "Zone",
    defaults: r#"{ "IsHealthy": true, "IsPrimary": false }"#,
    derived,
    settled,
    in_use: |world, zone| {
        let (kind, name) = zoned(world, zone.id())?;
        Some(format!("{kind} '{name}'"))
    },
    ..PLAIN
};

/// What can be moved into a zone, by the `ItemType` of a body.
const ZONABLE: [(&str, Kind); 4] = [
    ("Application", Kind::Application),
    ("HypervisorConnection", Kind::Hypervisor),
    ("MachineCatalog", Kind::MachineCatalog),
    ("User", Kind::User),
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ZonesGetZones" => |turn| objects::list(turn, Kind::Zone),
        "ZonesCreateZone" => |turn| objects::create(turn, Kind::Zone),
        "ZonesGetZone" => |turn| objects::get(turn, Kind::Zone),
        "ZonesEditZone" => |turn| objects::update(turn, Kind::Zone),
        "ZonesDeleteZone" => |turn| objects::delete(turn, Kind::Zone),
        "ZonesMoveItemsIntoZone" => move_items,
        _ => return None,
    })
}

/// The zone that an object is in: the primary one unless it was put elsewhere.
pub(super) fn zone_of(fields: &Map<String, Value>) -> &str {
    fields
        .get("Zone")
        .and_then(Value::as_str)
        .unwrap_or(ids::ZONE_ID)
}

fn derived(world: &World, zone: &Resource) -> Map<String, Value> {
    let id = zone.fields.get("ResourceLocation").and_then(Value::as_str);
    let location = id.and_then(|id| world.resource_locations.get(id));
    let location = location.map(|it| json!({ "Id": it.id, "Name": it.name }));
    Map::from_iter([("ResourceLocation".to_owned(), location.unwrap_or_default())])
}

/// A zone in the cloud stands for a resource location, and takes its name where it has none.
fn settled(turn: &Turn<'_>, zone: &mut Resource) -> Result<(), Reply> {
    let id = zone.fields.get("ResourceLocation").and_then(Value::as_str);
    if let Some(id) = id.filter(|id| !id.is_empty())
        && turn.world.resource_locations.get(id).is_none()
    {
        return Err(orchestration::no_such(
            "ResourceLocation",
            id,
            "ResourceLocation",
        ));
    }
    Ok(())
}

fn zoned<'w>(world: &'w World, zone: &str) -> Option<(&'static str, &'w str)> {
    let catalogs = world.catalogs.iter();
    let catalog = catalogs
        .filter(|it| zone_of(&it.fields) == zone)
        .map(Catalog::name)
        .next();
    if let Some(name) = catalog {
        return Some(("machine catalog", name));
    }
    for kind in [Kind::Hypervisor, Kind::Application] {
        let mut all = world.resources(kind).iter();
        let field = if kind == Kind::Application {
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

/// Moves nothing unless everything can be moved.
fn move_items(turn: &mut Turn<'_>) -> Outcome {
    let zone = objects::named(turn, Kind::Zone)?.id().to_owned();
    let body = turn.body()?;
    let items = body.get("Items").and_then(Value::as_array);
    let mut moves = Vec::new();
    for item in items.into_iter().flatten() {
        let kind = ZONABLE.iter().find(|(name, _)| item["ItemType"] == *name);
        let Some((_, kind)) = kind else {
            let message = format!("Items of type {} cannot be moved.", item["ItemType"]);
            return Err(orchestration::bad_request(&message));
        };
        let id = item["Id"].as_str().filter(|it| !it.is_empty());
        let name = id.or_else(|| item["Name"].as_str()).unwrap_or_default();
        let found = objects::lookup(turn.world, *kind, name);
        let found = found.ok_or_else(|| orchestration::no_such("Item", name, "Items"))?;
        moves.push((*kind, found.id().to_owned()));
    }
    for (kind, id) in moves {
        let field = match kind {
            Kind::Application | Kind::User => "HomeZone",
            _ => "Zone",
        };
        objects::edit(turn.world, kind, &id, |fields| {
            fields.insert(field.to_owned(), json!(zone));
        });
    }
    objects::empty()
}
