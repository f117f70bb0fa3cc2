//! Resource locations, on the platform's host and on the older one.

use serde_json::{Value, json};

use super::cloud::Turn;
use crate::http::errors::common;
use crate::http::{Outcome, Reply, platform_body};
use crate::world::ResourceLocation;

/// The pattern of names in Citrix's own document forbids these.
const FORBIDDEN: &str = r"/\#?%|[]{}<>$^&+";

pub(super) fn list(turn: &mut Turn<'_>) -> Outcome {
    Ok(Reply::json(
        200,
        &json!({ "items": turn.customer.platform.resource_locations }),
    ))
}

pub(super) fn create(turn: &mut Turn<'_>) -> Outcome {
    let wanted = read(turn)?;
    if wanted.get("name").is_none_or(Value::is_null) {
        return Err(common::missing("name"));
    }
    let mut location = ResourceLocation::new("");
    apply(&mut location, &wanted)?;
    let reply = Reply::json(200, &location);
    turn.customer.platform.resource_locations.push(location);
    Ok(reply)
}

pub(super) fn get(turn: &mut Turn<'_>) -> Outcome {
    Ok(Reply::json(200, named(turn)?))
}

pub(super) fn update(turn: &mut Turn<'_>) -> Outcome {
    let wanted = read(turn)?;
    let mut changed = named(turn)?.clone();
    apply(&mut changed, &wanted)?;
    let reply = Reply::json(200, &changed);
    if let Some(mut location) = turn
        .customer
        .platform
        .resource_locations
        .get_mut(&changed.id)
    {
        *location = changed;
    }
    Ok(reply)
}

pub(super) fn delete(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id.clone();
    turn.customer.platform.resource_locations.remove(&id);
    Ok(Reply::empty(204))
}

fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t ResourceLocation, Reply> {
    let id = turn.parameters.first().map_or("", String::as_str);
    let location = turn.customer.platform.resource_locations.get(id);
    location.ok_or_else(|| common::not_found("ResourceLocation", id))
}

fn read(turn: &Turn<'_>) -> Result<Value, Reply> {
    turn.call.check_json_content()?;
    platform_body(&turn.call.body, turn.shared.settings.strict)
}

/// Takes over what the body sets; a null counts as absent.
fn apply(location: &mut ResourceLocation, wanted: &Value) -> Result<(), Reply> {
    if let Some(name) = text(wanted, "name")? {
        if name.trim().is_empty() {
            return Err(common::invalid_string("name"));
        }
        if name.contains(|letter| FORBIDDEN.contains(letter)) {
            return Err(common::invalid_characters("name", FORBIDDEN));
        }
        name.clone_into(&mut location.name);
    }
    if let Some(zone) = text(wanted, "timeZone")? {
        zone.clone_into(&mut location.time_zone);
    }
    if let Some(only) = flag(wanted, "internalOnly")? {
        location.internal_only = only;
    }
    if let Some(only) = flag(wanted, "readOnly")? {
        location.read_only = only;
    }
    Ok(())
}

fn text<'a>(body: &'a Value, field: &str) -> Result<Option<&'a str>, Reply> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_str()
            .map(Some)
            .ok_or_else(|| common::invalid_string(field)),
    }
}

fn flag(body: &Value, field: &str) -> Result<Option<bool>, Reply> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_bool()
            .map(Some)
            .ok_or_else(|| common::invalid_string(field)),
    }
}
