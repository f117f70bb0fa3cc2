//! `/administrators`: a customer's administrators, their access, and invitations.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::context::Context;
use crate::http::errors::problem;
use crate::http::{Outcome, Reply, json_body};
use crate::schema::{self, Type, filled};
use crate::world::{Resource, ResourceKind};

/// The page size if the caller does not set one.
const DEFAULT_PAGE: usize = 100;

pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    let query = &context.call.query;
    let wanted = |name: &str| query.get(name).filter(|it| !it.is_empty());
    let most = match wanted("maxItemCount") {
        None => DEFAULT_PAGE,
        Some(text) => text
            .parse()
            .ok()
            .filter(|most| (1..=1000).contains(most))
            .ok_or_else(|| problem::invalid("maxItemCount"))?,
    };
    let all = context
        .customer
        .platform
        .resources(ResourceKind::CloudAdministrator)
        .iter();
    let chosen = all.filter(|it| {
        let is = |parameter: &str, field: &str| {
            let have = it
                .fields
                .get(field)
                .and_then(Value::as_str)
                .unwrap_or_default();
            wanted(parameter).is_none_or(|it| it.eq_ignore_ascii_case(have))
        };
        is("type", "type") && is("providerType", "providerType") && {
            wanted("id").is_none_or(|id| id.eq_ignore_ascii_case(it.id()))
        }
    });
    let mut chosen: Vec<&Resource> = chosen.collect();
    if let Some(token) = wanted("requestContinuation") {
        let at = chosen.iter().position(|it| it.id() == token);
        let at = at.ok_or_else(|| problem::invalid("requestContinuation"))?;
        chosen.drain(..at);
    }
    let next = chosen.get(most).map(|it| it.id());
    let items: Vec<_> = chosen.iter().take(most).map(|it| view(it)).collect();
    Ok(Reply::json(
        200,
        &json!({ "items": items, "continuationToken": next }),
    ))
}

/// Adds a group or a user of the customer's own identity provider at once, and invites everyone else.
pub(super) fn create(context: &mut Context<'_>) -> Outcome {
    let body = body(context, "CreateAdministratorInputModel")?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let (email, kind) = (text("email"), text("type"));
    let invited = text("providerType") == "CitrixSts";
    if invited && email.is_empty() {
        return Err(problem::missing("email"));
    }
    let name = if email.is_empty() {
        text("displayName")
    } else {
        email
    };
    if context
        .customer
        .platform
        .resources(ResourceKind::CloudAdministrator)
        .contains(name)
    {
        return Err(problem::conflict(name));
    }
    let group = kind == "AdministratorGroup";
    let id = if group {
        format!("OID:/azuread/{}", Uuid::new_v4())
    } else {
        Uuid::new_v4().to_string()
    };
    let mut administrator = Resource::new(name).with_id(id);
    let now = context.now.to_string();
    administrator.fields = body.clone();
    let administrator = administrator
        .with("customerId", context.customer.id())
        .with("pending", invited)
        .with("createdDate", now.as_str())
        .with("updatedDate", now);
    let view = view(&administrator);
    context
        .customer
        .platform
        .resources_mut(ResourceKind::CloudAdministrator)
        .push(administrator);
    Ok(Reply::json(200, &view))
}

pub(super) fn get_access(context: &mut Context<'_>) -> Outcome {
    let id = context.parameters.first().map_or("", String::as_str);
    let it = named(context, id)?;
    let access = filled("AdministratorAccessModel", |field| {
        it.fields.get(field.name).cloned()
    });
    Ok(Reply::json(200, &access))
}

pub(super) fn set_access(context: &mut Context<'_>) -> Outcome {
    let id = required(context, "id")?;
    let access = body(context, "AdministratorAccessModel")?;
    named(context, &id)?;
    let now = context.now.to_string();
    let all = context
        .customer
        .platform
        .resources_mut(ResourceKind::CloudAdministrator);
    if let Some(mut it) = all.get_mut(&id) {
        it.fields.shift_remove("policies");
        it.fields.extend(access);
        it.fields.insert("updatedDate".to_owned(), json!(now));
    }
    Ok(Reply::empty(200))
}

pub(super) fn delete(context: &mut Context<'_>) -> Outcome {
    let id = context.parameters.first().cloned().unwrap_or_default();
    let it = named(context, &id)?;
    let full = |it: &Resource| it.fields.get("accessType") == Some(&json!("Full"));
    let others = context
        .customer
        .platform
        .resources(ResourceKind::CloudAdministrator)
        .iter();
    let mut others = others.filter(|other| other.id() != it.id() && full(other));
    if full(it) && others.next().is_none() {
        return Err(problem::conflict("the last administrator with full access"));
    }
    let id = it.id().to_owned();
    context
        .customer
        .platform
        .resources_mut(ResourceKind::CloudAdministrator)
        .remove(&id);
    Ok(Reply::empty(200))
}

/// Returns whether there was an invitation to withdraw.
pub(super) fn delete_invitation(context: &mut Context<'_>) -> Outcome {
    let email = required(context, "email")?;
    let all = context
        .customer
        .platform
        .resources(ResourceKind::CloudAdministrator);
    let invited = all
        .get(&email)
        .filter(|it| it.fields.get("pending") == Some(&json!(true)));
    let id = invited.map(|it| it.id().to_owned());
    if let Some(id) = &id {
        context
            .customer
            .platform
            .resources_mut(ResourceKind::CloudAdministrator)
            .remove(id);
    }
    Ok(Reply::json(200, &json!(id.is_some())))
}

fn view(it: &Resource) -> Value {
    let kind = it.fields.get("type").and_then(Value::as_str);
    let id = if kind == Some("AdministratorGroup") {
        "ucOid"
    } else {
        "userId"
    };
    filled("AdministratorResult", |field| {
        if field.name == id {
            return Some(json!(it.id()));
        }
        it.fields.get(field.name).cloned()
    })
}

fn named<'t>(context: &'t Context<'_>, id: &str) -> Result<&'t Resource, Reply> {
    let found = context
        .customer
        .platform
        .resources(ResourceKind::CloudAdministrator)
        .get(id);
    found.ok_or_else(|| problem::not_found(id))
}

fn required(context: &Context<'_>, parameter: &str) -> Result<String, Reply> {
    let value = context
        .call
        .query
        .get(parameter)
        .filter(|it| !it.is_empty());
    Ok(value.ok_or_else(|| problem::missing(parameter))?.to_owned())
}

fn body(context: &Context<'_>, model: &'static str) -> Result<Map<String, Value>, Reply> {
    context.call.check_json_content()?;
    let given = json_body(&context.call.body)?;
    let binding = schema::Binding::of(context.shared.settings.strict);
    match schema::body(&Type::Named(model), &given, binding).map_err(|reply| problem::of(&reply))? {
        Value::Object(fields) => Ok(fields),
        _ => Err(problem::invalid("body")),
    }
}
