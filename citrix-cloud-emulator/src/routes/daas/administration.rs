//! `/Admin`: administrators, roles, scopes, permissions.

use serde_json::{Map, Value, json};

use super::handlers::Handler;
use super::objects::{self, PLAIN, Traits};
use super::turn::Turn;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Kind, Resource, Site};

pub(super) const ADMINISTRATOR: Traits = Traits {
    entity: "Administrator",
    defaults: r#"{ "Enabled": true, "ScopesAndRoles": [] }"#,
    renamed: &[("Rights", "ScopesAndRoles")],
    ..PLAIN
};

pub(super) const ROLE: Traits = Traits {
    entity: "Role",
    defaults: r#"{ "IsBuiltIn": false, "CanLaunchManage": true, "CanLaunchMonitor": true }"#,
    derived: |_, role| Map::from_iter([("Permissions".to_owned(), permissions_of(role))]),
    settled: |turn, role| changeable(turn, Kind::Role, role),
    in_use: |site, role| holder(site, "Role", role.id()),
    ..PLAIN
};

pub(super) const SCOPE: Traits = Traits {
    entity: "Scope",
    defaults: r#"{ "IsBuiltIn": false, "IsAllScope": false, "IsTenantScope": false }"#,
    settled: |turn, scope| {
        scope.fields.shift_remove("ScopedObjects");
        changeable(turn, Kind::Scope, scope)
    },
    in_use: |site, scope| holder(site, "Scope", scope.id()),
    forgotten: |site, scope| {
        for (kind, id) in scoped(site, scope.id()) {
            objects::edit(site, kind, &id, |fields| {
                objects::drop_from(fields, "Scopes", scope.id());
            });
        }
    },
    ..PLAIN
};

/// What a scope can hold, by the `ObjectType` of a body.
const SCOPED: [(&str, Kind); 7] = [
    ("HypervisorConnection", Kind::Hypervisor),
    ("MachineCatalog", Kind::MachineCatalog),
    ("DeliveryGroup", Kind::DeliveryGroup),
    ("ApplicationGroup", Kind::ApplicationGroup),
    ("Tag", Kind::Tag),
    ("PolicySet", Kind::PolicySet),
    ("ServiceAccount", Kind::ServiceAccount),
];

/// Id, name, group and description of what a role can permit. The service has hundreds; these stand for them.
const PERMISSIONS: [(&str, &str, &str, &str); 10] = [
    (
        "AppGroup_Manage",
        "Manage Application Groups",
        "Application Groups",
        "Create, change and delete application groups",
    ),
    (
        "Applications_Manage",
        "Manage Applications",
        "Applications",
        "Create, change and delete applications",
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

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "AdminGetAdminAdministrators" => |turn| objects::list(turn, Kind::Administrator),
        "AdminCreateAdminAdministrator" => create_administrator,
        "AdminGetAdminAdministrator" => |turn| objects::get(turn, Kind::Administrator),
        "AdminUpdateAdminAdministrator" => update_administrator,
        "AdminDeleteAdminAdministrator" => |turn| objects::delete(turn, Kind::Administrator),
        "AdminGetPredefinedPermissions" => permissions,
        "AdminCreateAdminRole" => |turn| objects::create(turn, Kind::Role),
        "AdminGetAdminRoles" => |turn| objects::list(turn, Kind::Role),
        "AdminGetAdminRole" => |turn| objects::get(turn, Kind::Role),
        "AdminUpdateAdminRole" => |turn| objects::update(turn, Kind::Role),
        "AdminDeleteAdminRole" => |turn| objects::delete(turn, Kind::Role),
        "AdminGetAdminScopes" => |turn| objects::list(turn, Kind::Scope),
        "AdminCreateAdminScope" => create_scope,
        "AdminGetAdminScope" => |turn| objects::get(turn, Kind::Scope),
        "AdminUpdateAdminScope" => update_scope,
        "AdminDeleteAdminScope" => |turn| objects::delete(turn, Kind::Scope),
        "AdminGetAdminScopedObjects" => scoped_objects,
        _ => return None,
    })
}

/// An administrator is known by the name of the user.
fn create_administrator(turn: &mut Turn<'_>) -> Outcome {
    let mut body = turn.body()?;
    let user = body
        .get("User")
        .and_then(Value::as_str)
        .filter(|it| !it.is_empty());
    let name = user.ok_or_else(|| common::missing("User"))?.to_owned();
    body.insert("Name".to_owned(), json!(name));
    rights(&body)?;
    objects::make(turn, Kind::Administrator, body, Vec::new())?;
    objects::empty()
}

fn update_administrator(turn: &mut Turn<'_>) -> Outcome {
    rights(&turn.body()?)?;
    objects::update(turn, Kind::Administrator)
}

fn rights(body: &Map<String, Value>) -> Result<(), Reply> {
    match body.get("Rights").and_then(Value::as_array) {
        Some(rights) if rights.is_empty() => Err(common::missing("Rights")),
        _ => Ok(()),
    }
}

fn permissions(turn: &mut Turn<'_>) -> Outcome {
    let model = objects::model_of(turn);
    let views = PERMISSIONS.iter().map(|(id, name, group, description)| {
        filled(model, |field| {
            Some(match field.name {
                "Id" => json!(id),
                "Name" => json!(name),
                "GroupId" => json!(group.replace(' ', "")),
                "GroupName" => json!(group),
                "Description" => json!(description),
                "Operations" => json!([id]),
                "IsReadOnly" => json!(id.ends_with("_Read")),
                _ => return None,
            })
        })
    });
    objects::page(turn, views)
}

fn permissions_of(role: &Resource) -> Value {
    let ids = objects::strings(role.fields.get("Permissions")).into_iter();
    let all = ids.map(|id| {
        let known = PERMISSIONS
            .iter()
            .find(|(it, ..)| it.eq_ignore_ascii_case(&id));
        let (name, description) = known.map_or((id.as_str(), ""), |(_, name, _, it)| (*name, *it));
        json!({ "Id": id, "Name": name, "Description": description, "Operations": [id] })
    });
    all.collect()
}

/// Refuses to change what is built in.
fn changeable(turn: &Turn<'_>, kind: Kind, it: &Resource) -> Result<(), Reply> {
    match turn.site.resources(kind).get(it.id()) {
        Some(old) if objects::is_built_in(old) => {
            let entity = if kind == Kind::Role { "Role" } else { "Scope" };
            Err(orchestration::built_in(entity, &old.name))
        }
        _ => Ok(()),
    }
}

fn holder(site: &Site, field: &str, id: &str) -> Option<String> {
    let mut all = site.resources(Kind::Administrator).iter();
    let holder = all.find(|it| {
        let rights = it.fields.get("ScopesAndRoles").and_then(Value::as_array);
        rights.is_some_and(|rights| rights.iter().any(|right| right[field] == id))
    })?;
    Some(format!("administrator '{}'", holder.name))
}

fn create_scope(turn: &mut Turn<'_>) -> Outcome {
    let mut body = turn.body()?;
    let objects = objects_of(turn.site, body.shift_remove("ScopedObjects"))?;
    let id = objects::make(turn, Kind::Scope, body, Vec::new())?;
    put_into(turn.site, &id, objects.unwrap_or_default());
    objects::empty()
}

/// Where the body lists objects, the scope holds those and no others afterwards.
fn update_scope(turn: &mut Turn<'_>) -> Outcome {
    let id = objects::named(turn, Kind::Scope)?.id().to_owned();
    let mut body = turn.body()?;
    let objects = objects_of(turn.site, body.shift_remove("ScopedObjects"))?;
    objects::change(turn, Kind::Scope, &id, body)?;
    if let Some(objects) = objects {
        for (kind, object) in scoped(turn.site, &id) {
            objects::edit(turn.site, kind, &object, |it| {
                objects::drop_from(it, "Scopes", &id);
            });
        }
        put_into(turn.site, &id, objects);
    }
    objects::empty()
}

fn objects_of(site: &Site, list: Option<Value>) -> Result<Option<Vec<(Kind, String)>>, Reply> {
    let Some(Value::Array(list)) = list else {
        return Ok(None);
    };
    let found = list.iter().map(|it| {
        let name = it["Object"].as_str().unwrap_or_default();
        let kind = SCOPED.iter().find(|(kind, _)| it["ObjectType"] == *kind);
        let found = kind.and_then(|(_, kind)| Some((*kind, objects::lookup(site, *kind, name)?)));
        let found = found.map(|(kind, it)| (kind, it.id().to_owned()));
        found.ok_or_else(|| orchestration::no_such("Object", name, "ScopedObjects"))
    });
    found.collect::<Result<_, _>>().map(Some)
}

fn put_into(site: &mut Site, scope: &str, objects: Vec<(Kind, String)>) {
    for (kind, id) in objects {
        objects::edit(site, kind, &id, |fields| {
            let mut scopes = objects::strings(fields.get("Scopes"));
            scopes.push(scope.to_owned());
            fields.insert("Scopes".to_owned(), json!(scopes));
        });
    }
}

/// Everything that is in a scope.
fn scoped(site: &Site, scope: &str) -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    for (_, kind) in SCOPED {
        let catalogs = site
            .catalogs
            .iter()
            .filter(|_| kind == Kind::MachineCatalog);
        let catalogs = catalogs.map(|it| (it.id(), &it.fields));
        let others = site.resources(kind).iter().map(|it| (it.id(), &it.fields));
        let held = catalogs
            .chain(others)
            .filter(|(_, it)| objects::lists(it, "Scopes", scope));
        found.extend(held.map(|(id, _)| (kind, id.to_owned())));
    }
    found
}

fn scoped_objects(turn: &mut Turn<'_>) -> Outcome {
    let scope = objects::named(turn, Kind::Scope)?.id().to_owned();
    let site = &*turn.site;
    let model = objects::model_of(turn);
    let views = scoped(site, &scope).into_iter().map(|(kind, id)| {
        let object = objects::reference(site, kind, &id).unwrap_or_default();
        let kind = SCOPED
            .iter()
            .find(|(_, it)| *it == kind)
            .map(|(name, _)| *name);
        filled(model, |field| {
            Some(match field.name {
                "ObjectDescription" => object["Description"].clone(),
                "ObjectType" => json!(kind),
                _ => object.clone(),
            })
        })
    });
    objects::page(turn, views)
}
