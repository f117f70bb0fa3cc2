//! Resource locations, on the platform's host and on the older one.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::context::Context;
use crate::http::errors::common;
use crate::http::{Outcome, Reply, platform_body};
use crate::world::{Event, ResourceLocation};

/// How long it takes until a site has a zone for a new location; about half a minute on the service.
const REACHES_SITES: SignedDuration = SignedDuration::from_secs(30);

/// The name pattern in Citrix's own document excludes these characters.
const FORBIDDEN: &str = r"/\#?%|[]{}<>$^&+";

pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    Ok(Reply::json(
        200,
        &json!({ "items": context.customer.platform.resource_locations }),
    ))
}

pub(super) fn create(context: &mut Context<'_>) -> Outcome {
    let wanted = read(context)?;
    if wanted.get("name").is_none_or(Value::is_null) {
        return Err(common::missing("name"));
    }
    let mut location = ResourceLocation::new("");
    apply(&mut location, &wanted)?;
    let reply = Reply::json(200, &location);
    let id = location.id.clone();
    context.customer.platform.resource_locations.push(location);
    tell_sites(context, &id);
    Ok(reply)
}

pub(super) fn get(context: &mut Context<'_>) -> Outcome {
    Ok(Reply::json(200, named(context)?))
}

pub(super) fn update(context: &mut Context<'_>) -> Outcome {
    let wanted = read(context)?;
    let mut changed = named(context)?.clone();
    apply(&mut changed, &wanted)?;
    let reply = Reply::json(200, &changed);
    let id = changed.id.clone();
    if let Some(mut location) = context
        .customer
        .platform
        .resource_locations
        .get_mut(&changed.id)
    {
        *location = changed;
    }
    tell_sites(context, &id);
    Ok(reply)
}

pub(super) fn delete(context: &mut Context<'_>) -> Outcome {
    let id = named(context)?.id.clone();
    context.customer.platform.resource_locations.remove(&id);
    tell_sites(context, &id);
    Ok(Reply::empty(204))
}

/// Notifies the sites of a change after a delay, as the service does.
fn tell_sites(context: &mut Context<'_>, location: &str) {
    for site in context.customer.sites_mut() {
        let location = location.to_owned();
        site.schedule
            .plan(context.now, REACHES_SITES, Event::Location { location });
    }
}

fn named<'t>(context: &'t Context<'_>) -> Result<&'t ResourceLocation, Reply> {
    let id = context.parameters.first().map_or("", String::as_str);
    let location = context.customer.platform.resource_locations.get(id);
    location.ok_or_else(|| common::not_found("ResourceLocation", id))
}

fn read(context: &Context<'_>) -> Result<Value, Reply> {
    context.call.check_json_content()?;
    platform_body(&context.call.body, context.shared.settings.strict)
}

/// Applies the fields of the body; null counts as absent.
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
