//! `/serviceprincipals`. There is no official schema; the fields are those in third-party material.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::context::Context;
use crate::clock::later;
use crate::http::errors::common;
use crate::http::{Outcome, Reply, platform_body};
use crate::world::{Administrator, ServicePrincipal};

/// The lifetime that a secret reports.
const SECRET_LIFETIME: SignedDuration = SignedDuration::from_hours(365 * 24);

pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    let most = context.call.query.number("take", 1, u32::MAX)?;
    let most = most.map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(usize::MAX));
    let items = context
        .customer
        .platform
        .service_principals
        .iter()
        .take(most);
    let items: Vec<_> = items.map(|it| view(context.administrator, it)).collect();
    Ok(Reply::json(200, &json!({ "items": items })))
}

pub(super) fn create(context: &mut Context<'_>) -> Outcome {
    context.call.check_json_content()?;
    let body = platform_body(&context.call.body, context.shared.settings.strict)?;
    let name = match body.get("displayName") {
        None | Some(Value::Null) => return Err(common::missing("displayName")),
        Some(name) => name.as_str().filter(|name| !name.trim().is_empty()),
    };
    let principal = ServicePrincipal {
        id: Uuid::new_v4().to_string(),
        display_name: name
            .ok_or_else(|| common::invalid_string("displayName"))?
            .to_owned(),
        client_id: Uuid::new_v4().simple().to_string(),
        customer_id: context.customer.id().to_owned(),
        created_at: context.now.to_string(),
        primary: None,
        secondary: None,
    };
    let id = principal.id.clone();
    context.customer.platform.service_principals.push(principal);
    let expires = later(context.now, SECRET_LIFETIME).to_string();
    context
        .customer
        .platform
        .add_secret(context.clients, &id, expires);
    context.parameters = vec![id];
    Ok(Reply::json(
        201,
        &view(context.administrator, named(context)?),
    ))
}

pub(super) fn get(context: &mut Context<'_>) -> Outcome {
    Ok(Reply::json(
        200,
        &view(context.administrator, named(context)?),
    ))
}

pub(super) fn delete(context: &mut Context<'_>) -> Outcome {
    // The client can no longer sign in, but its tokens stay valid until they expire.
    let id = named(context)?.id.clone();
    context
        .customer
        .platform
        .remove_principal(context.clients, &id);
    Ok(Reply::empty(204))
}

/// Shows it under the names that working programs read, and those that third-party documents use.
fn view(administrator: &Administrator, principal: &ServicePrincipal) -> Value {
    let mut view = json!(principal);
    view["name"] = json!(principal.display_name);
    view["creator"] = json!({ "name": administrator.display_name });
    view["createdDate"] = json!(principal.created_at);
    view["accessType"] = json!("Full");
    view["lastAccessedDate"] = Value::Null;
    view
}

fn named<'t>(context: &'t Context<'_>) -> Result<&'t ServicePrincipal, Reply> {
    let id = context.parameters.first().map_or("", String::as_str);
    let principal = context.customer.platform.service_principals.get(id);
    principal.ok_or_else(|| common::not_found("ServicePrincipal", id))
}
