//! Times in the form that services use.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time, stored as the text that the service sent.
///
/// Any text is accepted and serialized unchanged: one odd value must not fail a whole response, nor
/// change when it is sent back. [`timestamp`](Self::timestamp) returns the point in time that the
/// text denotes. Two values are equal if they denote the same time or, if they denote none, have
/// the same text.
///
/// Create one from a `jiff::Timestamp` or a text.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct DateTime(Box<str>);

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Box::deserialize(from).map(Self)
    }
}

impl DateTime {
    /// Returns the text as it is on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the point in time, if the text denotes one: RFC 3339 with up to nine fractional
    /// digits. Without a zone it is UTC, and a date alone means its start.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        let with_zone = self.0.parse().ok();
        with_zone.or_else(|| {
            let civil: civil::DateTime = self.0.parse().ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        })
    }
}

impl From<Timestamp> for DateTime {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.to_string().into()
    }
}

impl From<&str> for DateTime {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for DateTime {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl Eq for DateTime {}

impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.timestamp() {
            Some(timestamp) => timestamp.hash(state),
            None => self.0.hash(state),
        }
    }
}

/// Earlier times are less; texts that denote no time are not ordered.
impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.timestamp(), other.timestamp()) {
            (Some(this), Some(other)) => Some(this.cmp(&other)),
            (None, None) if self.0 == other.0 => Some(Ordering::Equal),
            _ => None,
        }
    }
}

impl PartialEq<Timestamp> for DateTime {
    fn eq(&self, other: &Timestamp) -> bool {
        self.timestamp().as_ref() == Some(other)
    }
}

impl PartialOrd<Timestamp> for DateTime {
    fn partial_cmp(&self, other: &Timestamp) -> Option<Ordering> {
        Some(self.timestamp()?.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn moment(text: &str) -> Option<String> {
        DateTime::from(text).timestamp().map(|it| it.to_string())
    }

    #[test]
    fn a_moment_is_read_in_every_spelling_of_the_services() {
        for (text, expected) in [
            ("2026-11-25T10:00:00Z", Some("2026-11-25T10:00:00Z")),
            ("2026-11-25T10:00:00.470Z", Some("2026-11-25T10:00:00.47Z")),
            (
                "2026-11-25T10:00:00.1234567Z",
                Some("2026-11-25T10:00:00.1234567Z"),
            ),
            ("2026-11-25T10:00:00+02:00", Some("2026-11-25T08:00:00Z")),
            ("2026-11-25T10:00:00", Some("2026-11-25T10:00:00Z")),
            ("2026-11-25 10:00:00", Some("2026-11-25T10:00:00Z")),
            ("2026-11-25", Some("2026-11-25T00:00:00Z")),
            ("0001-01-01T00:00:00", Some("0001-01-01T00:00:00Z")),
            ("5:19:11 AM", None),
            ("11/25/2026 10:00:00 AM", None),
            ("2026-02-30T10:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(moment(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn every_text_is_written_as_it_was_read() {
        for json in [
            r#""2026-11-25T10:00:00.0000000+00:00""#,
            r#""5:19:11 AM""#,
            r#""""#,
        ] {
            let read: DateTime = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
            assert_eq!(format!("\"{read}\""), json);
        }
        assert!(serde_json::from_str::<DateTime>("7").is_err());
    }

    #[test]
    fn times_compare_as_instants() {
        let [early, same, late, odd] = [
            "2026-11-25T10:00:00Z",
            "2026-11-25T11:00:00.000+01:00",
            "2026-11-25T10:00:01Z",
            "5:19:11 AM",
        ]
        .map(DateTime::from);
        assert_eq!(early, same);
        assert!(early < late && late > same);
        assert_eq!(odd, odd.clone());
        assert_ne!(odd, early);
        assert_eq!(odd.partial_cmp(&early), None);
        assert_eq!(odd.partial_cmp(&DateTime::from("yesterday")), None);
        let distinct: HashSet<_> = [&early, &same, &late, &odd].into_iter().collect();
        assert_eq!(distinct.len(), 3);

        let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        assert!(early == now && late > now && odd != now);
        assert_eq!(DateTime::from(now).as_str(), "2026-11-25T10:00:00Z");
    }
}
