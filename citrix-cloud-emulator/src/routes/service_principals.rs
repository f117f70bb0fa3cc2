//! `/serviceprincipals`. No official schema exists; fields are those third-party material shows.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::cloud::Turn;
use crate::clock::later;
use crate::http::errors::common;
use crate::http::{Outcome, Reply, platform_body};
use crate::world::{Administrator, ServicePrincipal};

/// How long a secret says it is good for.
const SECRET_LIFETIME: SignedDuration = SignedDuration::from_hours(365 * 24);

pub(super) fn list(turn: &mut Turn<'_>) -> Outcome {
    let most = turn.call.query.number("take", 1, u32::MAX)?;
    let most = most.map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(usize::MAX));
    let items = turn.customer.platform.service_principals.iter().take(most);
    let items: Vec<_> = items.map(|it| view(turn.administrator, it)).collect();
    Ok(Reply::json(200, &json!({ "items": items })))
}

pub(super) fn create(turn: &mut Turn<'_>) -> Outcome {
    turn.call.check_json_content()?;
    let body = platform_body(&turn.call.body, turn.shared.settings.strict)?;
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
        customer_id: turn.customer.id().to_owned(),
        created_at: turn.now.to_string(),
        primary: None,
        secondary: None,
    };
    let id = principal.id.clone();
    turn.customer.platform.service_principals.push(principal);
    let expires = later(turn.now, SECRET_LIFETIME).to_string();
    turn.customer
        .platform
        .add_secret(turn.clients, &id, expires);
    turn.parameters = vec![id];
    Ok(Reply::json(201, &view(turn.administrator, named(turn)?)))
}

pub(super) fn get(turn: &mut Turn<'_>) -> Outcome {
    Ok(Reply::json(200, &view(turn.administrator, named(turn)?)))
}

pub(super) fn delete(turn: &mut Turn<'_>) -> Outcome {
    // It cannot sign in any more; tokens that it has stay good for their time.
    let id = named(turn)?.id.clone();
    turn.customer.platform.remove_principal(turn.clients, &id);
    Ok(Reply::empty(204))
}

/// Shows it under the names that live programs read, and those that third-party documents have for the same.
fn view(administrator: &Administrator, principal: &ServicePrincipal) -> Value {
    let mut view = json!(principal);
    view["name"] = json!(principal.display_name);
    view["creator"] = json!({ "name": administrator.display_name });
    view["createdDate"] = json!(principal.created_at);
    view["accessType"] = json!("Full");
    view["lastAccessedDate"] = Value::Null;
    view
}

fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t ServicePrincipal, Reply> {
    let id = turn.parameters.first().map_or("", String::as_str);
    let principal = turn.customer.platform.service_principals.get(id);
    principal.ok_or_else(|| common::not_found("ServicePrincipal", id))
}
