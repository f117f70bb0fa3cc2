//! The effects of every write outside `DaaS`: a record in the system log, and calls to webhook subscribers.

use serde_json::Value;

use super::context::Context;
use crate::http::Reply;
use crate::system_log;
use crate::webhooks::{Change, notify};

/// Path segments, and their names in the system log and in webhooks.
const EVENTS: [(&str, &str); 6] = [
    ("connectors", "EdgeServers"),
    ("administrators", "Administrator"),
    ("notifications", "Notifications"),
    ("resourcelocations", "ResourceLocation"),
    ("serviceprincipals", "ClientAdministrator"),
    ("subscriptions", "Webhooks"),
];

/// Records a completed call, if it changes something.
pub(super) fn note(context: &mut Context<'_>, reply: &Reply) {
    let kind = match context.call.method.as_str() {
        "POST" => "Create",
        "PUT" | "PATCH" => "Update",
        "DELETE" => "Delete",
        _ => return,
    };
    let segments = context.call.segments.iter();
    let event = segments.take(2).find_map(|segment| {
        let mut events = EVENTS.iter();
        events
            .find(|(it, _)| it.eq_ignore_ascii_case(segment))
            .map(|(_, event)| *event)
    });
    // Signing in and activating a site do not change the customer's data.
    let Some(event) = event else { return };
    let after: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let named = ["id", "userId", "ucOid", "eventId"].into_iter();
    let mut named = named.filter_map(|field| after.as_ref()?.get(field)?.as_str());
    let asked = ["id", "email"]
        .into_iter()
        .find_map(|name| context.call.query.get(name));
    let given = context.parameters.first().map(String::as_str);
    let identity = given
        .or(asked)
        .or_else(|| named.next())
        .unwrap_or_default()
        .to_owned();
    let verb = kind.to_lowercase();
    let platform = &mut context.customer.platform;
    system_log::note(
        platform,
        context.administrator,
        context.now,
        &verb,
        event,
        &identity,
    );
    if let Some(after) = &after {
        system_log::add_state(platform, after);
    }
    let change = Change {
        customer: context.customer.id(),
        event,
        kind,
        identity: &identity,
        after: after.as_ref(),
    };
    notify(&context.customer.platform, context.now, &change);
}
