//! The names of a struct's fields, as serde knows them.

use serde::de::value::Error as Stop;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// Returns the wire names of the fields of `T`, or `None` if it is not a struct with named fields
/// or flattens another one.
pub(super) fn field_names<T: DeserializeOwned>() -> Option<&'static [&'static str]> {
    let mut found = None;
    // This deserializes nothing: it fails as soon as it has seen the names.
    let _ = T::deserialize(Asking(&mut found));
    found
}

struct Asking<'a>(&'a mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Asking<'_> {
    type Error = Stop;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stop> {
        *self.0 = Some(fields);
        Err(Stop::custom("asked"))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop::custom("not a struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[allow(dead_code)]
    struct Row {
        name: String,
        #[serde(rename = "OSType")]
        os: Option<String>,
        #[serde(skip)]
        ours: u8,
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Wrapped(Row);

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Flat {
        #[serde(flatten)]
        row: Row,
    }

    #[test]
    fn the_names_are_those_on_the_wire() {
        assert_eq!(field_names::<Row>(), Some(["Name", "OSType"].as_slice()));
        assert_eq!(
            field_names::<Wrapped>(),
            Some(["Name", "OSType"].as_slice())
        );
        assert_eq!(field_names::<Flat>(), None);
        assert_eq!(field_names::<HashMap<String, u8>>(), None);
        assert_eq!(field_names::<Vec<u8>>(), None);
    }
}
