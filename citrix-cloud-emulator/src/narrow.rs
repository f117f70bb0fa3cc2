//! `fields`: an object with every property but the wanted ones set to null.
//!
//! It is written as it is visited, because a list of a thousand machines asked for two fields has a hundred
//! thousand properties that are not worth making.

use serde::ser::{Error as _, Impossible, SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::Error;

/// Writes an object of which only some properties are wanted; `wanted` is lower case.
///
/// # Errors
///
/// Fails where the value is no object.
pub(crate) fn write(
    object: &impl Serialize,
    wanted: &[String],
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    object.serialize(Object { out, wanted })
}

/// A property whose value is made only if somebody wants it.
pub(crate) struct Lazy<F>(pub(crate) F);

impl<T: Serialize, F: Fn() -> T> Serialize for Lazy<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0().serialize(serializer)
    }
}

struct Object<'a> {
    out: &'a mut Vec<u8>,
    wanted: &'a [String],
}

struct Properties<'a> {
    out: &'a mut Vec<u8>,
    wanted: &'a [String],
    is_first: bool,
    wants_next: bool,
}

impl Properties<'_> {
    /// Writes a name, and says whether its value is wanted.
    fn name(&mut self, name: &str) -> Result<bool, Error> {
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
        // Without a way out in the middle, this looks at many letters at once.
        let is_plain = |plain, letter: u8| plain & letter.is_ascii_alphanumeric();
        if name.bytes().fold(true, is_plain) {
            self.out.push(b'"');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
        } else {
            serde_json::to_writer(&mut *self.out, name)?;
            self.out.push(b':');
        }
        Ok(self.wanted.iter().any(|it| it.eq_ignore_ascii_case(name)))
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T, is_wanted: bool) -> Result<(), Error> {
        if is_wanted {
            serde_json::to_writer(&mut *self.out, value)
        } else {
            self.out.extend_from_slice(b"null");
            Ok(())
        }
    }

    fn close(self) {
        self.out.push(b'}');
    }
}

impl SerializeMap for Properties<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.wants_next = key.serialize(Name(self))?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value, self.wants_next)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl SerializeStruct for Properties<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let is_wanted = self.name(name)?;
        self.value(value, is_wanted)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

/// Takes the name of a property.
struct Name<'a, 'b>(&'a mut Properties<'b>);

macro_rules! refused {
    ($($method:ident($($of:ty),*) -> $gives:ty;)*) => {
        $(fn $method(self, $(_: $of),*) -> Result<$gives, Error> {
            Err(Error::custom("only objects have fields, and fields have names"))
        })*
    };
}

macro_rules! refused_by_both {
    ($ok:ty) => {
        refused! {
            serialize_bool(bool) -> $ok;
            serialize_i8(i8) -> $ok;
            serialize_i16(i16) -> $ok;
            serialize_i32(i32) -> $ok;
            serialize_i64(i64) -> $ok;
            serialize_u8(u8) -> $ok;
            serialize_u16(u16) -> $ok;
            serialize_u32(u32) -> $ok;
            serialize_u64(u64) -> $ok;
            serialize_f32(f32) -> $ok;
            serialize_f64(f64) -> $ok;
            serialize_char(char) -> $ok;
            serialize_bytes(&[u8]) -> $ok;
            serialize_none() -> $ok;
            serialize_unit() -> $ok;
            serialize_unit_struct(&'static str) -> $ok;
            serialize_unit_variant(&'static str, u32, &'static str) -> $ok;
            serialize_seq(Option<usize>) -> Self::SerializeSeq;
            serialize_tuple(usize) -> Self::SerializeTuple;
            serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
            serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
            serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
        }

        fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<$ok, Error> {
            value.serialize(self)
        }

        fn serialize_newtype_struct<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            value: &T,
        ) -> Result<$ok, Error> {
            value.serialize(self)
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            value: &T,
        ) -> Result<$ok, Error> {
            value.serialize(self)
        }
    };
}

impl<'a> Serializer for Object<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Properties<'a>;
    type SerializeStruct = Properties<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    refused_by_both!(());

    refused! {
        serialize_str(&str) -> ();
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Properties<'a>, Error> {
        self.out.push(b'{');
        Ok(Properties {
            out: self.out,
            wanted: self.wanted,
            is_first: true,
            wants_next: false,
        })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Properties<'a>, Error> {
        self.serialize_map(Some(length))
    }
}

impl Serializer for Name<'_, '_> {
    type Ok = bool;
    type Error = Error;
    type SerializeSeq = Impossible<bool, Error>;
    type SerializeTuple = Impossible<bool, Error>;
    type SerializeTupleStruct = Impossible<bool, Error>;
    type SerializeTupleVariant = Impossible<bool, Error>;
    type SerializeMap = Impossible<bool, Error>;
    type SerializeStruct = Impossible<bool, Error>;
    type SerializeStructVariant = Impossible<bool, Error>;

    refused_by_both!(bool);

    refused! {
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
    }

    fn serialize_str(self, name: &str) -> Result<bool, Error> {
        self.0.name(name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn narrowed(object: &impl Serialize, wanted: &[&str]) -> Result<Value, Error> {
        let wanted: Vec<_> = wanted.iter().map(|&it| it.to_owned()).collect();
        let mut out = Vec::new();
        write(object, &wanted, &mut out)?;
        serde_json::from_slice(&out)
    }

    #[test]
    fn unwanted_properties_are_null_and_not_made() {
        #[derive(Serialize)]
        struct Bird<T: Serialize> {
            name: &'static str,
            #[serde(rename = "odd \"name\"")]
            odd: T,
        }
        let bird = Bird {
            name: "Kite",
            odd: Lazy(|| -> bool { unreachable!() }),
        };
        let seen = narrowed(&bird, &["name"]).unwrap();
        assert_eq!(seen, json!({ "name": "Kite", "odd \"name\"": null }));
    }

    #[test]
    fn wanted_properties_are_whole() {
        let map = json!({ "Id": 7, "Zone": { "Id": 1 }, "Nothing": null });
        let seen = narrowed(&Some(map), &["zone", "absent"]).unwrap();
        assert_eq!(
            seen,
            json!({ "Id": null, "Zone": { "Id": 1 }, "Nothing": null })
        );
        assert_eq!(narrowed(&json!({}), &[]).unwrap(), json!({}));
        assert!(narrowed(&json!([1]), &[]).is_err());
    }
}
