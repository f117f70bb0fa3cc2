//! `/Applications` and `/ApplicationGroups`.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::resource::{self, Fields, Objects, PLAIN, ResourceSpec};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind, Site};

pub(super) mod file_types;
pub(super) mod icons;
pub(super) mod publishing;
pub(super) mod start_menu;

pub(super) const APPLICATION: ResourceSpec = ResourceSpec {
    entity: "Application",
    defaults: r#"{
        "ApplicationType": "HostedOnDesktop", "CpuPriorityLevel": "Normal", "Enabled": true,
        "HomeZoneMode": "Prefer", "IconId": "1", "IncludedUserFilterEnabled": false, "SharingKind": "Shared",
        "ShortcutAddedToDesktop": false, "ShortcutAddedToStartMenu": false, "Visible": true,
        "WaitForPrinterCreation": false, "MaxPerUserInstances": 0, "MaxTotalInstances": 0,
        "PackagedApplicationVisibility": "None"
    }"#,
    renamed: &[("Icon", "IconId"), ("FileTypes", "ConfiguredFtas")],
    computed: application_counts,
    validate: complete_application,
    ..PLAIN
};

pub(super) const GROUP: ResourceSpec = ResourceSpec {
    entity: "ApplicationGroup",
    defaults: r#"{ "Enabled": true, "SessionSharingEnabled": true, "IncludedUsersFilterEnabled": false }"#,
    renamed: &[("IncludedUserFilterEnabled", "IncludedUsersFilterEnabled")],
    computed: group_counts,
    blocks_delete: |_, _| None,
    on_delete: |site, group| leave(site, "ApplicationGroups", group.id()),
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ApplicationsGetApplications" | "ApplicationsGetApplicationsV2" => {
            |context| resource::list(context, ResourceKind::Application)
        }
        "ApplicationsAddApplications" => add,
        "ApplicationsGetApplication" => |context| resource::get(context, ResourceKind::Application),
        "ApplicationsPatchApplication" => {
            |context| resource::update(context, ResourceKind::Application)
        }
        "ApplicationsDeleteApplication" => {
            |context| resource::delete(context, ResourceKind::Application)
        }
        "ApplicationsGetApplicationApplicationGroups" => |context| {
            listed(
                context,
                ResourceKind::Application,
                "ApplicationGroups",
                ResourceKind::ApplicationGroup,
            )
        },
        "ApplicationsGetApplicationDeliveryGroups" => |context| {
            listed(
                context,
                ResourceKind::Application,
                "DeliveryGroups",
                ResourceKind::DeliveryGroup,
            )
        },
        "ApplicationsSetApplicationTags" => {
            |context| resource::set_tags(context, ResourceKind::Application)
        }
        "ApplicationsAddApplicationTags" => {
            |context| resource::add_tag(context, ResourceKind::Application)
        }
        "ApplicationsRemoveApplicationTags" => {
            |context| resource::remove_tag(context, ResourceKind::Application)
        }
        "ApplicationGroupsGetApplicationGroups" | "ApplicationGroupsGetApplicationGroupsV2" => {
            |context| resource::list(context, ResourceKind::ApplicationGroup)
        }
        "ApplicationGroupsAddApplicationGroupTag" => {
            |context| resource::add_tag(context, ResourceKind::ApplicationGroup)
        }
        "ApplicationGroupsRemoveApplicationGroupTag" => {
            |context| resource::remove_tag(context, ResourceKind::ApplicationGroup)
        }
        "ApplicationsDuplicateApplication" => duplicate,
        "ApplicationsGetApplicationRecommendName" => recommend_name,
        "ApplicationsGetApplicationSessions" => |context| {
            resource::named(context, ResourceKind::Application)?;
            // All sessions of an emulated site are desktops.
            resource::page(context, std::iter::empty())
        },
        "MachinesGetMachineApplications" => of_machine,
        "ApplicationsGetApplicationTags" => {
            |context| resource::tags(context, ResourceKind::Application)
        }
        "ApplicationGroupsCreateApplicationGroup" => {
            |context| resource::create(context, ResourceKind::ApplicationGroup)
        }
        "ApplicationGroupsGetApplicationGroup" => {
            |context| resource::get(context, ResourceKind::ApplicationGroup)
        }
        "ApplicationGroupsUpdateApplicationGroup" => {
            |context| resource::update(context, ResourceKind::ApplicationGroup)
        }
        "ApplicationGroupsDeleteApplicationGroup" => {
            |context| resource::delete(context, ResourceKind::ApplicationGroup)
        }
        "ApplicationGroupsGetApplicationGroupDeliveryGroups" => |context| {
            listed(
                context,
                ResourceKind::ApplicationGroup,
                "DeliveryGroups",
                ResourceKind::DeliveryGroup,
            )
        },
        "ApplicationGroupsGetApplicationGroupTags" => {
            |context| resource::tags(context, ResourceKind::ApplicationGroup)
        }
        "ApplicationGroupsSetApplicationGroupTags" => {
            |context| resource::set_tags(context, ResourceKind::ApplicationGroup)
        }
        _ => return None,
    })
}

/// Returns the applications of a delivery group, directly or through an application group.
pub(super) fn of_group<'w>(site: &'w Site, group: &'w str) -> impl Iterator<Item = &'w Resource> {
    site.resources(ResourceKind::Application)
        .iter()
        .filter(move |it| {
            let by_group = resource::strings(it.fields.get("ApplicationGroups")).into_iter();
            let mut by_group = by_group
                .filter_map(|id| site.resources(ResourceKind::ApplicationGroup).get(&id))
                .map(|it| &it.fields);
            resource::lists(&it.fields, "DeliveryGroups", group)
                || by_group.any(|it| resource::lists(it, "DeliveryGroups", group))
        })
}

/// Removes an application group or a delivery group from everything that lists it.
pub(super) fn leave(site: &mut Site, list: &str, id: &str) {
    for kind in [ResourceKind::Application, ResourceKind::ApplicationGroup] {
        site.resources_mut(kind).change_where(
            |it| resource::lists(&it.fields, list, id),
            |it| resource::drop_from(&mut it.fields, list, id),
        );
    }
}

fn application_counts(_: Objects<'_>, it: &Resource) -> Map<String, Value> {
    let ids = |list: &str| -> Vec<Value> {
        let items = it.fields.get(list).and_then(Value::as_array);
        let ids = items.into_iter().flatten();
        ids.map(|it| it.get("Id").unwrap_or(it).clone()).collect()
    };
    let (desktops, groups) = (ids("DeliveryGroups"), ids("ApplicationGroups"));
    let mut computed = Map::from_iter([
        (
            "NumAssociatedDeliveryGroups".to_owned(),
            json!(desktops.len()),
        ),
        (
            "NumAssociatedApplicationGroups".to_owned(),
            json!(groups.len()),
        ),
        ("AssociatedDeliveryGroupUuids".to_owned(), json!(desktops)),
        ("AssociatedApplicationGroupUuids".to_owned(), json!(groups)),
    ]);
    if it.fields.get("HomeZone").is_none_or(Value::is_null) {
        let none = json!({ "Id": "00000000-0000-0000-0000-000000000000" });
        computed.insert("HomeZone".to_owned(), none);
    }
    computed
}

/// Fills in the names that a new application lacks.
fn complete_application(context: &Context<'_>, it: &mut Resource) -> Result<(), Reply> {
    if let Some(icon) = it.fields.get("IconId").and_then(Value::as_str)
        && context
            .site
            .resources(ResourceKind::Icon)
            .get(icon)
            .is_none()
    {
        return Err(orchestration::no_such("Icon", icon, "Icon"));
    }
    let name = it.name.clone();
    for field in ["PublishedName", "BrowserName"] {
        it.fields
            .entry(field.to_owned())
            .or_insert_with(|| json!(name));
    }
    Ok(())
}

fn group_counts(objects: Objects<'_>, group: &Resource) -> Map<String, Value> {
    let site = objects.site;
    let applications = site.resources(ResourceKind::Application).iter();
    let applications =
        applications.filter(|it| resource::lists(&it.fields, "ApplicationGroups", group.id()));
    let applications = applications.count();
    let tag = group.fields.get("RestrictToTag").and_then(Value::as_str);
    let (mut machines, mut tagged) = (0, 0);
    let mut uids = Vec::new();
    let mut delivery_groups = Vec::new();
    let listed = group.fields.get("DeliveryGroups").and_then(Value::as_array);
    for item in listed.into_iter().flatten() {
        let id = item["Id"].as_str().unwrap_or_default();
        let Some(Value::Object(mut known)) =
            resource::reference(objects, ResourceKind::DeliveryGroup, id)
        else {
            continue;
        };
        let all = site.machines.group_len(id);
        let with_tag = tag.map_or(0, |tag| {
            let machines = site.machines.group(id);
            let settings = machines.filter_map(|it| it.settings.as_deref());
            settings
                .filter(|it| resource::lists(it, "Tags", tag))
                .count()
        });
        machines += all;
        tagged += with_tag;
        uids.extend(known.get("Uid").cloned());
        known.insert("Priority".to_owned(), item["Priority"].clone());
        known.insert("NumMachines".to_owned(), json!(all));
        known.insert("NumTaggedMachines".to_owned(), json!(with_tag));
        delivery_groups.push(Value::Object(known));
    }
    Map::from_iter([
        ("NumApplications".to_owned(), json!(applications)),
        ("ApplicationCount".to_owned(), json!(applications)),
        ("NumMachines".to_owned(), json!(machines)),
        ("TotalMachines".to_owned(), json!(machines)),
        ("NumMachinesWithTag".to_owned(), json!(tagged)),
        ("AssociatedDeliveryGroupUids".to_owned(), json!(uids)),
        ("DeliveryGroups".to_owned(), json!(delivery_groups)),
    ])
}

/// Adds new and existing applications to groups.
fn add(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let targets: Fields = ["ApplicationGroups", "DeliveryGroups"]
        .into_iter()
        .filter_map(|list| Some((list.to_owned(), body.shift_remove(list)?)))
        .collect();
    let targets = resource::take(context.objects(), ResourceKind::Application, targets)?;
    let mut applications = Vec::new();
    for name in resource::strings(body.get("ExistingApplications")) {
        let it = resource::lookup(context.site, ResourceKind::Application, &name)
            .ok_or_else(|| orchestration::no_such("Application", &name, "ExistingApplications"))?;
        applications.push(it.id().to_owned());
    }
    let new = body.get("NewApplications").and_then(Value::as_array);
    let new: Vec<_> = new
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .cloned()
        .collect();
    if applications.is_empty() && new.is_empty() {
        return Err(common::missing("NewApplications"));
    }
    let made = make_all(context, new)?;
    applications.extend(made);
    for id in applications {
        resource::edit(context.site, ResourceKind::Application, &id, |fields| {
            join(fields, &targets);
        });
    }
    resource::empty()
}

/// Creates several applications, or none if one of them is invalid.
pub(super) fn make_all(context: &mut Context<'_>, new: Vec<Fields>) -> Result<Vec<String>, Reply> {
    let mut made = Vec::new();
    for body in new {
        match resource::make(context, ResourceKind::Application, body, Vec::new()) {
            Ok(id) => made.push(id),
            Err(refusal) => {
                for id in made {
                    context
                        .site
                        .resources_mut(ResourceKind::Application)
                        .remove(&id);
                }
                return Err(refusal);
            }
        }
    }
    Ok(made)
}

/// Adds an application to further groups.
pub(super) fn join(application: &mut Fields, targets: &Fields) {
    for (list, targets) in targets {
        let mut all = application
            .get(list)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for target in targets.as_array().into_iter().flatten() {
            let id = target
                .get("Id")
                .unwrap_or(target)
                .as_str()
                .unwrap_or_default();
            if !resource::lists(application, list, id) {
                all.push(target.clone());
            }
        }
        application.insert(list.clone(), json!(all));
    }
}

/// Finds a name for a copy that no other application has.
fn free_name(site: &Site, wanted: &str) -> String {
    let mut number = 0;
    loop {
        number += 1;
        let name = match number {
            1 => format!("{wanted} - Copy"),
            _ => format!("{wanted} - Copy ({number})"),
        };
        if resource::lookup(site, ResourceKind::Application, &name).is_none() {
            return name;
        }
    }
}

fn recommend_name(context: &mut Context<'_>) -> Outcome {
    let application = resource::named(context, ResourceKind::Application)?;
    let name = free_name(context.site, &application.name);
    Ok(Reply::json(200, &json!(name)))
}

/// Creates a copy in the same groups, with another name or in another folder.
fn duplicate(context: &mut Context<'_>) -> Outcome {
    let old = resource::named(context, ResourceKind::Application)?.into_owned();
    let body = context.body()?;
    let text = |field: &str| {
        body.get(field)
            .and_then(Value::as_str)
            .filter(|it| !it.is_empty())
    };
    let name = text("NewName").map(str::to_owned);
    let name = name.unwrap_or_else(|| free_name(context.site, &old.name));
    let mut fields = old.fields.clone();
    for own in ["Uid", "BrowserName"] {
        fields.shift_remove(own);
    }
    fields.insert("Name".to_owned(), json!(name));
    if let Some(folder) = text("NewFolder") {
        fields.insert("ApplicationFolder".to_owned(), json!(folder));
    }
    if body.get("CreateDisabled") == Some(&json!(true)) {
        fields.insert("Enabled".to_owned(), json!(false));
    }
    // Stored fields have the names used in responses.
    for (given, stored) in APPLICATION.renamed {
        if let Some(value) = fields.shift_remove(*stored) {
            fields.insert((*given).to_owned(), value);
        }
    }
    let id = resource::make(context, ResourceKind::Application, fields, Vec::new())?;
    resource::respond(context, ResourceKind::Application, &id)
}

/// Lists the applications that a machine's group publishes.
fn of_machine(context: &mut Context<'_>) -> Outcome {
    let group = super::machines::named(context)?.delivery_group_id.clone();
    let group = group.unwrap_or_default();
    let objects = context.objects();
    let model = resource::model_of(context);
    let views = of_group(objects.site, &group).map(|it| {
        let mut it = it.clone();
        it.fields.insert("Published".to_owned(), json!(true));
        resource::view(objects, ResourceKind::Application, &it, model)
    });
    let views: Vec<Value> = views.collect();
    resource::page(context, views.into_iter())
}

/// Lists the objects in one of an object's fields, each with its priority if it has one.
fn listed(context: &mut Context<'_>, kind: ResourceKind, list: &str, of: ResourceKind) -> Outcome {
    let it = resource::named(context, kind)?.into_owned();
    let site = &*context.site;
    let objects = context.objects();
    let model = resource::model_of(context);
    let items = it
        .fields
        .get(list)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let views = items.into_iter().filter_map(|item| {
        let id = item.get("Id").unwrap_or(&item).as_str()?;
        let mut it = resource::lookup(site, of, id)?.into_owned();
        if let Some(priority) = item.get("Priority") {
            it.fields.insert("Priority".to_owned(), priority.clone());
        }
        Some(resource::view(objects, of, &it, model))
    });
    resource::page(context, views)
}
