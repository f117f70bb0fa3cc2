//! Deserializes JSON values from any format, and accepts repeated keys.
//!
//! People who edit generated documents by hand write a path twice, once for each method, or repeat
//! a keyword. To lose nothing, two mappings with the same key are merged; of two other values, the
//! later one wins, as in most parsers.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one value, and notes the repeated keys in it.
#[derive(Clone, Copy)]
pub(super) struct Tolerant<'a> {
    pub(super) found: &'a RefCell<Found>,
}

/// The position of the reader, its notes, and how many more values it accepts.
#[derive(Debug)]
pub(super) struct Found {
    path: Vec<String>,
    pub(super) notes: Vec<String>,
    max_nodes: usize,
    nodes: usize,
    /// The number of values in all earlier attempts.
    before: usize,
}

/// How many bytes of text count as one more value, because a short alias can stand for a long text.
const BYTES_OF_NODE: usize = 256;

impl Found {
    pub(super) fn new(max_nodes: usize) -> Self {
        Self {
            path: Vec::new(),
            notes: Vec::new(),
            max_nodes,
            nodes: 0,
            before: 0,
        }
    }

    /// Returns whether there were more values than it accepts.
    pub(super) fn full(&self) -> bool {
        self.nodes > self.max_nodes
    }

    /// Returns whether all attempts together read more values than allowed.
    pub(super) fn read_too_much(&self) -> bool {
        self.before + self.nodes > self.max_nodes
    }

    /// Starts another attempt.
    pub(super) fn again(&mut self) {
        let before = self.before + self.nodes;
        *self = Self {
            before,
            ..Self::new(self.max_nodes)
        };
    }
}

impl Tolerant<'_> {
    /// Counts one more value with a text of this length.
    fn count<E: Error>(self, length: usize) -> Result<(), E> {
        let mut found = self.found.borrow_mut();
        found.nodes += 1 + length / BYTES_OF_NODE;
        match found.full() {
            true => Err(E::custom("too many values")),
            false => Ok(()),
        }
    }

    fn put(self, map: &mut Map<String, Value>, key: String, value: Value) {
        let Some(known) = map.get_mut(&key) else {
            map.insert(key, value);
            return;
        };
        let mut found = self.found.borrow_mut();
        if *known == value {
            return;
        }
        let both = known.is_object() && value.is_object();
        let path = found.path.join(".");
        let dot = if path.is_empty() { "" } else { "." };
        let outcome = if both {
            "the two are put together"
        } else {
            "the later one counts"
        };
        found
            .notes
            .push(format!("{path}{dot}{key}: stands twice, {outcome}"));
        together(known, value);
    }
}

/// Returns the later value, plus the keys that only the earlier mapping has.
fn together(known: &mut Value, later: Value) {
    match (known, later) {
        (Value::Object(known), Value::Object(later)) => {
            for (key, value) in later {
                match known.get_mut(&key) {
                    Some(old) => together(old, value),
                    None => {
                        known.insert(key, value);
                    }
                }
            }
        }
        (known, later) => *known = later,
    }
}

impl<'de> DeserializeSeed<'de> for Tolerant<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tolerant<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.count(value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.count(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<Value, E> {
        Ok(Value::String(String::from_utf8_lossy(value).into_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        self.deserialize(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        self.count(0)?;
        loop {
            self.found
                .borrow_mut()
                .path
                .push(format!("[{}]", list.len()));
            let item = items.next_element_seed(self);
            self.found.borrow_mut().path.pop();
            match item? {
                Some(item) => {
                    self.count(0)?;
                    list.push(item);
                }
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<Option<String>>()? {
            let key = key.unwrap_or_else(|| "null".to_owned());
            self.count(key.len())?;
            self.found.borrow_mut().path.push(key.clone());
            let value = entries.next_value_seed(self);
            self.found.borrow_mut().path.pop();
            self.put(&mut map, key, value?);
        }
        Ok(Value::Object(map))
    }
}
