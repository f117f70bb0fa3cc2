//! `fields`: writes an object with every unwanted property set to null, and reads one property of an object.
//!
//! Both work while the object is being serialized: a list of a thousand machines with two wanted fields has a hundred
//! thousand properties that should never be built.

use serde::ser::{Error as _, Impossible, SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::{Error, Value};

/// Writes objects of which only some properties are wanted.
///
/// Objects of one list almost always have the same properties in the same order. So this remembers the text written for
/// the last object, and copies it for as long as the names agree.
#[derive(Debug)]
pub(crate) struct FieldMask {
    /// The wanted names, in lower case.
    wanted: Vec<String>,
    seen: Vec<Seen>,
    /// The text written for all of `seen`, apart from the wanted values.
    text: Vec<u8>,
}

/// A property of the last object.
#[derive(Debug)]
struct Seen {
    name: String,
    is_wanted: bool,
    /// The end of its text.
    end: usize,
}

impl FieldMask {
    pub(crate) fn to(fields: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let wanted = fields.into_iter().map(|it| it.as_ref().to_lowercase());
        Self {
            wanted: wanted.collect(),
            seen: Vec::new(),
            text: Vec::new(),
        }
    }

    /// Writes an object.
    ///
    /// # Errors
    ///
    /// Fails if the value is not an object.
    pub(crate) fn write(
        &mut self,
        object: &impl Serialize,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        object.serialize(Object(Narrowed {
            mask: self,
            out,
            at: 0,
            copied: 0,
        }))
    }

    /// Finds the text for a property at a position, and returns whether its value is wanted.
    fn property(&mut self, at: usize, name: &str) -> Result<&Seen, Error> {
        if self.seen.get(at).is_none_or(|it| it.name != name) {
            self.seen.truncate(at);
            self.text.truncate(self.seen.last().map_or(0, |it| it.end));
            if at > 0 {
                self.text.push(b',');
            }
            serde_json::to_writer(&mut self.text, name)?;
            self.text.push(b':');
            let is_wanted = self.wanted.iter().any(|it| it.eq_ignore_ascii_case(name));
            if !is_wanted {
                self.text.extend_from_slice(b"null");
            }
            self.seen.push(Seen {
                name: name.to_owned(),
                is_wanted,
                end: self.text.len(),
            });
        }
        self.seen
            .get(at)
            .ok_or_else(|| Error::custom("a property is missing"))
    }
}

/// Reads one property of an object; returns `None` if there is no such property.
///
/// # Errors
///
/// Fails if the value is not an object.
pub(crate) fn pick(object: &impl Serialize, name: &str) -> Result<Option<Value>, Error> {
    let mut found = None;
    object.serialize(Object(Picked {
        name,
        found: &mut found,
    }))?;
    Ok(found)
}

/// A property whose value is built only if it is wanted.
pub(crate) struct Lazy<F>(pub(crate) F);

impl<T: Serialize, F: Fn() -> T> Serialize for Lazy<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0().serialize(serializer)
    }
}

/// Visits the properties of an object.
trait Visitor {
    /// Visits a name, and returns whether its value is wanted.
    fn name(&mut self, name: &str) -> Result<bool, Error>;

    /// Visits a value that is wanted.
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error>;

    /// Ends the object.
    fn end(self) -> Result<(), Error>;
}

struct Narrowed<'a> {
    mask: &'a mut FieldMask,
    out: &'a mut Vec<u8>,
    /// The number of properties so far.
    at: usize,
    /// How much of the remembered text has been copied to `out`; the rest, up to the last property, waits for a value.
    copied: usize,
}

impl Narrowed<'_> {
    fn copy(&mut self, end: usize) {
        let text = self.mask.text.get(self.copied..end);
        self.out.extend_from_slice(text.unwrap_or_default());
        self.copied = end;
    }

    fn begin(&mut self) {
        if self.at == 0 {
            self.out.push(b'{');
        }
    }
}

impl Visitor for Narrowed<'_> {
    fn name(&mut self, name: &str) -> Result<bool, Error> {
        self.begin();
        let seen = self.mask.property(self.at, name)?;
        let (is_wanted, end) = (seen.is_wanted, seen.end);
        self.at += 1;
        if is_wanted {
            self.copy(end);
        }
        Ok(is_wanted)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        serde_json::to_writer(&mut *self.out, value)
    }

    fn end(mut self) -> Result<(), Error> {
        self.begin();
        let last = self.at.checked_sub(1).and_then(|at| self.mask.seen.get(at));
        let end = last.map_or(0, |it| it.end);
        self.copy(end);
        self.out.push(b'}');
        Ok(())
    }
}

struct Picked<'a> {
    name: &'a str,
    found: &'a mut Option<Value>,
}

impl Visitor for Picked<'_> {
    fn name(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.name == name)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        *self.found = Some(serde_json::to_value(value)?);
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

struct Object<V>(V);

struct Properties<V> {
    visitor: V,
    wants_next: bool,
}

impl<V: Visitor> SerializeMap for Properties<V> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.wants_next = key.serialize(Name(&mut self.visitor))?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if self.wants_next {
            self.visitor.value(value)?;
        }
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        self.visitor.end()
    }
}

impl<V: Visitor> SerializeStruct for Properties<V> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.wants_next = self.visitor.name(name)?;
        self.serialize_value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.visitor.end()
    }
}

/// Serializer for the name of a property.
struct Name<'a, V>(&'a mut V);

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

impl<V: Visitor> Serializer for Object<V> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Properties<V>;
    type SerializeStruct = Properties<V>;
    type SerializeStructVariant = Impossible<(), Error>;

    refused_by_both!(());

    refused! {
        serialize_str(&str) -> ();
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Properties<V>, Error> {
        Ok(Properties {
            visitor: self.0,
            wants_next: false,
        })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Properties<V>, Error> {
        self.serialize_map(Some(length))
    }
}

impl<V: Visitor> Serializer for Name<'_, V> {
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

    fn masked(object: &impl Serialize, wanted: &[&str]) -> Result<Value, Error> {
        let mut out = Vec::new();
        FieldMask::to(wanted).write(object, &mut out)?;
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
        let seen = masked(&bird, &["name"]).unwrap();
        assert_eq!(seen, json!({ "name": "Kite", "odd \"name\"": null }));
    }

    #[test]
    fn wanted_properties_are_whole() {
        let map = json!({ "Id": 7, "Zone": { "Id": 1 }, "Nothing": null });
        let seen = masked(&Some(map), &["zone", "absent"]).unwrap();
        assert_eq!(
            seen,
            json!({ "Id": null, "Zone": { "Id": 1 }, "Nothing": null })
        );
        assert_eq!(masked(&json!({}), &[]).unwrap(), json!({}));
        assert!(masked(&json!([1]), &[]).is_err());
    }

    #[test]
    fn objects_of_other_shapes_in_between_are_written_like_alone() {
        let shapes = [
            json!({ "Id": 1, "Name": "a", "Zone": 2 }),
            json!({ "Id": 2, "Name": "b", "Zone": 3 }),
            json!({ "Id": 3, "Zone": 4, "Name": "c" }),
            json!({}),
            json!({ "Id": 4 }),
            json!({ "Id": 5, "Name": "d", "Zone": 5, "More": { "Id": 9 } }),
        ];
        let mut mask = FieldMask::to(["id", "zone"]);
        for shape in shapes.iter().chain(shapes.iter().rev()) {
            let (mut seen, mut alone) = (Vec::new(), Vec::new());
            mask.write(shape, &mut seen).unwrap();
            FieldMask::to(["id", "zone"])
                .write(shape, &mut alone)
                .unwrap();
            assert_eq!(seen, alone, "{shape}");
            assert!(serde_json::from_slice::<Value>(&seen).is_ok(), "{shape}");
        }
    }

    #[test]
    fn one_property_is_picked_and_no_other_is_made() {
        #[derive(Serialize)]
        struct Bird<T: Serialize> {
            odd: T,
            name: [&'static str; 2],
        }
        let bird = Bird {
            odd: Lazy(|| -> bool { unreachable!() }),
            name: ["Red", "Kite"],
        };
        assert_eq!(pick(&bird, "name").unwrap(), Some(json!(["Red", "Kite"])));
        assert_eq!(pick(&bird, "other").unwrap(), None);
        assert!(pick(&7, "name").is_err());
    }
}
