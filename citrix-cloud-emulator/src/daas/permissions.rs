//! The permissions that roles can contain.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::context::Context;
use super::resource;
use crate::http::Outcome;
use crate::http::errors::orchestration;
use crate::schema::filled;
use crate::world::Resource;

/// Id, name, group and description of permissions. The service has hundreds; these stand in for them.
const PERMISSIONS: [(&str, &str, &str, &str); 16] = [
    (
        "AppGroup_Manage",
        "Manage Application Groups",
        "Application Groups",
        "Create, change and delete application groups",
    ),
    (
        "AppGroupApplications_ChangeTags",
        "Edit Application Tags",
        "Application Groups",
        "Give applications of a group tags",
    ),
    (
        "AppGroupApplications_Read",
        "View Applications of Groups",
        "Application Groups",
        "See the applications of a group",
    ),
    (
        "ApplicationGroup_AddScope",
        "Add Application Group to Scope",
        "Application Groups",
        "Put an application group into a scope",
    ),
    (
        "ApplicationGroup_Read",
        "View Application Groups",
        "Application Groups",
        "See application groups",
    ),
    (
        "Applications_Manage",
        "Manage Applications",
        "Applications",
        "Create, change and delete applications",
    ),
    (
        "AppLib_AddPackage",
        "Add Application Packages",
        "App Packages",
        "Add packages to the library",
    ),
    (
        "Catalog_Manage",
        "Manage Machine Catalogs",
        "Machine Catalogs",
        "Create, change and delete machine catalogs",
    ),
    (
        "Catalog_Read",
        "View Machine Catalogs",
        "Machine Catalogs",
        "See machine catalogs and their machines",
    ),
    (
        "DesktopGroup_AddApplicationGroup",
        "Add Application Group to Delivery Group",
        "Delivery Groups",
        "Deliver an application group",
    ),
    (
        "DesktopGroup_Manage",
        "Manage Delivery Groups",
        "Delivery Groups",
        "Create, change and delete delivery groups",
    ),
    (
        "DesktopGroup_Read",
        "View Delivery Groups",
        "Delivery Groups",
        "See delivery groups",
    ),
    (
        "Director_DismissAlerts",
        "Dismiss Alerts",
        "Director",
        "Dismiss alerts",
    ),
    (
        "Hosts_Manage",
        "Manage Hosts",
        "Hosts",
        "Create, change and delete connections and resources",
    ),
    (
        "Logging_Read",
        "View Configuration Logs",
        "Logging",
        "See the configuration log",
    ),
    (
        "Machine_PowerManagement",
        "Power Management",
        "Machine Catalogs",
        "Start, stop and restart machines",
    ),
];

pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    of(context, None)
}

/// Lists the permissions of one group.
pub(super) fn of_group(context: &mut Context<'_>) -> Outcome {
    let wanted = context.name();
    let group = PERMISSIONS.iter().map(|it| it.2);
    let mut group = group.filter(|it| id_of_group(it).eq_ignore_ascii_case(wanted));
    let group = group
        .next()
        .ok_or_else(|| orchestration::not_found("PermissionGroup", wanted))?;
    of(context, Some(group))
}

/// Lists the groups of permissions.
pub(super) fn groups(context: &mut Context<'_>) -> Outcome {
    let model = resource::model_of(context);
    let names: BTreeSet<_> = PERMISSIONS.iter().map(|it| it.2).collect();
    let views = names.into_iter().map(|name| {
        filled(model, |field| {
            Some(match field.name {
                "Id" => json!(id_of_group(name)),
                "Name" => json!(name),
                _ => return None,
            })
        })
    });
    resource::page(context, views)
}

fn id_of_group(name: &str) -> String {
    name.replace(' ', "")
}

fn of(context: &Context<'_>, wanted: Option<&str>) -> Outcome {
    let model = resource::model_of(context);
    let permissions = PERMISSIONS.iter();
    let permissions = permissions.filter(|it| wanted.is_none_or(|group| it.2 == group));
    let views = permissions.map(|(id, name, group, description)| {
        filled(model, |field| {
            Some(match field.name {
                "Id" => json!(id),
                "Name" => json!(name),
                "GroupId" => json!(id_of_group(group)),
                "GroupName" => json!(group),
                "Description" => json!(description),
                "Operations" => json!([id]),
                "IsReadOnly" => json!(id.ends_with("_Read")),
                _ => return None,
            })
        })
    });
    resource::page(context, views)
}

pub(super) fn of_role(role: &Resource) -> Value {
    let ids = resource::strings(role.fields.get("Permissions")).into_iter();
    let all = ids.map(|id| {
        let known = PERMISSIONS
            .iter()
            .find(|(it, ..)| it.eq_ignore_ascii_case(&id));
        let (name, description) = known.map_or((id.as_str(), ""), |(_, name, _, it)| (*name, *it));
        json!({ "Id": id, "Name": name, "Description": description, "Operations": [id] })
    });
    all.collect()
}
