//! What clients read first: the service's version, its health, and the supported time zones.

use serde_json::json;

use super::context::{CustomerContext, CustomerHandler};
use crate::http::{Outcome, Reply};
use crate::schema::filled;

/// Windows name, tz database name, and offset from UTC in seconds.
const TIME_ZONES: [(&str, &str, i32); 8] = [
    ("UTC", "Etc/UTC", 0),
    ("GMT Standard Time", "Europe/London", 0),
    ("W. Europe Standard Time", "Europe/Berlin", 3600),
    ("Eastern Standard Time", "America/New_York", -18_000),
    ("Central Standard Time", "America/Chicago", -21_600),
    ("Pacific Standard Time", "America/Los_Angeles", -28_800),
    ("Tokyo Standard Time", "Asia/Tokyo", 32_400),
    ("AUS Eastern Standard Time", "Australia/Sydney", 36_000),
];

pub(super) fn customer_handler(operation: &str) -> Option<CustomerHandler> {
    Some(match operation {
        "AboutGetAbout" => about,
        "HealthCheckHealthCheck" => |_| Ok(Reply::json(200, &json!(true))),
        "TimeZonesGetTimeZones" => time_zones,
        _ => return None,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn about(context: &CustomerContext<'_>) -> Outcome {
    let in_cloud = !context.call.scope.on_premises;
    let about = json!({ "Commit": "citrix-cloud-emulator", "IsCloud": in_cloud });
    Ok(Reply::json(200, &about))
}

fn time_zones(context: &CustomerContext<'_>) -> Outcome {
    let zones = TIME_ZONES.map(|(windows, tz, seconds)| {
        let sign = if seconds < 0 { "-" } else { "" };
        let hours = seconds.unsigned_abs() / 3600;
        filled("TimeZoneResponseModel", |field| {
            Some(match field.name {
                "Name" | "WindowsId" => json!(windows),
                "FullName" => json!(format!("(UTC{sign}{hours:02}:00) {windows}")),
                "Primary" | "Canonical" => json!(tz),
                "UtcOffsetSeconds" => json!(seconds),
                "UtcOffset" => json!(format!("{sign}{hours:02}:00:00")),
                "TzdbIds" => json!([tz]),
                _ => return None,
            })
        })
    });
    let zones = zones.into_iter();
    context
        .shared
        .pager
        .page(&["TimeZones"], &context.call.query, zones)
}
