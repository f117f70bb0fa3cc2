//! Access rights: the administrators of an object, the caller's rights, and reports on administrators.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::context::{Context, Handler};
use super::hypervisors;
use super::permissions;
use super::resource::{self, Fields};
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::ids;
use crate::schema::filled;
use crate::world::{Resource, ResourceKind, Site};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ApplicationsGetApplicationAdministrators" => |it| of_object(it, ResourceKind::Application),
        "DeliveryGroupsGetDeliveryGroupsAdministrators" => {
            |it| of_object(it, ResourceKind::DeliveryGroup)
        }
        "HypervisorsGetHypervisorAdministrators" => |it| of_object(it, ResourceKind::Hypervisor),
        "HypervisorsGetHypervisorResourcePoolAdministrators" => |it| {
            hypervisors::pool(it)?;
            of_object(it, ResourceKind::Hypervisor)
        },
        "MachineCatalogsGetMachineCatalogsAdministrators" => {
            |it| of_object(it, ResourceKind::MachineCatalog)
        }
        "MachinesGetMachinesAdministrators" => of_machine,
        "AdminGetAdminEffectiveRights" => effective_rights,
        "AdminGetPredefinedPermissionGroups" => permissions::groups,
        "AdminGetPredefinedPermissionsForGroups" => permissions::of_group,
        "AdminGetDeleteAdministratorConsequence" => consequence,
        "AdminGetAdministratorNamePreview" => name_preview,
        "AdminGetAdministratorReport" => |context| {
            let administrator = resource::named(context, ResourceKind::Administrator)?.into_owned();
            Ok(report(context, &administrator.name, &administrator.fields))
        },
        "AdminPreviewAdministratorReport" => preview,
        _ => return None,
    })
}

fn rights_of(administrator: &Fields) -> impl Iterator<Item = &Value> {
    let rights = administrator
        .get("ScopesAndRoles")
        .and_then(Value::as_array);
    rights.into_iter().flatten()
}

/// Lists the administrators with rights on the object, through one of its scopes or the scope of all objects.
fn of_object(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let it = resource::named(context, kind)?;
    let scopes = resource::strings(it.fields.get("Scopes"));
    in_scopes(context, scopes)
}

/// A machine is in the scopes of its catalog and of its delivery group.
fn of_machine(context: &mut Context<'_>) -> Outcome {
    let machine = super::machines::named(context)?;
    let catalog = context.site.catalogs().get(&machine.catalog_id);
    let mut scopes = resource::strings(catalog.and_then(|it| it.fields.get("Scopes")));
    let group = machine.delivery_group_id.as_deref();
    let group = group.and_then(|id| context.site.resources(ResourceKind::DeliveryGroup).get(id));
    scopes.extend(resource::strings(
        group.and_then(|it| it.fields.get("Scopes")),
    ));
    in_scopes(context, scopes)
}

fn in_scopes(context: &mut Context<'_>, mut scopes: Vec<String>) -> Outcome {
    scopes.push(ids::ALL_SCOPE_ID.to_owned());
    resource::list_where(context, ResourceKind::Administrator, |_, it| {
        rights_of(&it.fields).any(|right| scopes.iter().any(|id| right["Scope"] == **id))
    })
}

/// The credentials of an API client grant all rights.
fn effective_rights(context: &mut Context<'_>) -> Outcome {
    let objects = context.objects();
    let model = resource::model_of(context);
    let mut roles = objects.site.resources(ResourceKind::Role).iter();
    let full = roles.find(|it| is_full(it));
    let right = full.map(|role| {
        let right = Fields::from_iter([
            ("Scope".to_owned(), json!(ids::ALL_SCOPE_ID)),
            ("Role".to_owned(), json!(role.id())),
        ]);
        resource::shown(objects, &right, model)
    });
    resource::page(context, right.into_iter())
}

fn is_full(role: &Resource) -> bool {
    resource::is_built_in(role) && role.name == "Full Administrator"
}

/// Returns what deleting an administrator would affect: the last full administrator cannot be deleted.
fn consequence(context: &mut Context<'_>) -> Outcome {
    let it = resource::named(context, ResourceKind::Administrator)?;
    let mut others = context.site.resources(ResourceKind::Administrator).iter();
    let is_last = may_do_everything(context.site, &it)
        && !others.any(|other| other.id() != it.id() && may_do_everything(context.site, other));
    let consequence = match rights_of(&it.fields).next() {
        None => "NoRightsLost",
        Some(_) if is_last => "CannotDeleteLastFullAdmin",
        Some(_) => "AllRightsLost",
    };
    Ok(Reply::json(200, &json!({ "Consequence": consequence })))
}

fn may_do_everything(site: &Site, administrator: &Resource) -> bool {
    rights_of(&administrator.fields).any(|right| {
        let role = right["Role"].as_str();
        let role = role.and_then(|id| site.resources(ResourceKind::Role).get(id));
        right["Scope"] == ids::ALL_SCOPE_ID && role.is_some_and(is_full)
    })
}

/// Returns the name that an administrator would get, or why the name is invalid.
fn name_preview(context: &mut Context<'_>) -> Outcome {
    let name = context.name().replace('|', "\\");
    let unchecked = context.call.query.flag("ignoreFormatCheck")? == Some(true);
    let known = super::identity::may_be_somebody(&name);
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "Name" => json!(name),
            "Error" if !known && !unchecked => json!(format!("'{name}' has no domain.")),
            _ => return None,
        })
    });
    Ok(Reply::json(200, &view))
}

/// Returns the report of an administrator who does not exist yet.
fn preview(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let name = body.get("User").and_then(Value::as_str).unwrap_or_default();
    let fields = resource::take(context.objects(), ResourceKind::Administrator, body.clone())?;
    if rights_of(&fields).next().is_none() {
        return Err(orchestration::bad_request("Rights are empty."));
    }
    Ok(report(context, name, &fields))
}

/// Renders a page with the rights of an administrator.
fn report(context: &Context<'_>, name: &str, administrator: &Fields) -> Reply {
    let site = &*context.site;
    let called = |kind: ResourceKind, id: &Value| {
        let it = id.as_str().and_then(|id| site.resources(kind).get(id));
        escaped(it.map_or("", |it| it.name.as_str()))
    };
    let rows: String = rights_of(administrator)
        .map(|right| {
            let role = called(ResourceKind::Role, &right["Role"]);
            let scope = called(ResourceKind::Scope, &right["Scope"]);
            format!("<tr><td>{role}</td><td>{scope}</td></tr>")
        })
        .collect();
    let name = escaped(name);
    let page = format!(
        "<html><body><h1>{name}</h1><table><tr><th>Role</th><th>Scope</th></tr>{rows}</table></body></html>"
    );
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "EncodedReport" => json!(STANDARD.encode(&page)),
            "Encoding" => json!("utf-8"),
            "MediaType" => json!("text/html"),
            _ => return None,
        })
    });
    Reply::json(200, &view)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}
