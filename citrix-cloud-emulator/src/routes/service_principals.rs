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
    let at = position(turn)?;
    Ok(Reply::json(200, &turn.world.service_principals[at]))
}

pub(super) fn delete(turn: &mut Turn<'_>) -> Outcome {
    let at = position(turn)?;
    turn.world.service_principals.remove(at);
    Ok(Reply::empty(204))
}

fn position(turn: &Turn<'_>) -> Result<usize, Reply> {
    let id = turn.parameters.first().map_or("", String::as_str);
    let mut principals = turn.world.service_principals.iter();
    principals
        .position(|principal| principal.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| common::not_found("ServicePrincipal", id))
}
