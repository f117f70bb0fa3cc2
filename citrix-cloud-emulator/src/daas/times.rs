//! Times in JSON.

use jiff::Timestamp;

/// Formats a time like the service's plain time fields; only the `Formatted...` ones are RFC 3339.
pub(super) fn spoken(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string())
}

pub(super) fn formatted(at: Option<Timestamp>) -> Option<String> {
    at.and_then(|at| Timestamp::from_second(at.as_second()).ok())
        .map(|at| at.to_string())
}

/// Parses a time; one without a zone is in UTC.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let date = text.parse::<jiff::civil::DateTime>().ok()?;
        Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })
}
