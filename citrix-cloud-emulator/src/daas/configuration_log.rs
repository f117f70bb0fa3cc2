//! `/ConfigLog/Operations`: every write leaves an entry.

use serde_json::{Value, json};

use super::context::{Context, Handler};
use super::resource;
use super::times::{formatted, spoken};
use crate::clock::later;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::system_log;
use crate::world::{Kind, Resource};

/// The oldest entries go beyond this many.
const CAPACITY: usize = 10_000;

/// Operations that change nothing though their method says so.
const LOOKS: [&str; 4] = [
    "BatchDoBatchRequest",
    "HypervisorsValidateHypervisorResourcePoolResource",
    "IdentityValidateUser",
    "JobsCancelJob",
];

/// What such operations end with, besides.
const QUESTIONS: [&str; 4] = ["$checkName", "$checkNameExists", "$search", "$test"];

/// What is done to machines and sessions is no change of the configuration.
const ACTIVITIES: [&str; 11] = [
    "$start",
    "$shutdown",
    "$reboot",
    "$suspend",
    "$resume",
    "$logoff",
    "$disconnect",
    "$hide",
    "$unhide",
    "$sendMessage",
    "$applyUpdate",
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ConfigLogGetOperations" => list,
        "ConfigLogGetOperation" => get,
        "ConfigLogGetLowLevelOperations" => low_level,
        "ConfigLogGetFirstLogDate" => first_date,
        _ => return None,
    })
}

/// Makes an entry of a call that was worked on and changed something.
pub(super) fn note(context: &mut Context<'_>) {
    let operation = context.call.operation;
    if matches!(operation.method, "GET" | "HEAD") || LOOKS.contains(&operation.name) {
        return;
    }
    let action = operation.path.iter().rev().find(|it| it.starts_with('$'));
    if action.is_some_and(|it| QUESTIONS.contains(it)) {
        return;
    }
    let activity = action.is_some_and(|it| ACTIVITIES.contains(it));
    let verb = match (action, operation.method) {
        (Some(action), _) => action.trim_start_matches('$'),
        (None, "POST") => "create",
        (None, "DELETE") => "delete",
        (None, _) => "update",
    };
    let mut words = operation.path.iter().rev();
    let target = words.find(|it| !it.starts_with(['{', '$']));
    let target = target.copied().unwrap_or_default();
    let name = context.call.parameters.join("\\");
    let administrator = context.administrator;
    let entry = Resource::new(format!("{verb} {target} '{name}'"))
        .with("User", administrator.display_name.as_str())
        .with("UserIdentity", administrator.user_id.as_str())
        .with("TargetTypes", json!([target]))
        .with(
            "OperationType",
            if activity {
                "AdminActivity"
            } else {
                "ConfigurationChange"
            },
        )
        .with("At", context.now.to_string());
    system_log::note(
        context.platform,
        administrator,
        context.now,
        verb,
        target,
        &name,
    );
    let log = context.site.resources_mut(Kind::ConfigurationLogEntry);
    log.push(entry);
    let oldest = log.iter().next().map(|it| it.id().to_owned());
    if let Some(oldest) = oldest.filter(|_| log.len() > CAPACITY) {
        log.remove(&oldest);
    }
}

/// Answers the entries of the last `days` that hold `text`, newest first.
fn list(context: &mut Context<'_>) -> Outcome {
    let query = &context.call.query;
    let text = query.get("text").unwrap_or_default().to_lowercase();
    let days = query.number("days", 0, 36_500)?;
    let first = days.map(|days| {
        later(
            context.now,
            jiff::SignedDuration::from_hours(-24 * i64::from(days)),
        )
    });
    let site = &*context.site;
    let model = resource::model_of(context);
    let entries = site.resources(Kind::ConfigurationLogEntry).iter().rev();
    let entries = entries.filter_map(|entry| {
        let at: jiff::Timestamp = entry.fields.get("At")?.as_str()?.parse().ok()?;
        let fits = entry.name.to_lowercase().contains(&text) && first.is_none_or(|it| at >= it);
        fits.then(|| shown(entry, at, model))
    });
    resource::page(context, entries)
}

/// Answers all entries as the operation's model, newest first.
pub(super) fn views(context: &Context<'_>) -> Vec<Value> {
    let model = resource::model_of(context);
    let entries = context
        .site
        .resources(Kind::ConfigurationLogEntry)
        .iter()
        .rev();
    let views = entries.filter_map(|entry| Some(shown(entry, time_of(entry)?, model)));
    views.collect()
}

fn time_of(entry: &Resource) -> Option<jiff::Timestamp> {
    entry.fields.get("At")?.as_str()?.parse().ok()
}

fn entry<'t>(context: &'t Context<'_>) -> Result<(&'t Resource, jiff::Timestamp), Reply> {
    let entries = context.site.resources(Kind::ConfigurationLogEntry);
    let entry = entries.get(context.name());
    let found = entry.and_then(|entry| Some((entry, time_of(entry)?)));
    found.ok_or_else(|| orchestration::not_found("Operation", context.name()))
}

fn get(context: &mut Context<'_>) -> Outcome {
    let (entry, at) = entry(context)?;
    Ok(Reply::json(
        200,
        &shown(entry, at, resource::model_of(context)),
    ))
}

/// An operation of the log stands for one at a lower level.
fn low_level(context: &mut Context<'_>) -> Outcome {
    let (entry, at) = entry(context)?;
    let mut view = shown(entry, at, resource::model_of(context));
    view["OperationId"] = json!(entry.id());
    view["SourceSdk"] = json!("Orchestration");
    resource::page(context, [view].into_iter())
}

#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn first_date(context: &mut Context<'_>) -> Outcome {
    let first = context
        .site
        .resources(Kind::ConfigurationLogEntry)
        .iter()
        .next();
    let first = first.and_then(time_of).unwrap_or(context.now);
    Ok(Reply::json(200, &json!(formatted(Some(first)))))
}

fn shown(entry: &Resource, at: jiff::Timestamp, model: &str) -> Value {
    crate::schema::filled(model, |field| match field.name {
        "Id" => Some(json!(entry.id())),
        "Text" => Some(json!(entry.name)),
        "Source" => Some(json!("Citrix DaaS REST API")),
        "IsSuccessful" => Some(json!(true)),
        "StartTime" | "EndTime" => Some(json!(spoken(Some(at)))),
        "FormattedStartTime" | "FormattedEndTime" => Some(json!(formatted(Some(at)))),
        name => entry.fields.get(name).cloned(),
    })
}
