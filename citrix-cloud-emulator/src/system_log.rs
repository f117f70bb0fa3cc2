//! The system log, which records every write.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::world::{Administrator, Platform, Resource, ResourceKind};

/// The maximum number of records; the oldest are dropped.
const CAPACITY: usize = 10_000;

/// Describes a change in words. An object that is the only one of its kind has no name.
pub(crate) fn words(verb: &str, target: &str, name: &str) -> String {
    match name {
        "" => format!("{verb} {target}"),
        name => format!("{verb} {target} '{name}'"),
    }
}

/// Records a change.
///
/// `verb` is the action, such as `create`; `target` is the kind of object, and `name` identifies it.
pub(crate) fn note(
    platform: &mut Platform,
    administrator: &Administrator,
    now: Timestamp,
    verb: &str,
    target: &str,
    name: &str,
) {
    let record = Resource::new(name)
        .with("At", now.to_string())
        .with("EventType", format!("{target}/{verb}").to_lowercase())
        .with("TargetType", target)
        .with("ActorId", administrator.user_id.as_str())
        .with("ActorDisplayName", administrator.display_name.as_str())
        .with("Words", words(verb, target, name));
    let log = platform.resources_mut(ResourceKind::SystemLogRecord);
    log.push(record);
    let oldest = log.iter().next().map(|it| it.id().to_owned());
    if let Some(oldest) = oldest.filter(|_| log.len() > CAPACITY) {
        log.remove(&oldest);
    }
}

/// Adds the state after the change to the newest record, with all values as text.
pub(crate) fn add_state(platform: &mut Platform, after: &Value) {
    let fields = after.as_object().into_iter().flatten();
    let fields = fields.filter_map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some((name.clone(), json!(text)))
    });
    let fields: Map<_, _> = fields.collect();
    let log = platform.resources_mut(ResourceKind::SystemLogRecord);
    let newest = log.iter().next_back().map(|it| it.id().to_owned());
    if let Some(mut record) = newest.and_then(|id| log.get_mut(&id)) {
        record
            .fields
            .insert("AfterChanges".to_owned(), Value::Object(fields));
    }
}
