//! Notifications to administrators, on the platform's host and on the older one.

use serde_json::{Value, json};
use uuid::Uuid;

use super::context::Context;
use crate::http::errors::common;
use crate::http::{Outcome, Reply, platform_body};
use crate::world::Notification;

const SEVERITIES: [&str; 5] = [
    "Information",
    "Informational",
    "Success",
    "Warning",
    "Error",
];
const PRIORITIES: [&str; 4] = ["Normal", "Low", "High", "Urgent"];

pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    let notifications = context.customer.platform.notifications.iter();
    let bodies: Vec<_> = notifications.map(|it| &it.body).collect();
    Ok(Reply::json(200, &json!({ "items": bodies })))
}

/// Returns 200 with the notification and the keys the service adds (walkthrough).
pub(super) fn create(context: &mut Context<'_>) -> Outcome {
    context.call.check_json_content()?;
    let body = platform_body(&context.call.body, context.shared.settings.strict)?;
    for field in ["destinationAdmin", "component", "createdDate"] {
        required(&body, field)?;
    }
    let event_id = required(&body, "eventId")?;
    if Uuid::try_parse(event_id).is_err() {
        return Err(common::invalid_string("eventId"));
    }
    one_of(&body, "severity", &SEVERITIES)?;
    one_of(&body, "priority", &PRIORITIES)?;
    let content = content(&body)?;
    let echo = json!({
        "destinationAdmin": body["destinationAdmin"],
        "component": body["component"],
        "createdDate": body["createdDate"],
        "categories": body["categories"],
        "severity": body["severity"],
        "eventId": event_id,
        "priority": body["priority"],
        "content": content,
        "data": body["data"],
        "externalId": body["externalId"],
        "suppressEmail": body["suppressEmail"].as_bool().unwrap_or(false),
    });
    context
        .customer
        .platform
        .notifications
        .push(Notification::new(echo.clone()));
    Ok(Reply::json(200, &echo))
}

fn content(body: &Value) -> Result<Vec<Value>, Reply> {
    let items = match body.get("content") {
        None | Some(Value::Null) => return Err(common::missing("content")),
        Some(content) => content.as_array().filter(|items| !items.is_empty()),
    };
    let items = items.ok_or_else(|| common::invalid_string("content"))?;
    let complete = items.iter().map(|item| {
        Ok(json!({
            "languageTag": required(item, "languageTag")?,
            "title": required(item, "title")?,
            "description": required(item, "description")?,
            "detailUri": item["detailUri"],
        }))
    });
    complete.collect()
}

fn required<'a>(body: &'a Value, field: &str) -> Result<&'a str, Reply> {
    match body.get(field) {
        None | Some(Value::Null) => Err(common::missing(field)),
        Some(value) => value.as_str().ok_or_else(|| common::invalid_string(field)),
    }
}

fn one_of(body: &Value, field: &str, allowed: &[&str]) -> Result<(), Reply> {
    let given = required(body, field)?;
    if allowed.contains(&given) {
        Ok(())
    } else {
        Err(common::invalid_enum(field, allowed))
    }
}
