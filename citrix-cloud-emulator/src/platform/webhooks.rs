//! `/{customer}/subscriptions`: subscribers to changes.

use serde_json::{Value, json};
use uuid::Uuid;

use super::context::Context;
use crate::http::errors::common;
use crate::http::{Outcome, Reply, platform_body};
use crate::world::{Resource, ResourceKind};

/// Kinds of changes and events are documented as extensible, so any word is accepted.
pub(super) fn create(context: &mut Context<'_>) -> Outcome {
    context.call.check_json_content()?;
    let body = platform_body(&context.call.body, context.shared.settings.strict)?;
    let mut subscription = Resource::new("");
    for field in ["customerId", "url", "changeType", "eventType"] {
        let value = match body.get(field) {
            None | Some(Value::Null) => return Err(common::missing(field)),
            Some(value) => value.as_str().filter(|it| !it.is_empty()),
        };
        let value = value.ok_or_else(|| common::invalid_string(field))?;
        subscription = subscription.with(field, value);
    }
    let given = body["customerId"].as_str().unwrap_or_default();
    if !given.eq_ignore_ascii_case(context.customer.id()) {
        return Err(common::invalid_string("customerId"));
    }
    let url = body["url"].as_str().unwrap_or_default();
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        return Err(common::invalid_string("url"));
    }
    for field in ["description", "authHeaders"] {
        if let Some(value) = body.get(field) {
            subscription = subscription.with(field, value.clone());
        }
    }
    let subscription = subscription
        .with("createdBy", context.administrator.user_id.as_str())
        .with("eTag", format!("W/\"{}\"", Uuid::new_v4().simple()));
    let field = |name: &str| subscription.fields.get(name).cloned();
    let response = json!({
        "id": subscription.id(),
        "customerId": context.customer.id(),
        "description": field("description"),
        "url": field("url"),
        "changeType": field("changeType"),
        "eventType": field("eventType"),
        "subscriptionType": "Webhook",
        "createdBy": field("createdBy"),
        "eTag": field("eTag"),
    });
    context
        .customer
        .platform
        .resources_mut(ResourceKind::Webhook)
        .push(subscription);
    Ok(Reply::json(200, &response))
}
