//! `/Admin`: administrators, roles, scopes, permissions.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::permissions;
use super::resource::{self, PLAIN, ResourceSpec};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Resource, ResourceKind, Site};

pub(super) const ADMINISTRATOR: ResourceSpec = ResourceSpec {
    entity: "Administrator",
    defaults: r#"{ "Enabled": true, "ScopesAndRoles": [] }"#,
    renamed: &[("Rights", "ScopesAndRoles")],
    ..PLAIN
};

pub(super) const ROLE: ResourceSpec = ResourceSpec {
    entity: "Role",
    defaults: r#"{ "IsBuiltIn": false, "CanLaunchManage": true, "CanLaunchMonitor": true }"#,
    computed: |_, role| Map::from_iter([("Permissions".to_owned(), permissions::of_role(role))]),
    validate: |context, role| changeable(context, ResourceKind::Role, role),
    blocks_delete: |site, role| holder(site, "Role", role.id()),
    ..PLAIN
};

pub(super) const SCOPE: ResourceSpec = ResourceSpec {
    entity: "Scope",
    defaults: r#"{ "IsBuiltIn": false, "IsAllScope": false, "IsTenantScope": false }"#,
    validate: |context, scope| {
        scope.fields.shift_remove("ScopedObjects");
        changeable(context, ResourceKind::Scope, scope)
    },
    blocks_delete: |site, scope| holder(site, "Scope", scope.id()),
    on_delete: |site, scope| {
        for (kind, id) in scoped(site, scope.id()) {
            resource::edit(site, kind, &id, |fields| {
                resource::drop_from(fields, "Scopes", scope.id());
            });
        }
    },
    ..PLAIN
};

/// The kinds of objects that a scope can hold, by the `ObjectType` in bodies.
const SCOPED: [(&str, ResourceKind); 7] = [
    ("HypervisorConnection", ResourceKind::Hypervisor),
    ("MachineCatalog", ResourceKind::MachineCatalog),
    ("DeliveryGroup", ResourceKind::DeliveryGroup),
    ("ApplicationGroup", ResourceKind::ApplicationGroup),
    ("Tag", ResourceKind::Tag),
    ("PolicySet", ResourceKind::PolicySet),
    ("ServiceAccount", ResourceKind::ServiceAccount),
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "AdminGetAdminAdministrators" => {
            |context| resource::list(context, ResourceKind::Administrator)
        }
        "AdminCreateAdminAdministrator" => create_administrator,
        "AdminGetAdminAdministrator" => {
            |context| resource::get(context, ResourceKind::Administrator)
        }
        "AdminUpdateAdminAdministrator" => update_administrator,
        "AdminDeleteAdminAdministrator" => {
            |context| resource::delete(context, ResourceKind::Administrator)
        }
        "AdminGetPredefinedPermissions" => permissions::list,
        "AdminCreateAdminRole" => |context| resource::create(context, ResourceKind::Role),
        "AdminGetAdminRoles" => |context| resource::list(context, ResourceKind::Role),
        "AdminGetAdminRole" => |context| resource::get(context, ResourceKind::Role),
        "AdminUpdateAdminRole" => |context| resource::update(context, ResourceKind::Role),
        "AdminDeleteAdminRole" => |context| resource::delete(context, ResourceKind::Role),
        "AdminGetAdminScopes" => |context| resource::list(context, ResourceKind::Scope),
        "AdminCreateAdminScope" => create_scope,
        "AdminGetAdminScope" => |context| resource::get(context, ResourceKind::Scope),
        "AdminUpdateAdminScope" => update_scope,
        "AdminDeleteAdminScope" => |context| resource::delete(context, ResourceKind::Scope),
        "AdminGetAdminScopedObjects" => scoped_objects,
        _ => return None,
    })
}

/// Creates an administrator, whose name is that of the user.
fn create_administrator(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let user = body
        .get("User")
        .and_then(Value::as_str)
        .filter(|it| !it.is_empty());
    let name = user.ok_or_else(|| common::missing("User"))?.to_owned();
    body.insert("Name".to_owned(), json!(name));
    rights(&body)?;
    resource::make(context, ResourceKind::Administrator, body, Vec::new())?;
    resource::empty()
}

fn update_administrator(context: &mut Context<'_>) -> Outcome {
    rights(&context.body()?)?;
    resource::update(context, ResourceKind::Administrator)
}

fn rights(body: &Map<String, Value>) -> Result<(), Reply> {
    match body.get("Rights").and_then(Value::as_array) {
        Some(rights) if rights.is_empty() => Err(common::missing("Rights")),
        _ => Ok(()),
    }
}

/// Rejects changes to built-in objects.
fn changeable(context: &Context<'_>, kind: ResourceKind, it: &Resource) -> Result<(), Reply> {
    match context.site.resources(kind).get(it.id()) {
        Some(old) if resource::is_built_in(old) => {
            let entity = if kind == ResourceKind::Role {
                "Role"
            } else {
                "Scope"
            };
            Err(orchestration::built_in(entity, &old.name))
        }
        _ => Ok(()),
    }
}

fn holder(site: &Site, field: &str, id: &str) -> Option<String> {
    let mut all = site.resources(ResourceKind::Administrator).iter();
    let holder = all.find(|it| {
        let rights = it.fields.get("ScopesAndRoles").and_then(Value::as_array);
        rights.is_some_and(|rights| rights.iter().any(|right| right[field] == id))
    })?;
    Some(format!("administrator '{}'", holder.name))
}

fn create_scope(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let objects = objects_of(context.site, body.shift_remove("ScopedObjects"))?;
    let id = resource::make(context, ResourceKind::Scope, body, Vec::new())?;
    put_into(context.site, &id, objects.unwrap_or_default());
    resource::empty()
}

/// If the body lists objects, the scope holds exactly those afterwards.
fn update_scope(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::Scope)?
        .id()
        .to_owned();
    let mut body = context.body()?;
    let objects = objects_of(context.site, body.shift_remove("ScopedObjects"))?;
    resource::change(context, ResourceKind::Scope, &id, body)?;
    if let Some(objects) = objects {
        for (kind, object) in scoped(context.site, &id) {
            resource::edit(context.site, kind, &object, |it| {
                resource::drop_from(it, "Scopes", &id);
            });
        }
        put_into(context.site, &id, objects);
    }
    resource::empty()
}

fn objects_of(
    site: &Site,
    list: Option<Value>,
) -> Result<Option<Vec<(ResourceKind, String)>>, Reply> {
    let Some(Value::Array(list)) = list else {
        return Ok(None);
    };
    let found = list.iter().map(|it| {
        let name = it["Object"].as_str().unwrap_or_default();
        let kind = SCOPED.iter().find(|(kind, _)| it["ObjectType"] == *kind);
        let found = kind.and_then(|(_, kind)| Some((*kind, resource::lookup(site, *kind, name)?)));
        let found = found.map(|(kind, it)| (kind, it.id().to_owned()));
        found.ok_or_else(|| orchestration::no_such("Object", name, "ScopedObjects"))
    });
    found.collect::<Result<_, _>>().map(Some)
}

fn put_into(site: &mut Site, scope: &str, objects: Vec<(ResourceKind, String)>) {
    for (kind, id) in objects {
        resource::edit(site, kind, &id, |fields| {
            let mut scopes = resource::strings(fields.get("Scopes"));
            scopes.push(scope.to_owned());
            fields.insert("Scopes".to_owned(), json!(scopes));
        });
    }
}

/// Returns everything in a scope.
fn scoped(site: &Site, scope: &str) -> Vec<(ResourceKind, String)> {
    let mut found = Vec::new();
    for (_, kind) in SCOPED {
        let all = site.resources(kind).iter();
        let held = all.filter(|it| resource::lists(&it.fields, "Scopes", scope));
        found.extend(held.map(|it| (kind, it.id().to_owned())));
    }
    found
}

fn scoped_objects(context: &mut Context<'_>) -> Outcome {
    let scope = resource::named(context, ResourceKind::Scope)?
        .id()
        .to_owned();
    let site = &*context.site;
    let objects = context.objects();
    let model = resource::model_of(context);
    let views = scoped(site, &scope).into_iter().map(|(kind, id)| {
        let object = resource::reference(objects, kind, &id).unwrap_or_default();
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
    resource::page(context, views)
}
