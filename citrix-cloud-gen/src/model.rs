//! Serialization and deserialization of models, with one piece of code for all of them.
//!
//! With thousands of fields, derived code would dominate compile time. Here a model is a table
//! ([`crate::model!`]), and the code that serde would derive for each model exists once, below.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

/// A model: an object with named fields.
pub trait Model: Sized {
    /// The name of the model, for error messages.
    const NAME: &'static str;
    /// The wire names of the fields.
    const FIELDS: &'static [&'static str];
    /// Other names that are accepted when reading, each with the index of its field in `FIELDS`.
    const ALIASES: &'static [(&'static str, usize)];

    /// The values read so far: the model itself, if all of its fields may be missing.
    type Draft: Draft<Self>;

    /// Deserializes the value of one field.
    ///
    /// # Errors
    ///
    /// If the value has another type.
    fn read<'de, M: MapAccess<'de>>(
        draft: &mut Self::Draft,
        field: usize,
        from: &mut Reader<M>,
    ) -> Result<(), M::Error>;

    /// Serializes every field that is present.
    fn write<S: SerializeStruct>(&self, to: &mut Writer<S>);
}

/// A model of which some fields have not been read yet.
pub trait Draft<T> {
    /// Returns the draft of an object without fields.
    fn empty() -> Self;

    /// Returns the model.
    ///
    /// # Errors
    ///
    /// If a required field is missing.
    fn finish<E: de::Error>(self) -> Result<T, E>;
}

impl<T: Default> Draft<T> for T {
    fn empty() -> Self {
        Self::default()
    }

    fn finish<E: de::Error>(self) -> Result<T, E> {
        Ok(self)
    }
}

/// A field of a draft that may be missing.
#[derive(Debug, Default)]
pub struct Optional<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Optional<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::deserialize(from).map(Self)
    }
}

impl<T> Optional<T> {
    /// Returns the value.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn finish<E: de::Error>(self, _: &'static str) -> Result<T, E> {
        Ok(self.0)
    }
}

/// A field of a draft that must not be missing.
#[derive(Debug)]
pub struct Required<T>(Option<T>);

impl<T> Default for Required<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Required<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::deserialize(from).map(|value| Self(Some(value)))
    }
}

impl<T> Required<T> {
    /// Returns the value.
    ///
    /// # Errors
    ///
    /// If the field was missing.
    pub fn finish<E: de::Error>(self, name: &'static str) -> Result<T, E> {
        self.0.ok_or_else(|| E::missing_field(name))
    }
}

/// Fields that are omitted if they are empty.
pub trait Absent {
    /// Returns whether the field is empty.
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Absent for HashMap<K, V> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// What an update does to a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(untagged))]
pub enum Update<T> {
    /// Leaves the field unchanged: nothing is sent.
    #[default]
    Keep,
    /// Clears the field: `null` is sent.
    Clear,
    /// Sets the field to this value; an empty list empties it.
    Set(T),
}

impl<T> Update<T> {
    /// Returns whether the field stays unchanged.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Returns the new value, if there is one.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<T> From<T> for Update<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T> Absent for Update<T> {
    fn is_absent(&self) -> bool {
        self.is_keep()
    }
}

impl<T: Serialize> Serialize for Update<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(to),
            Self::Keep | Self::Clear => to.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Update<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Option::deserialize(from)?;
        Ok(value.map_or(Self::Clear, Self::Set))
    }
}

/// The maximum number of fields of a model.
pub const MOST_FIELDS: usize = 256;

/// The object that a model is deserialized from.
#[derive(Debug)]
pub struct Reader<M> {
    map: M,
    seen: [u64; MOST_FIELDS / 64],
}

impl<M> Reader<M> {
    /// Records a field, and returns false if it is a duplicate.
    fn first(&mut self, field: usize) -> bool {
        let Some(word) = self.seen.get_mut(field / 64) else {
            return true;
        };
        let bit = 1 << (field % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }
}

impl<'de, M: MapAccess<'de>> Reader<M> {
    /// Deserializes the value of the field whose name was read last.
    ///
    /// # Errors
    ///
    /// If the value has another type.
    pub fn value<T: Deserialize<'de>>(&mut self, into: &mut T) -> Result<(), M::Error> {
        *into = self.map.next_value()?;
        Ok(())
    }

    /// Skips a value.
    ///
    /// # Errors
    ///
    /// If the value is malformed.
    pub fn skip(&mut self) -> Result<(), M::Error> {
        self.map.next_value::<IgnoredAny>().map(drop)
    }
}

/// The object that a model is serialized to; it remembers the first failure.
#[derive(Debug)]
pub struct Writer<S: SerializeStruct> {
    to: S,
    failed: Result<(), S::Error>,
}

impl<S: SerializeStruct> Writer<S> {
    /// Serializes a field.
    pub fn value<T: Serialize>(&mut self, name: &'static str, value: &T) {
        if self.failed.is_ok() {
            self.failed = self.to.serialize_field(name, value);
        }
    }

    /// Serializes a field unless it is empty.
    pub fn present<T: Serialize + Absent>(&mut self, name: &'static str, value: &T) {
        if !value.is_absent() {
            self.value(name, value);
        } else if self.failed.is_ok() {
            self.failed = self.to.skip_field(name);
        }
    }
}

/// Deserializes a model.
///
/// # Errors
///
/// If it is not an object, contains a field twice or not at all though it is required, or a value
/// has another type.
pub fn read<'de, T: Model, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    // As a map, because the code for structs also reads arrays, once more for each model.
    from.deserialize_map(Object(PhantomData))
}

/// Serializes a model.
///
/// # Errors
///
/// The errors of the serializer.
pub fn write<T: Model, S: Serializer>(model: &T, to: S) -> Result<S::Ok, S::Error> {
    let mut writer = Writer {
        to: to.serialize_struct(T::NAME, T::FIELDS.len())?,
        failed: Ok(()),
    };
    model.write(&mut writer);
    writer.failed?;
    writer.to.end()
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Model> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        let mut draft = T::Draft::empty();
        let mut from = Reader { map, seen: [0; _] };
        let mut key = Key {
            fields: T::FIELDS,
            aliases: T::ALIASES,
            next: 0,
        };
        while let Some(field) = from.map.next_key_seed(key)? {
            if let Some(name) = T::FIELDS.get(field) {
                if !from.first(field) {
                    return Err(M::Error::duplicate_field(name));
                }
                key.next = field + 1;
            }
            T::read(&mut draft, field, &mut from)?;
        }
        draft.finish()
    }
}

/// Finds the index of a field by name; unknown names get the index after the last one.
#[derive(Clone, Copy)]
struct Key {
    fields: &'static [&'static str],
    aliases: &'static [(&'static str, usize)],
    /// Services write fields in the order of the document, so the next field is checked first.
    next: usize,
}

impl Key {
    fn field(&self, name: &str) -> usize {
        let place = |fields: &[&str]| fields.iter().position(|field| *field == name);
        let (before, after) = self.fields.split_at(self.next.min(self.fields.len()));
        let alias = || self.aliases.iter().find(|(alias, _)| *alias == name);
        place(after)
            .map(|place| before.len() + place)
            .or_else(|| place(before))
            .or_else(|| alias().map(|(_, field)| *field))
            .unwrap_or(self.fields.len())
    }
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<usize, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<usize, E> {
        Ok(self.field(name))
    }
}

/// Declares how a struct is serialized and deserialized: for each field its index, its name in Rust
/// and on the wire, and whether it is always written (`value`) or only if it is not empty
/// (`present`). If any field is required, the rows also have the types of the fields.
#[doc(hidden)]
#[macro_export]
macro_rules! model {
    ($name:ident {
        $($place:tt $field:ident $key:literal $(| $alias:literal)* $write:ident,)*
    }) => {
        $crate::model! { @table $name, Self, {
            $($place $field $field $key $(| $alias)* $write,)*
        } }
    };
    ($name:ident {
        $($place:tt $field:ident $key:literal $(| $alias:literal)* $write:ident
            $need:ident<$type:ty>,)*
    }) => {
        $crate::model! { @table $name, ($($crate::model::$need<$type>,)*), {
            $($place $place $field $key $(| $alias)* $write,)*
        } }

        impl $crate::model::Draft<$name> for ($($crate::model::$need<$type>,)*) {
            fn empty() -> Self {
                ($($crate::model::$need::default(),)*)
            }

            fn finish<E: ::serde::de::Error>(self) -> ::std::result::Result<$name, E> {
                Ok($name { $($field: self.$place.finish($key)?,)* })
            }
        }
    };
    (@table $name:ident, $draft:ty, {
        $($place:tt $part:tt $field:ident $key:literal $(| $alias:literal)* $write:ident,)*
    }) => {
        impl $crate::model::Model for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[$($key),*];
            const ALIASES: &'static [(&'static str, usize)] = &[$($(($alias, $place),)*)*];

            type Draft = $draft;

            fn read<'de, M: ::serde::de::MapAccess<'de>>(
                draft: &mut $draft,
                field: usize,
                from: &mut $crate::model::Reader<M>,
            ) -> ::std::result::Result<(), M::Error> {
                match field {
                    $($place => from.value(&mut draft.$part),)*
                    _ => from.skip(),
                }
            }

            fn write<S: ::serde::ser::SerializeStruct>(
                &self,
                to: &mut $crate::model::Writer<S>,
            ) {
                $(to.$write($key, &self.$field);)*
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                to: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::model::write(self, to)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                from: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::model::read(from)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    #[derive(Debug, Default, PartialEq)]
    struct Lamp {
        name: Option<String>,
        watts: Option<u8>,
        tags: Vec<String>,
        owner: Option<String>,
    }

    crate::model! {
        Lamp {
            0 name "Name" | "name" present,
            1 watts "Watts" present,
            2 tags "Tags" present,
            3 owner "Owner" value,
        }
    }

    #[derive(Debug, PartialEq)]
    struct Order {
        lamp: Lamp,
        count: u8,
        note: Option<String>,
        after: Option<Box<Order>>,
    }

    crate::model! {
        Order {
            0 lamp "Lamp" value Required<Lamp>,
            1 count "Count" | "count" value Required<u8>,
            2 note "Note" present Optional<Option<String>>,
            3 after "After" value Optional<Option<Box<Order>>>,
        }
    }

    fn read(json: &str) -> Result<Lamp, String> {
        model(json)
    }

    fn model<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn any_order_missing_null_and_unknown_fields_are_read() {
        let lamp = Lamp {
            name: Some("desk".into()),
            watts: None,
            tags: vec!["new".into()],
            owner: None,
        };
        let json = r#"{"Tags":["new"],"Colour":{"R":[1]},"Name":"desk","Watts":null}"#;
        assert_eq!(read(json), Ok(lamp));
        assert_eq!(
            read(r#"{"name":"desk"}"#).unwrap().name.as_deref(),
            Some("desk")
        );
        assert_eq!(read("{}"), Ok(Lamp::default()));
    }

    #[test]
    fn absent_fields_are_not_written() {
        let json = |lamp: &Lamp| serde_json::to_string(lamp).unwrap();
        assert_eq!(json(&Lamp::default()), r#"{"Owner":null}"#);
        assert_eq!(
            json(&Lamp {
                name: Some("desk".into()),
                watts: Some(0),
                ..Lamp::default()
            }),
            r#"{"Name":"desk","Watts":0,"Owner":null}"#
        );
    }

    #[test]
    fn values_of_another_shape_are_rejected() {
        let says = |json: &str, words: &str| {
            let error = read(json).unwrap_err();
            assert!(error.contains(words), "{error}");
        };
        says(r#"{"Name":"a","name":"b"}"#, "duplicate field `Name`");
        says(
            r#"{"Watts":"much"}"#,
            "invalid type: string \"much\", expected u8",
        );
        says("[]", "invalid type: sequence, expected struct Lamp");
        says("7", "invalid type: integer `7`, expected struct Lamp");
    }

    #[test]
    fn required_fields_must_be_there() {
        let nested = r#"{"count":2,"Lamp":{"Watts":7},"After":{"Lamp":{},"Count":1}}"#;
        let second = Order {
            lamp: Lamp::default(),
            count: 1,
            note: None,
            after: None,
        };
        let first = Order {
            lamp: Lamp {
                watts: Some(7),
                ..Lamp::default()
            },
            count: 2,
            note: None,
            after: Some(Box::new(second)),
        };
        assert_eq!(
            serde_json::to_string(&first).unwrap(),
            r#"{"Lamp":{"Watts":7,"Owner":null},"Count":2,"After":{"Lamp":{"Owner":null},"Count":1,"After":null}}"#
        );
        assert_eq!(model::<Order>(nested), Ok(first));

        for (json, words) in [
            (r#"{"Lamp":{}}"#, "missing field `Count`"),
            (r#"{"Count":1}"#, "missing field `Lamp`"),
            ("{}", "missing field `Lamp`"),
            (
                r#"{"Lamp":{},"Count":null}"#,
                "invalid type: null, expected u8",
            ),
            (
                r#"{"Lamp":{},"Count":1,"After":{"Count":1}}"#,
                "missing field `Lamp`",
            ),
            (
                r#"{"Lamp":{},"Count":1,"count":1}"#,
                "duplicate field `Count`",
            ),
        ] {
            let error = model::<Order>(json).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
