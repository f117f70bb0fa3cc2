//! Kinds of column values: how they are compared, read and written.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::ser::Serialize;
use uuid::Uuid;

use super::condition::Literal;

/// A kind of value. Each enumeration is its own kind.
pub trait Kind: 'static {
    /// The type of a value in a row.
    type Value: Serialize;
    /// Its name in the tables.
    #[doc(hidden)]
    const NAME: &'static str;

    /// Deserializes a value, or null.
    ///
    /// # Errors
    ///
    /// If the value is of another kind.
    #[doc(hidden)]
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self::Value>, D::Error>;
}

/// A kind whose values can be compared with a given value.
pub trait Comparable: Kind<Value: Into<Literal>> {}

/// A kind whose values are ordered.
pub trait Ordered: Comparable {}

/// A kind whose values can be added up.
pub trait Numeric: Ordered {}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident($value:ty) $read:expr;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl Kind for $name {
            type Value = $value;
            const NAME: &'static str = stringify!($name);

            fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<$value>, D::Error> {
                let read = $read;
                read(Option::deserialize(from)?)
            }
        }
    )*};
}

kinds! {
    /// Text.
    Text(String) Ok;
    /// A GUID.
    Guid(Uuid) Ok;
    /// A point in time; the service writes UTC.
    Time(Timestamp) |it: Option<Moment>| Ok(it.map(|Moment(at)| at));
    /// An integer.
    Int(i64) |it: Option<Whole>| Ok(it.map(|Whole(number)| number));
    /// A floating-point number.
    Double(f64) Ok;
    /// A boolean.
    Bool(bool) Ok;
    /// A list, as JSON; it cannot be compared.
    List(Vec<serde_json::Value>) Ok;
}

impl Comparable for Text {}
impl Comparable for Guid {}
impl Comparable for Time {}
impl Comparable for Int {}
impl Comparable for Double {}
impl Comparable for Bool {}
impl Ordered for Time {}
impl Ordered for Int {}
impl Ordered for Double {}
impl Numeric for Int {}
impl Numeric for Double {}

/// A field of a row during deserialization.
pub(crate) struct Cell<K: Kind>(pub(crate) Option<K::Value>);

impl<K: Kind> Default for Cell<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Cell<K> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        K::read(from).map(Self)
    }
}

/// A point in time; without a zone it is UTC, like all of the service's times.
struct Moment(Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Moment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as 2026-01-05T08:00:00Z")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Moment, E> {
                let at = text.parse::<Timestamp>().or_else(|_| {
                    let at = text.parse::<DateTime>()?;
                    TimeZone::UTC.to_timestamp(at)
                });
                at.map(Moment)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        from.deserialize_str(Text)
    }
}

/// An integer, however it is written.
pub(super) struct Whole(pub(super) i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(from)?;
        let whole = |it: f64| {
            // Above this, doubles cannot represent every integer.
            let is_whole = it.fract() == 0.0 && it.abs() < 9_007_199_254_740_992.0;
            is_whole.then_some(it as i64)
        };
        number
            .as_i64()
            .or_else(|| number.as_f64().and_then(whole))
            .map(Self)
            .ok_or_else(|| D::Error::custom(format!("{number} is not a whole number")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read<K: Kind>(value: &Value) -> Result<Option<K::Value>, String> {
        let cell: Result<Cell<K>, _> = serde_json::from_value(value.clone());
        cell.map(|it| it.0).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_read_as_the_service_may_write_them() {
        let at: Timestamp = "2026-01-05T08:00:00.1234567Z".parse().unwrap();
        for text in [
            "2026-01-05T08:00:00.1234567Z",
            "2026-01-05T08:00:00.1234567",
            "2026-01-05T09:00:00.1234567+01:00",
        ] {
            assert_eq!(read::<Time>(&json!(text)), Ok(Some(at)), "{text}");
        }
        assert_eq!(read::<Time>(&Value::Null), Ok(None));
        assert_eq!(read::<Int>(&json!(7)), Ok(Some(7)));
        assert_eq!(read::<Int>(&json!(7.0)), Ok(Some(7)));
        assert_eq!(read::<Double>(&json!(7)), Ok(Some(7.0)));
        assert_eq!(read::<Text>(&json!("a")), Ok(Some("a".to_owned())));
        assert_eq!(read::<Bool>(&json!(true)), Ok(Some(true)));
        assert_eq!(read::<Guid>(&json!(Uuid::nil())), Ok(Some(Uuid::nil())));
        assert_eq!(read::<List>(&json!(["a"])), Ok(Some(vec![json!("a")])));
    }

    #[test]
    fn values_of_another_kind_are_refused_with_the_value() {
        let error = read::<Int>(&json!(7.5)).unwrap_err();
        assert_eq!(error, "7.5 is not a whole number");
        let error = read::<Time>(&json!("soon")).unwrap_err();
        assert!(error.contains("soon") && error.contains("2026"), "{error}");
        assert!(read::<Int>(&json!("7")).is_err());
        assert!(read::<Guid>(&json!("x")).is_err());
    }
}
