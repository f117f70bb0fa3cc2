//! Autoscale plug-ins of a delivery group, and the templates that give them dates.

use serde_json::{Value, json};

use super::handlers::Handler;
use super::objects::{self, Fields, PLAIN, Traits};
use super::turn::Turn;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::{Model, filled, model};
use crate::world::{Kind, Resource};

pub(super) const TEMPLATE: Traits = Traits {
    entity: "AutoscalePluginTemplate",
    ..PLAIN
};

/// The field of a delivery group that lists its plug-ins.
const LIST: &str = "AutoscaleGroupPlugins";
const PLUGIN: &str = "AutoscaleGroupPluginModel";

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DeliveryGroupsCreateAutoscalePluginTemplate" => create_template,
        "DeliveryGroupsGetAutoscalePluginTemplate" => get_template,
        "DeliveryGroupsUpdateAutoscalePluginTemplate" => update_template,
        "DeliveryGroupsDeleteAutoscalePluginTemplate" => delete_template,
        "DeliveryGroupsGetDeliveryGroupAutoscaleGroupPlugins" => list,
        "DeliveryGroupsCreateDeliveryGroupAutoscaleGroupPlugin" => create,
        "DeliveryGroupsUpdateDeliveryGroupAutoscaleGroupPlugin" => update,
        "DeliveryGroupsDeleteDeliveryGroupAutoscaleGroupPlugin" => delete,
        _ => return None,
    })
}

fn create_template(turn: &mut Turn<'_>) -> Outcome {
    let mut body = turn.body()?;
    let kind = kind(turn)?;
    body.insert("Type".to_owned(), json!(kind));
    let parents = vec![kind.to_owned()];
    objects::make(turn, Kind::AutoscalePluginTemplate, body, parents)?;
    objects::empty()
}

fn get_template(turn: &mut Turn<'_>) -> Outcome {
    let id = template(turn)?.id().to_owned();
    objects::answer(turn, Kind::AutoscalePluginTemplate, &id)
}

fn update_template(turn: &mut Turn<'_>) -> Outcome {
    let id = template(turn)?.id().to_owned();
    let body = turn.body()?;
    objects::change(turn, Kind::AutoscalePluginTemplate, &id, body)?;
    objects::empty()
}

fn delete_template(turn: &mut Turn<'_>) -> Outcome {
    let id = template(turn)?.id().to_owned();
    objects::remove(turn, Kind::AutoscalePluginTemplate, &id)?;
    objects::empty()
}

/// Two kinds of templates may share a name, so the name alone does not find one.
fn template<'t>(turn: &'t Turn<'_>) -> Result<&'t Resource, Reply> {
    let (kind, name) = (kind(turn)?, turn.part(1));
    let mut templates = turn
        .site
        .resources(Kind::AutoscalePluginTemplate)
        .group(kind);
    let found = templates.find(|it| it.name.to_lowercase() == name.to_lowercase());
    found.ok_or_else(|| orchestration::not_found(TEMPLATE.entity, name))
}

fn kind(turn: &Turn<'_>) -> Result<&'static str, Reply> {
    let Some(Model::Enumeration(kinds)) = model("AutoscalePluginType") else {
        return Ok("Unknown");
    };
    let kind = kinds.iter().find(|it| it.eq_ignore_ascii_case(turn.name()));
    kind.copied()
        .ok_or_else(|| common::invalid_enum("type", kinds))
}

fn list(turn: &mut Turn<'_>) -> Outcome {
    let wanted = turn
        .call
        .query
        .get("type")
        .unwrap_or_default()
        .to_lowercase();
    let (group, plugins) = plugins(turn)?;
    let plugins = plugins.into_iter().filter(|it| {
        let kind = it.get("Type").and_then(Value::as_str).unwrap_or_default();
        wanted.is_empty() || kind.to_lowercase() == wanted
    });
    let uid = group.fields.get("Uid").cloned();
    let views = plugins.map(|mut it| {
        filled(PLUGIN, |field| match field.name {
            "DesktopGroupUid" => uid.clone(),
            name => it.shift_remove(name),
        })
    });
    objects::page(turn, views)
}

fn create(turn: &mut Turn<'_>) -> Outcome {
    let mut plugin = turn.body()?;
    let (group, mut plugins) = plugins(turn)?;
    let name = plugin.get("Name");
    if plugins.iter().any(|it| it.get("Name") == name) {
        let name = name.and_then(Value::as_str).unwrap_or_default();
        return Err(orchestration::name_taken("AutoscaleGroupPlugin", name));
    }
    let uids = plugins.iter().filter_map(|it| it.get("Uid")?.as_u64());
    plugin.insert("Uid".to_owned(), json!(uids.max().unwrap_or(0) + 1));
    plugin.entry("Enabled").or_insert(json!(true));
    plugins.push(plugin);
    store(turn, &group, &plugins)
}

fn update(turn: &mut Turn<'_>) -> Outcome {
    let body = turn.body()?;
    let (group, mut plugins) = plugins(turn)?;
    let at = position(turn, &plugins)?;
    if let Some(plugin) = plugins.get_mut(at) {
        plugin.extend(body);
    }
    store(turn, &group, &plugins)
}

fn delete(turn: &mut Turn<'_>) -> Outcome {
    let (group, mut plugins) = plugins(turn)?;
    plugins.remove(position(turn, &plugins)?);
    store(turn, &group, &plugins)
}

fn plugins(turn: &Turn<'_>) -> Result<(Resource, Vec<Fields>), Reply> {
    let group = objects::named(turn, Kind::DeliveryGroup)?.into_owned();
    let plugins = group
        .fields
        .get(LIST)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let plugins = plugins.filter_map(|it| it.as_object().cloned()).collect();
    Ok((group, plugins))
}

fn position(turn: &Turn<'_>, plugins: &[Fields]) -> Result<usize, Reply> {
    let text = turn.part(1);
    let uid = text.parse::<u64>().unwrap_or(0);
    let mut all = plugins.iter();
    let found = all.position(|it| it.get("Uid").and_then(Value::as_u64) == Some(uid));
    found.ok_or_else(|| orchestration::not_found("AutoscaleGroupPlugin", text))
}

fn store(turn: &mut Turn<'_>, group: &Resource, plugins: &[Fields]) -> Outcome {
    objects::edit(turn.site, Kind::DeliveryGroup, group.id(), |fields| {
        fields.insert(LIST.to_owned(), json!(plugins));
    });
    objects::empty()
}
