//! Differences between the service and the documents.

use std::collections::BTreeMap;

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Difference {
    /// A field that is not documented; its name may be confidential, so it is shown only if
    /// [`Discretion`](super::discretion::Discretion) allows it.
    UnknownField { name: String, found: &'static str },
    /// A field whose name is documented in a different case.
    Casing { documented: &'static str },
    /// A value that an enumeration does not list, shown under the same rule.
    UnlistedValue { value: String },
    /// A value of another type.
    Type {
        expected: &'static str,
        found: &'static str,
    },
    /// A text that does not have its documented format.
    Form { expected: &'static str },
    /// A null where the documents allow none.
    Null,
    /// A missing required field.
    Missing { name: &'static str },
    /// An undocumented success status.
    Status { expected: String, found: u16 },
    /// A media type other than JSON.
    ContentType { found: String },
    /// A body that is not JSON.
    NoJson,
    /// A missing body, or an unexpected one.
    Body { expected: bool },
}

/// The number of occurrences of each difference, by operation and place.
#[derive(Debug, Default)]
pub(super) struct Findings(BTreeMap<(&'static str, String, Difference), usize>);

impl Findings {
    /// Adds a difference.
    pub(super) fn add(&mut self, operation: &'static str, place: &str, difference: Difference) {
        let key = (operation, place.to_owned(), difference);
        *self.0.entry(key).or_default() += 1;
    }

    /// Returns all differences by operation and place, with their number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str, &Difference, usize)> {
        let all = self.0.iter();
        all.map(|((operation, place, difference), times)| {
            (*operation, place.as_str(), difference, *times)
        })
    }
}

/// Names of differences in reports.
impl Difference {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::UnknownField { .. } => "unknownField",
            Self::Casing { .. } => "casing",
            Self::UnlistedValue { .. } => "unlistedValue",
            Self::Type { .. } => "type",
            Self::Form { .. } => "form",
            Self::Null => "null",
            Self::Missing { .. } => "missing",
            Self::Status { .. } => "status",
            Self::ContentType { .. } => "contentType",
            Self::NoJson => "noJson",
            Self::Body { .. } => "body",
        }
    }
}
