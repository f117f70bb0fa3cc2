//! Query parameters, whose names are case-insensitive.

use serde::{Deserialize, Serialize};

use super::errors::common;
use super::{Reply, decode_form};

/// The decoded parameters of a query, in order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: Option<&str>) -> Self {
        let pairs = raw
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode_form(name), decode_form(value)))
                .collect(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|pair| pair.0.eq_ignore_ascii_case(name))
            .map(|pair| pair.1.as_str())
    }

    /// Returns every value of a parameter that may be repeated.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.iter();
        pairs
            .filter(|pair| pair.0.eq_ignore_ascii_case(name))
            .map(|pair| pair.1.as_str())
    }

    /// Returns the names and values in the order in which they were sent.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn without(&self, name: &str) -> Self {
        Self(
            self.0
                .iter()
                .filter(|pair| !pair.0.eq_ignore_ascii_case(name))
                .cloned()
                .collect(),
        )
    }

    /// Parses a flag. Returns `None` if it is absent, and rejects anything but `true` and `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Reply> {
        match self.get(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(common::invalid_string(name)),
        }
    }

    /// Parses an integer within limits. Returns `None` if it is absent.
    pub(crate) fn number(&self, name: &str, min: u32, max: u32) -> Result<Option<u32>, Reply> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        match text.parse::<i64>() {
            Err(_) => Err(common::invalid_string(name)),
            Ok(number) => match u32::try_from(number) {
                Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
                _ => Err(common::out_of_range(name, min, max)),
            },
        }
    }

    /// Returns the parameters in an order that does not depend on how they were sent.
    pub(crate) fn sorted(&self) -> Vec<(String, &str)> {
        let mut pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.as_str()))
            .collect();
        pairs.sort();
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_the_limits_are_refused() {
        let query = Query::parse(Some("LIMIT=7&low=-1&text=x&big=99999999999"));
        assert_eq!(query.number("limit", 1, 9).unwrap(), Some(7));
        assert_eq!(query.number("absent", 1, 9).unwrap(), None);
        for name in ["low", "text", "big"] {
            assert_eq!(query.number(name, 1, 9).unwrap_err().status, 400);
        }
    }
}
