//! The applications that delivery groups and application groups publish, and the catalogs that their machines come
//! from.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::resource::{self, Fields};
use crate::daas::{applications, membership};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Resource, ResourceKind, Site};

/// The field of a delivery group with its catalogs.
const CATALOGS: &str = "AssociatedMachineCatalogs";

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ApplicationGroupsGetApplicationGroupApplications" => applications_of_application_group,
        "ApplicationGroupsAddApplications" => add_to_application_group,
        "ApplicationGroupsRemoveApplication" => |context| {
            take_out(
                context,
                ResourceKind::ApplicationGroup,
                ResourceKind::Application,
            )
        },
        "DeliveryGroupsGetDeliveryGroupApplications" => applications_of_delivery_group,
        "DeliveryGroupsDoAddApplications" => add_to_delivery_group,
        "DeliveryGroupsDoRemoveApplications" => |context| {
            take_out(
                context,
                ResourceKind::DeliveryGroup,
                ResourceKind::Application,
            )
        },
        "DeliveryGroupsDoRemoveApplicationGroups" => |context| {
            take_out(
                context,
                ResourceKind::DeliveryGroup,
                ResourceKind::ApplicationGroup,
            )
        },
        "DeliveryGroupsGetDeliveryGroupsMachineCatalogs" => catalogs,
        "DeliveryGroupsGetDeliveryGroupsMachineCatalogDetails" => catalog,
        "DeliveryGroupsAddDeliveryGroupMachineCatalog" => add_catalog,
        "DeliveryGroupsRemoveDeliveryGroupMachineCatalog" => remove_catalog,
        "MachineCatalogsGetMachineCatalogDeliveryGroupAssociations" => associations,
        _ => return None,
    })
}

/// Publishes new and existing applications in a delivery group.
pub(in crate::daas) fn publish(
    context: &mut Context<'_>,
    group: &str,
    wanted: &Fields,
) -> Result<(), Reply> {
    let targets = Fields::from_iter([(
        "DeliveryGroups".to_owned(),
        json!([{ "Id": group, "Priority": 0 }]),
    )]);
    let mut published = Vec::new();
    for (list, kind) in [
        ("ExistingApplications", ResourceKind::Application),
        ("ExistingApplicationGroups", ResourceKind::ApplicationGroup),
    ] {
        for item in objects_in(wanted, list) {
            let name = item.get("Item").and_then(Value::as_str).unwrap_or_default();
            published.push((kind, referenced(context.site, kind, name, list)?));
        }
    }
    let made = applications::make_all(context, objects_in(wanted, "NewApplications"))?;
    published.extend(made.into_iter().map(|id| (ResourceKind::Application, id)));
    put_into(context.site, published, &targets);
    Ok(())
}

fn put_into(site: &mut Site, published: Vec<(ResourceKind, String)>, targets: &Fields) {
    for (kind, id) in published {
        resource::edit(site, kind, &id, |fields| {
            applications::join(fields, targets);
        });
    }
}

fn objects_in(fields: &Fields, list: &str) -> Vec<Fields> {
    let items = fields.get(list).and_then(Value::as_array);
    let items = items.into_iter().flatten();
    items.filter_map(|it| it.as_object().cloned()).collect()
}

fn referenced(site: &Site, kind: ResourceKind, name: &str, list: &str) -> Result<String, Reply> {
    let it = resource::lookup(site, kind, name);
    let it = it.ok_or_else(|| orchestration::no_such(&kind.name(), name, list))?;
    Ok(it.id().to_owned())
}

fn id_of(context: &Context<'_>, kind: ResourceKind) -> Result<String, Reply> {
    Ok(resource::named(context, kind)?.id().to_owned())
}

fn applications_of_application_group(context: &mut Context<'_>) -> Outcome {
    let group = id_of(context, ResourceKind::ApplicationGroup)?;
    resource::list_where(context, ResourceKind::Application, |_, it| {
        resource::lists(&it.fields, "ApplicationGroups", &group)
    })
}

fn add_to_application_group(context: &mut Context<'_>) -> Outcome {
    let group = id_of(context, ResourceKind::ApplicationGroup)?;
    let body = context.body()?;
    let list = "ExistingApplications";
    let mut published = Vec::new();
    for name in resource::strings(body.get(list)) {
        let kind = ResourceKind::Application;
        published.push((kind, referenced(context.site, kind, &name, list)?));
    }
    let new = objects_in(&body, "NewApplications");
    if published.is_empty() && new.is_empty() {
        return Err(common::missing(list));
    }
    let made = applications::make_all(context, new)?;
    published.extend(made.into_iter().map(|id| (ResourceKind::Application, id)));
    let targets = Fields::from_iter([("ApplicationGroups".to_owned(), json!([group]))]);
    put_into(context.site, published, &targets);
    resource::empty()
}

fn applications_of_delivery_group(context: &mut Context<'_>) -> Outcome {
    let group = id_of(context, ResourceKind::DeliveryGroup)?;
    let of_group = applications::of_group(context.site, &group);
    let ids: Vec<String> = of_group.map(|it| it.id().to_owned()).collect();
    resource::list_where(context, ResourceKind::Application, |_, it| {
        ids.iter().any(|id| id == it.id())
    })
}

fn add_to_delivery_group(context: &mut Context<'_>) -> Outcome {
    let group = id_of(context, ResourceKind::DeliveryGroup)?;
    let body = context.body()?;
    publish(context, &group, &body)?;
    resource::empty()
}

/// Removes the path's second object from the group that comes first.
fn take_out(context: &mut Context<'_>, from: ResourceKind, kind: ResourceKind) -> Outcome {
    let group = id_of(context, from)?;
    let list = match from {
        ResourceKind::ApplicationGroup => "ApplicationGroups",
        _ => "DeliveryGroups",
    };
    let it = resource::found(context.objects(), kind, context.part(1))?;
    if !resource::lists(&it.fields, list, &group) {
        return Err(orchestration::not_found(&kind.name(), context.part(1)));
    }
    let id = it.id().to_owned();
    resource::edit(context.site, kind, &id, |fields| {
        resource::drop_from(fields, list, &group);
    });
    resource::empty()
}

/// Returns the ids of a group's catalogs: those of its machines, and those it is to take machines from.
fn catalogs_of(site: &Site, group: &Resource) -> Vec<String> {
    let mut ids: Vec<String> = objects_in(&group.fields, CATALOGS)
        .iter()
        .filter_map(|it| Some(it.get("Id")?.as_str()?.to_owned()))
        .collect();
    for machine in site.machines.group(group.id()) {
        if !ids.contains(&machine.catalog_id) {
            ids.push(machine.catalog_id.clone());
        }
    }
    ids
}

fn catalogs(context: &mut Context<'_>) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?.into_owned();
    let ids = catalogs_of(context.site, &group);
    resource::list_where(context, ResourceKind::MachineCatalog, |_, it| {
        ids.iter().any(|id| id == it.id())
    })
}

/// Returns the second catalog of the path, if it belongs to the group.
fn catalog_in(context: &Context<'_>) -> Result<(Resource, String), Reply> {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?.into_owned();
    let wanted = context.part(1);
    let catalog = resource::found(context.objects(), ResourceKind::MachineCatalog, wanted)?;
    let id = catalog.id().to_owned();
    if !catalogs_of(context.site, &group).contains(&id) {
        return Err(orchestration::not_found("MachineCatalog", wanted));
    }
    Ok((group, id))
}

fn catalog(context: &mut Context<'_>) -> Outcome {
    let (_, id) = catalog_in(context)?;
    resource::respond(context, ResourceKind::MachineCatalog, &id)
}

/// Adds a catalog to the group; its unassigned machines join the group.
fn add_catalog(context: &mut Context<'_>) -> Outcome {
    let group = id_of(context, ResourceKind::DeliveryGroup)?;
    let body = context.body()?;
    let name = body.get("Item").and_then(Value::as_str).unwrap_or_default();
    let catalog = referenced(context.site, ResourceKind::MachineCatalog, name, "Item")?;
    let priority = body.get("Priority").cloned().unwrap_or_else(|| json!(0));
    membership::join_all(context.site, &group, &catalog);
    resource::edit(
        context.site,
        ResourceKind::DeliveryGroup,
        &group,
        |fields| {
            resource::drop_from(fields, CATALOGS, &catalog);
            let all = fields.entry(CATALOGS).or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.push(json!({ "Id": catalog, "Priority": priority }));
            }
        },
    );
    resource::respond(context, ResourceKind::DeliveryGroup, &group)
}

/// Removes a catalog and its machines from the group.
fn remove_catalog(context: &mut Context<'_>) -> Outcome {
    let (group, catalog) = catalog_in(context)?;
    membership::leave_all(context.site, group.id(), &catalog)?;
    resource::edit(
        context.site,
        ResourceKind::DeliveryGroup,
        group.id(),
        |fields| {
            resource::drop_from(fields, CATALOGS, &catalog);
        },
    );
    resource::empty()
}

/// Lists all groups, and whether they take machines from the catalog.
fn associations(context: &mut Context<'_>) -> Outcome {
    let catalog = id_of(context, ResourceKind::MachineCatalog)?;
    let model = resource::model_of(context);
    let site = &*context.site;
    let groups = site.resources(ResourceKind::DeliveryGroup).iter();
    let views = groups.map(|group| {
        let associated = objects_in(&group.fields, CATALOGS);
        let mut associated = associated.iter();
        let own = associated.find(|it| it.get("Id").is_some_and(|id| *id == catalog));
        let is_associated = catalogs_of(site, group).contains(&catalog);
        filled(model, |field| {
            Some(match field.name {
                "Id" => json!(group.id()),
                "Uid" => group.fields.get("Uid")?.clone(),
                "Name" => json!(group.name),
                "Associated" => json!(is_associated),
                "Priority" => own?.get("Priority")?.clone(),
                _ => return None,
            })
        })
    });
    let views: Vec<Value> = views.collect();
    resource::page(context, views.into_iter())
}
