//! Values as single-line text, for people and for programs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::escaped;

/// Shown in place of a missing value.
pub(super) const ABSENT: &str = "-";

/// The format of times.
const TIME: &str = "%Y-%m-%d %H:%M";

/// Formats a value for people: times are local, and a missing value is a `-`.
pub(super) fn shown(value: Option<&Value>, zone: &TimeZone) -> String {
    let text = match value {
        Some(Value::String(text)) => match time(text) {
            Some(time) if time.as_second() < 0 && text.starts_with("0001-") => String::new(),
            Some(time) => time.to_zoned(zone.clone()).strftime(TIME).to_string(),
            None => escaped(text),
        },
        value => escaped(&plain(value)),
    };
    match text.is_empty() {
        true => ABSENT.to_owned(),
        false => text,
    }
}

/// Formats a value for programs: texts unchanged, and nothing for a missing value.
pub(super) fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(inner)) if reference(inner).is_some() => {
            reference(inner).unwrap_or_default().to_owned()
        }
        Some(Value::Array(items)) if items.iter().all(is_short) => {
            let items: Vec<String> = items.iter().map(|it| plain(Some(it))).collect();
            items.join(", ")
        }
        Some(other) => other.to_string(),
    }
}

/// Returns the name of an object that is a reference.
pub(super) fn reference(object: &Map<String, Value>) -> Option<&str> {
    object.get("Name").or_else(|| object.get("name"))?.as_str()
}

fn is_short(value: &Value) -> bool {
    match value {
        Value::Array(_) => false,
        Value::Object(inner) => reference(inner).is_some(),
        _ => true,
    }
}

/// Parses an RFC 3339 time.
fn time(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let looks_so = bytes.len() >= 20 && bytes.get(4) == Some(&b'-') && bytes.get(10) == Some(&b'T');
    looks_so.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_shown_on_one_line() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        for (value, expected) in [
            (json!("DEMOLAB\\eva"), "DEMOLAB\\eva"),
            (json!("2026-11-25T22:30:00Z"), "2026-11-26 00:30"),
            (json!("2026-11-25T22:30:00.123+02:00"), "2026-11-25 22:30"),
            (json!("0001-01-01T00:00:00Z"), "-"),
            (json!("2026-11-25"), "2026-11-25"),
            (json!("a\nb"), "a\\nb"),
            (json!(""), "-"),
            (json!([]), "-"),
            (json!(["a", {"Id": 1, "Name": "b"}]), "a, b"),
            (json!({"Id": 1, "Name": "b"}), "b"),
            (json!({"Id": 1}), "{\"Id\":1}"),
            (json!(null), "-"),
            (json!(0), "0"),
        ] {
            assert_eq!(shown(Some(&value), &zone), expected);
        }
        assert_eq!(shown(None, &zone), "-");
        assert_eq!(
            plain(Some(&json!("2026-11-25T22:30:00Z"))),
            "2026-11-25T22:30:00Z"
        );
    }
}
