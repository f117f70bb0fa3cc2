//! `/serviceprincipals`. No official schema exists; fields are those third-party material shows.

use serde_json::{Value, json};
use uuid::Uuid;

use super::cloud::Turn;
use crate::http::errors::common;
use crate::http::{Outcome, Reply, json_body};
use crate::world::ServicePrincipal;

pub(super) fn list(turn: &mut Turn<'_>) -> Outcome {
    Ok(Reply::json(
        200,
        &json!({ "items": turn.world.service_principals }),
    ))
}

pub(super) fn create(turn: &mut Turn<'_>) -> Outcome {
    turn.call.check_json_content()?;
    let body = json_body(&turn.call.body)?;
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
        customer_id: turn.customer.clone(),
        created_at: turn.now.to_string(),
    };
    let reply = Reply::json(201, &principal);
    turn.world.service_principals.push(principal);
    Ok(reply)
}

pub(super) fn get(turn: &mut Turn<'_>) -> Outcome {
    Ok(Reply::json(200, named(turn)?))
}

pub(super) fn delete(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id.clone();
    turn.world.service_principals.remove(&id);
    Ok(Reply::empty(204))
}

fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t ServicePrincipal, Reply> {
    let id = turn.parameters.first().map_or("", String::as_str);
    let principal = turn.world.service_principals.get(id);
    principal.ok_or_else(|| common::not_found("ServicePrincipal", id))
}
