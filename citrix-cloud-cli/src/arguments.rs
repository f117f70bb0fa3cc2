//! Parsers for arguments that are validated before anything is sent.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::{Span, SpanRelativeTo};
use uuid::fmt::Hyphenated;

/// The id of a site or catalog.
pub(crate) type Guid = Hyphenated;

/// Parses a GUID in its usual form, with hyphens; PowerShell's braces around it are accepted.
pub(crate) fn guid(text: &str) -> Result<Guid, String> {
    let text = text.trim();
    let bare = text.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    bare.unwrap_or(text)
        .parse()
        .map_err(|_| "not a GUID like 12345678-1234-1234-1234-12345678abcd".to_owned())
}

/// Parses the id or name of a site.
pub(crate) fn site(text: &str) -> Result<String, String> {
    match guid(text) {
        Ok(id) => Ok(id.to_string()),
        Err(_) => match text.trim() {
            "" => Err("the id or the name of a site".to_owned()),
            name if name.contains(char::is_control) => Err("not the name of a site".to_owned()),
            name => Ok(name.to_owned()),
        },
    }
}

/// Parses an id or name for a path segment; PowerShell's braces around an id are accepted.
///
/// The SDK rejects the same values, but only after it has looked up the site.
pub(crate) fn id_or_name(text: &str) -> Result<String, String> {
    match text {
        "" | "." | ".." => Err("not a usable id or name".to_owned()),
        text if text.starts_with('{') => match guid(text) {
            Ok(id) => Ok(id.to_string()),
            Err(_) => Ok(text.to_owned()),
        },
        text => Ok(text.to_owned()),
    }
}

/// Parses a duration with units: `500ms`, `30s`, `15m`, `1h 30m`, `2d` of 24 hours each.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let refused = "a length of time like 500ms, 30s, 15m or 2d";
    let read: Span = text.parse().map_err(|_| refused.to_owned())?;
    let length = read.to_duration(SpanRelativeTo::days_are_24_hours());
    let length = length.map_err(|_| refused.to_owned())?;
    Duration::try_from(length).map_err(|_| refused.to_owned())
}

/// Parses a number of objects that must not be 0.
pub(crate) fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "a whole number, 1 or more".to_owned())
}

/// Parses a number of objects.
pub(crate) fn whole_number(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| "a whole number, 0 or more".to_owned())
}

/// Accepts one of the known values case-insensitively, and returns it in the service's spelling.
pub(crate) fn one_of(known: &'static [&'static str]) -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(known).map(|given| {
        let known = known
            .iter()
            .find(|value| value.eq_ignore_ascii_case(&given));
        known.map_or(given.clone(), |value| (*value).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_units() {
        for (text, seconds) in [
            ("30s", 30),
            ("1h 30m", 5400),
            ("2d", 172_800),
            ("1w", 604_800),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        for text in ["", "5", "1mo", "1y", "-3s", "x"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_site_is_an_id_with_or_without_braces_or_a_name() {
        let id = "12345678-1234-1234-1234-12345678abcd";
        for (text, expected) in [
            (id, Some(id)),
            ("{12345678-1234-1234-1234-12345678ABCD}", Some(id)),
            ("cloudxdsite", Some("cloudxdsite")),
            (" My Site ", Some("My Site")),
            ("{half", Some("{half")),
            ("", None),
            ("a\nb", None),
        ] {
            assert_eq!(site(text).ok().as_deref(), expected, "{text}");
        }
        assert_eq!(id_or_name(&format!("{{{id}}}")).as_deref(), Ok(id));
        for name in ["{half", "Demo Catalog", id] {
            assert_eq!(id_or_name(name).as_deref(), Ok(name));
        }
        assert!(guid("{12345678-1234-1234-1234-12345678abcd").is_err());
    }
}
