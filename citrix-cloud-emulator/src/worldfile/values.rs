//! Values that are checked while they are parsed, so that errors have line numbers.

use std::time::Duration;

use serde::Deserialize;

use crate::faults::span;

/// A fraction from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Share(pub(super) f64);

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(share: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&share) {
            Ok(Self(share))
        } else {
            Err(format!(
                "{share} is not a valid share; write a number from 0 to 1"
            ))
        }
    }
}

/// A duration, such as `250ms` or `2h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Span(#[serde(with = "span")] pub(super) Duration);

/// A name with a placeholder for a number: `{}`, or `{:04}` for four digits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Pattern {
    before: String,
    digits: usize,
    after: String,
}

impl Pattern {
    pub(super) fn name(&self, number: u32) -> String {
        let Self {
            before,
            digits,
            after,
        } = self;
        format!("{before}{number:0digits$}{after}")
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || {
            format!(r"'{text}' is not a pattern; write the place of the number as {{}} or {{:04}}")
        };
        let (before, rest) = text.split_once('{').ok_or_else(wrong)?;
        let (format, after) = rest.split_once('}').ok_or_else(wrong)?;
        let digits = match format.strip_prefix(":0") {
            None if format.is_empty() => 1,
            None => return Err(wrong()),
            Some(digits) => digits.parse().map_err(|_| wrong())?,
        };
        if digits > 10 || after.contains(['{', '}']) || before.contains('}') {
            return Err(wrong());
        }
        Ok(Self {
            before: before.to_owned(),
            digits,
            after: after.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_one_placeholder() {
        let pattern = |text: &str| Pattern::try_from(text.to_owned());
        assert_eq!(pattern(r"LAB\W10-{:04}").unwrap().name(7), r"LAB\W10-0007");
        assert_eq!(pattern("{}x").unwrap().name(12), "12x");
        for text in ["x", "{", "}{", "{:4}", "{:099}", "{}{}", "{:0x}"] {
            assert!(pattern(text).is_err(), "{text}");
        }
    }
}
