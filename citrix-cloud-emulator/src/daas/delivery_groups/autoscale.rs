//! Autoscale plug-ins of a delivery group, and the templates with their dates.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::resource::{self, Fields, PLAIN, ResourceSpec};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::{Model, filled, model};
use crate::world::{Resource, ResourceKind};

pub(in crate::daas) const TEMPLATE: ResourceSpec = ResourceSpec {
    entity: "AutoscalePluginTemplate",
    ..PLAIN
};

/// The field of a delivery group with its plug-ins.
const LIST: &str = "AutoscaleGroupPlugins";
const PLUGIN: &str = "AutoscaleGroupPluginModel";

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DeliveryGroupsCreateAutoscalePluginTemplate" => create_template,
        "DeliveryGroupsGetAutoscalePluginTemplate" => get_template,
        "DeliveryGroupsGetAutoscalePluginTemplates" => list_templates,
        "DeliveryGroupsUpdateAutoscalePluginTemplate" => update_template,
        "DeliveryGroupsDeleteAutoscalePluginTemplate" => delete_template,
        "DeliveryGroupsGetDeliveryGroupAutoscaleGroupPlugins" => list,
        "DeliveryGroupsCreateDeliveryGroupAutoscaleGroupPlugin" => create,
        "DeliveryGroupsUpdateDeliveryGroupAutoscaleGroupPlugin" => update,
        "DeliveryGroupsDeleteDeliveryGroupAutoscaleGroupPlugin" => delete,
        _ => return None,
    })
}

fn create_template(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let kind = kind(context)?;
    body.insert("Type".to_owned(), json!(kind));
    let parents = vec![kind.to_owned()];
    resource::make(
        context,
        ResourceKind::AutoscalePluginTemplate,
        body,
        parents,
    )?;
    resource::empty()
}

fn list_templates(context: &mut Context<'_>) -> Outcome {
    let kind = kind(context)?;
    resource::list_where(context, ResourceKind::AutoscalePluginTemplate, |_, it| {
        it.parents.iter().any(|parent| parent == kind)
    })
}

fn get_template(context: &mut Context<'_>) -> Outcome {
    let id = template(context)?.id().to_owned();
    resource::respond(context, ResourceKind::AutoscalePluginTemplate, &id)
}

fn update_template(context: &mut Context<'_>) -> Outcome {
    let id = template(context)?.id().to_owned();
    let body = context.body()?;
    resource::change(context, ResourceKind::AutoscalePluginTemplate, &id, body)?;
    resource::empty()
}

fn delete_template(context: &mut Context<'_>) -> Outcome {
    let id = template(context)?.id().to_owned();
    resource::remove(context, ResourceKind::AutoscalePluginTemplate, &id)?;
    resource::empty()
}

/// Templates of different kinds may share a name, so the name alone is not enough.
fn template<'t>(context: &'t Context<'_>) -> Result<&'t Resource, Reply> {
    let (kind, name) = (kind(context)?, context.part(1));
    let mut templates = context
        .site
        .resources(ResourceKind::AutoscalePluginTemplate)
        .group(kind);
    let found = templates.find(|it| it.name.to_lowercase() == name.to_lowercase());
    found.ok_or_else(|| orchestration::not_found(TEMPLATE.entity, name))
}

fn kind(context: &Context<'_>) -> Result<&'static str, Reply> {
    let Some(Model::Enumeration(kinds)) = model("AutoscalePluginType") else {
        return Ok("Unknown");
    };
    let kind = kinds
        .iter()
        .find(|it| it.eq_ignore_ascii_case(context.name()));
    kind.copied()
        .ok_or_else(|| common::invalid_enum("type", kinds))
}

fn list(context: &mut Context<'_>) -> Outcome {
    let wanted = context
        .call
        .query
        .get("type")
        .unwrap_or_default()
        .to_lowercase();
    let (group, plugins) = plugins(context)?;
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
    resource::page(context, views)
}

fn create(context: &mut Context<'_>) -> Outcome {
    let mut plugin = context.body()?;
    let (group, mut plugins) = plugins(context)?;
    let name = plugin.get("Name");
    if plugins.iter().any(|it| it.get("Name") == name) {
        let name = name.and_then(Value::as_str).unwrap_or_default();
        return Err(orchestration::name_taken("AutoscaleGroupPlugin", name));
    }
    let uids = plugins.iter().filter_map(|it| it.get("Uid")?.as_u64());
    plugin.insert("Uid".to_owned(), json!(uids.max().unwrap_or(0) + 1));
    plugin.entry("Enabled").or_insert(json!(true));
    plugins.push(plugin);
    store(context, &group, &plugins)
}

fn update(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let (group, mut plugins) = plugins(context)?;
    let at = position(context, &plugins)?;
    if let Some(plugin) = plugins.get_mut(at) {
        plugin.extend(body);
    }
    store(context, &group, &plugins)
}

fn delete(context: &mut Context<'_>) -> Outcome {
    let (group, mut plugins) = plugins(context)?;
    plugins.remove(position(context, &plugins)?);
    store(context, &group, &plugins)
}

fn plugins(context: &Context<'_>) -> Result<(Resource, Vec<Fields>), Reply> {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?.into_owned();
    let plugins = group
        .fields
        .get(LIST)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let plugins = plugins.filter_map(|it| it.as_object().cloned()).collect();
    Ok((group, plugins))
}

fn position(context: &Context<'_>, plugins: &[Fields]) -> Result<usize, Reply> {
    let text = context.part(1);
    let uid = text.parse::<u64>().unwrap_or(0);
    let mut all = plugins.iter();
    let found = all.position(|it| it.get("Uid").and_then(Value::as_u64) == Some(uid));
    found.ok_or_else(|| orchestration::not_found("AutoscaleGroupPlugin", text))
}

fn store(context: &mut Context<'_>, group: &Resource, plugins: &[Fields]) -> Outcome {
    resource::edit(
        context.site,
        ResourceKind::DeliveryGroup,
        group.id(),
        |fields| {
            fields.insert(LIST.to_owned(), json!(plugins));
        },
    );
    resource::empty()
}
