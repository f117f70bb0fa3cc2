//! Values of columns.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// The value of a column in one row.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Cow<'static, str>),
    Guid(Uuid),
    Time(Timestamp),
    /// An empty list; the only list in the service is that of a machine's tags.
    Empty,
}

impl Value {
    pub(crate) fn text(it: impl Into<String>) -> Self {
        Self::Text(Cow::Owned(it.into()))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "as a database does")]
            Self::Int(it) => Some(*it as f64),
            Self::Double(it) => Some(*it),
            _ => None,
        }
    }

    /// Compares two values of the same type. Texts are compared case-insensitively, as SQL Server does by default. Null
    /// cannot be compared.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(one), Self::Bool(two)) => Some(one.cmp(two)),
            (Self::Int(one), Self::Int(two)) => Some(one.cmp(two)),
            (Self::Text(one), Self::Text(two)) => Some(folded(one).cmp(folded(two))),
            (Self::Guid(one), Self::Guid(two)) => Some(one.cmp(two)),
            (Self::Time(one), Self::Time(two)) => Some(one.cmp(two)),
            _ => self.number()?.partial_cmp(&other.number()?),
        }
    }

    /// Orders all values, null first.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let by_kind = || self.rank().cmp(&other.rank());
        self.compare(other).unwrap_or_else(by_kind)
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Empty => 1,
            Self::Bool(_) => 2,
            Self::Int(_) | Self::Double(_) => 3,
            Self::Text(_) => 4,
            Self::Guid(_) => 5,
            Self::Time(_) => 6,
        }
    }
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.order(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order(other)
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::Null | Self::Empty => {}
            Self::Bool(it) => it.hash(state),
            Self::Int(_) | Self::Double(_) => {
                // Adding zero turns -0 into 0.
                let number = self.number().unwrap_or_default() + 0.0;
                number.to_bits().hash(state);
            }
            Self::Text(it) => folded(it).for_each(|it| it.hash(state)),
            Self::Guid(it) => it.hash(state),
            Self::Time(it) => it.hash(state),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(it) => serializer.serialize_bool(*it),
            Self::Int(it) => serializer.serialize_i64(*it),
            Self::Double(it) => serializer.serialize_f64(*it),
            Self::Text(it) => serializer.serialize_str(it),
            Self::Guid(it) => serializer.collect_str(it),
            Self::Time(it) => serializer.collect_str(it),
            Self::Empty => [(); 0].serialize(serializer),
        }
    }
}

impl From<bool> for Value {
    fn from(it: bool) -> Self {
        Self::Bool(it)
    }
}

impl From<i64> for Value {
    fn from(it: i64) -> Self {
        Self::Int(it)
    }
}

impl From<i32> for Value {
    fn from(it: i32) -> Self {
        Self::Int(it.into())
    }
}

impl From<u32> for Value {
    fn from(it: u32) -> Self {
        Self::Int(it.into())
    }
}

impl From<usize> for Value {
    fn from(it: usize) -> Self {
        Self::Int(i64::try_from(it).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Value {
    fn from(it: f64) -> Self {
        Self::Double(it)
    }
}

impl From<&'static str> for Value {
    fn from(it: &'static str) -> Self {
        Self::Text(Cow::Borrowed(it))
    }
}

impl From<String> for Value {
    fn from(it: String) -> Self {
        Self::Text(Cow::Owned(it))
    }
}

impl From<Uuid> for Value {
    fn from(it: Uuid) -> Self {
        Self::Guid(it)
    }
}

impl From<Timestamp> for Value {
    fn from(it: Timestamp) -> Self {
        Self::Time(it)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Null, Into::into)
    }
}
