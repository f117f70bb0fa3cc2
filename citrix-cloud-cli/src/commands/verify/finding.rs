//! Where the service differs from the documents.

use std::collections::BTreeMap;

/// What is different.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Difference {
    /// A field that the documents do not have; its name may tell something, so it is shown with discretion.
    UnknownField { name: String, found: &'static str },
    /// A field whose name is documented in a different case.
    Casing { documented: &'static str },
    /// A value that an enumeration does not list, shown with the same discretion.
    UnlistedValue { value: String },
    /// Something of another type.
    Type {
        expected: &'static str,
        found: &'static str,
    },
    /// Text that is not of its form.
    Form { expected: &'static str },
    /// A null where there can be none.
    Null,
    /// A field that must be there and is not.
    Missing { name: &'static str },
    /// Another status of success.
    Status { expected: String, found: u16 },
    /// Another media type than JSON.
    ContentType { found: String },
    /// A body that is not JSON.
    NoJson,
    /// No body where there should be one, or one where there should be none.
    Body { expected: bool },
}

/// The places and how often each difference is there: for each operation and place.
#[derive(Debug, Default)]
pub(super) struct Findings(BTreeMap<(&'static str, String, Difference), usize>);

impl Findings {
    /// Adds one.
    pub(super) fn add(&mut self, operation: &'static str, place: &str, difference: Difference) {
        let key = (operation, place.to_owned(), difference);
        *self.0.entry(key).or_default() += 1;
    }

    /// All of them, by operation and place, with how often each is there.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str, &Difference, usize)> {
        let all = self.0.iter();
        all.map(|((operation, place, difference), times)| {
            (*operation, place.as_str(), difference, *times)
        })
    }
}

/// The kind of a difference, as reports name it.
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
