//! `/systemlog/records`: changes, newest first.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::context::Context;
use crate::http::errors::common;
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind};

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 200;

pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    let query = &context.call.query;
    let time = |name: &str, otherwise: Timestamp| match query.get(name) {
        None | Some("") => Ok(otherwise),
        Some(text) => moment(text, context.shared.settings.strict)
            .ok_or_else(|| common::of_system_log("getRecordsDateTimeRangeInvalid", name, text)),
    };
    let first = time("StartDateTime", Timestamp::MIN)?;
    let last = time("EndDateTime", context.now)?;
    if last < first {
        let text = query.get("EndDateTime").unwrap_or_default();
        let error = "getRecordsDateTimeRangeInvalid";
        return Err(common::of_system_log(error, "EndDateTime", text));
    }
    let limit = match query.get("Limit") {
        None | Some("") => DEFAULT_LIMIT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| common::of_system_log("getRecordsLimitInvalid", "Limit", text))?,
    };
    let records = context
        .customer
        .platform
        .resources(ResourceKind::SystemLogRecord)
        .iter()
        .rev();
    let records = records.filter(|it| time_of(it).is_some_and(|at| first <= at && at <= last));
    let records: Vec<&Resource> = records.collect();
    let total = records.len();
    let start = match query.get("ContinuationToken") {
        None | Some("") => 0,
        Some(token) => {
            let mut all = records.iter();
            let found = all.position(|it| token_of(it) == token);
            found.ok_or_else(|| common::invalid_string("ContinuationToken"))?
        }
    };
    let customer = context.customer.id();
    let rest = records.get(start..).unwrap_or_default();
    let page: Vec<_> = rest
        .iter()
        .take(limit)
        .map(|it| view(it, customer))
        .collect();
    let next = rest.get(limit).map(|it| token_of(it));
    let response = json!({
        "Items": page,
        "Count": page.len(),
        "EstimatedTotalItems": total,
        "ContinuationToken": next,
    });
    Ok(Reply::json(
        200,
        &if context.shared.settings.strict {
            response
        } else {
            small_keys(response)
        },
    ))
}

/// Parses a time. Unless `strict`, it also accepts a time without a zone, which is UTC, and a date, as working programs
/// send.
fn moment(text: &str, strict: bool) -> Option<Timestamp> {
    let exact = text.parse().ok();
    if strict {
        return exact;
    }
    exact.or_else(|| {
        let civil = text.parse::<jiff::civil::DateTime>().ok();
        let civil = civil.or_else(|| Some(text.parse::<Date>().ok()?.at(0, 0, 0, 0)));
        Some(civil?.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

/// Converts keys to camel case, as the service sends them today; the documents capitalize them.
fn small_keys(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let small = fields.into_iter().map(|(name, value)| {
                let mut letters = name.chars();
                let first = letters.next().map(|it| it.to_ascii_lowercase());
                let small = first.into_iter().chain(letters).collect();
                // The content of these fields keeps its own keys.
                let own = ["AfterChanges", "Message"].contains(&name.as_str());
                (small, if own { value } else { small_keys(value) })
            });
            Value::Object(small.collect())
        }
        Value::Array(items) => items.into_iter().map(small_keys).collect(),
        other => other,
    }
}

/// Identifies the first record of a page, in characters that a caller must percent-encode.
fn token_of(record: &Resource) -> String {
    format!("+RID:{}#==", record.id())
}

fn time_of(record: &Resource) -> Option<Timestamp> {
    record.fields.get("At")?.as_str()?.parse().ok()
}

fn view(record: &Resource, customer: &str) -> Value {
    let field = |name: &str| record.fields.get(name).cloned().unwrap_or_default();
    let at = time_of(record).map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%.7fZ").to_string());
    json!({
        "RecordId": record.id(),
        "UtcTimestamp": at,
        "CustomerId": customer,
        "EventType": field("EventType"),
        "TargetId": record.name,
        "TargetDisplayName": record.name,
        "TargetEmail": null,
        "TargetUserId": null,
        "TargetType": field("TargetType"),
        "BeforeChanges": null,
        "AfterChanges": field("AfterChanges"),
        "AgentId": "citrix-cloud-emulator",
        "ServiceProfileName": null,
        "ActorId": field("ActorId"),
        "ActorDisplayName": field("ActorDisplayName"),
        "ActorType": "Administrator",
        "Message": { "en-US": field("Words") },
    })
}
