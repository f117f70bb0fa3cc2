//! Lists that only older hosts have: identity providers, and secure clients, which service principals replace.
//!
//! There is no official schema; the field names of secure clients are those that third-party programs read.

use serde_json::json;

use super::context::Context;
use crate::http::{Outcome, Reply};

/// Returns an empty list: Citrix's own provider is the only one, and the service does not list it.
#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
pub(super) fn identity_providers(_: &mut Context<'_>) -> Outcome {
    Ok(Reply::json(200, &json!({ "items": [] })))
}

#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
pub(super) fn secure_clients(context: &mut Context<'_>) -> Outcome {
    let customer = context.customer.id();
    let covers = |given: &String| given.eq_ignore_ascii_case(customer);
    let own = context.clients.iter();
    let own = own.filter(|client| client.customers.iter().any(covers));
    let items = own.map(|client| {
        json!({
            "clientName": client.client_id,
            "clientId": client.client_id,
            "creatorUserName": context.administrator.display_name,
            "createdDate": null,
            "lastUsedDate": null,
            "legacy": true,
        })
    });
    let items: Vec<_> = items.collect();
    Ok(Reply::json(200, &json!({ "items": items })))
}
