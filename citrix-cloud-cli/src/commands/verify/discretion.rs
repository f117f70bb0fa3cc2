//! Decides which names a report may show.
//!
//! Unknown fields and unlisted values are reported by name, but such a name may come from the service or from a user:
//! an undocumented object may have users as keys. A name is shown if it looks like an identifier and occurs in no text
//! of any response. Otherwise it is replaced by a hash, with a key that only this run has.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use serde_json::Value;

/// No identifier of the service is longer.
const LONGEST: usize = 48;

/// The maximum number of digits in an identifier of the service, such as `IPv4Address` or `SHA256`.
const DIGITS: usize = 3;

/// Decides which names may be shown.
#[derive(Debug, Default)]
pub(super) struct Discretion {
    key: RandomState,
    /// The hashes of all texts of the run, in lower case, and of their words.
    texts: HashSet<u64>,
    /// Whether every name is hashed.
    all_hashed: bool,
}

impl Discretion {
    pub(super) fn new(all_hashed: bool) -> Self {
        Self {
            all_hashed,
            ..Self::default()
        }
    }

    /// Records a text that belongs to the user.
    pub(super) fn add(&mut self, text: &str) {
        let text = text.to_lowercase();
        self.texts.insert(self.key.hash_one(text.as_str()));
        for word in text.split(|it: char| !it.is_alphanumeric()) {
            self.texts.insert(self.key.hash_one(word));
        }
    }

    /// Records all texts and names in a value that is not documented.
    pub(super) fn add_all(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(text),
            Value::Array(list) => list.iter().for_each(|it| self.add_all(it)),
            Value::Object(map) => {
                for (key, value) in map {
                    self.add(key);
                    self.add_all(value);
                }
            }
            _ => {}
        }
    }

    /// Returns a name, or its replacement.
    pub(super) fn shown(&self, name: &str) -> String {
        let digits = name.chars().filter(char::is_ascii_digit).count();
        let like_a_word = name.starts_with(|it: char| it.is_ascii_alphabetic())
            && name.chars().all(|it| it.is_ascii_alphanumeric())
            && name.len() <= LONGEST
            && digits <= DIGITS;
        let text = name.to_lowercase();
        let known = self.texts.contains(&self.key.hash_one(text.as_str()));
        match like_a_word && !known && !self.all_hashed {
            true => name.to_owned(),
            false => format!("#{:08x}", self.key.hash_one(name) >> 32),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn enumeration_values_are_shown_and_user_data_is_not() {
        let mut discretion = Discretion::new(false);
        discretion.add_all(&json!(["CORP\\jdoe", { "Otter": "Blue Heron" }]));
        for word in ["VdaPatchLevel", "IPv4Address", "suspendedByHost"] {
            assert_eq!(discretion.shown(word), word);
        }
        for secret in [
            "jdoe",
            "JDOE",
            "CORP",
            "heron",
            "Otter",
            "corp\\jdoe",
            "first.last",
            "VDA-0012",
            "user@example.com",
            "12345678123412341234",
            "a1b2c3d4",
            "",
            &"x".repeat(60),
        ] {
            let shown = discretion.shown(secret);
            assert!(
                shown.starts_with('#') && shown.len() == 9,
                "{secret}: {shown}"
            );
            assert_eq!(discretion.shown(secret), shown, "the same stays the same");
        }
        assert_ne!(
            Discretion::new(false).shown("a b"),
            Discretion::new(false).shown("a b"),
            "another run has another key"
        );
        assert!(
            Discretion::new(true)
                .shown("VdaPatchLevel")
                .starts_with('#')
        );
    }
}
