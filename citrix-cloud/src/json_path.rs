//! The path of the JSON value at which decoding failed.
//!
//! `serde_json` reports only a line and a column. Tracking the path while decoding would compile the decoding
//! code of every type a second time, in every program.

use std::fmt::Write as _;

/// A container around the value.
enum Around<'a> {
    /// An object; contains the name of the current field as written, quotes included.
    Object(&'a [u8]),
    /// An array; contains the index of the current item.
    Array(usize),
}

/// Returns the path of the value that the error is about, such as `Items[1].Count`; empty for the whole
/// text. The text must be valid JSON up to the position of the error.
pub(crate) fn at(text: &[u8], error: &serde_json::Error) -> String {
    let before = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = before
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    // For a value of the wrong type, the column is its last byte, or the byte before its first. For a syntax
    // error, it is the unexpected byte.
    let end = match error.is_data() {
        true => error.column(),
        false => error.column().saturating_sub(1),
    };
    let end = text.len().min(before + end);
    let mut around = Vec::new();
    let mut read = 0;
    while let Some(&byte) = text.get(read).filter(|_| read < end) {
        match byte {
            b'{' => around.push(Around::Object(b"")),
            b'[' => around.push(Around::Array(0)),
            b'}' | b']' => drop(around.pop()),
            b',' => match around.last_mut() {
                Some(Around::Array(item)) => *item += 1,
                Some(Around::Object(name)) => *name = b"",
                None => {}
            },
            b'"' => {
                let string = string(text.get(read..).unwrap_or_default());
                if let Some(Around::Object(name @ b"")) = around.last_mut() {
                    *name = string;
                }
                read += string.len();
                continue;
            }
            _ => {}
        }
        read += 1;
    }
    written(&around)
}

/// Returns the string that the text begins with, quotes included.
fn string(text: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = text.iter().skip(1).position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.and_then(|end| text.get(..end + 2)).unwrap_or(text)
}

fn written(around: &[Around<'_>]) -> String {
    let mut path = String::new();
    for container in around {
        match container {
            Around::Object(b"") => {}
            Around::Object(name) => {
                let dot = if path.is_empty() { "" } else { "." };
                let name = serde_json::from_slice::<String>(name)
                    .unwrap_or_else(|_| String::from_utf8_lossy(name).into_owned());
                let _ = write!(path, "{dot}{name}");
            }
            Around::Array(item) => {
                let _ = write!(path, "[{item}]");
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use super::*;

    /// A struct with a field of every kind that models have.
    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Row {
        count: u8,
        name: Option<String>,
        #[serde(default)]
        state: Option<char>,
        #[serde(default)]
        inner: Option<Box<Row>>,
        #[serde(default)]
        rows: Vec<Row>,
        #[serde(default)]
        by_name: BTreeMap<String, Row>,
    }

    fn path_of<T: DeserializeOwned>(text: &str) -> String {
        let error = serde_json::from_str::<T>(text).err().unwrap();
        at(text.as_bytes(), &error)
    }

    fn tracked<T: DeserializeOwned>(text: &str) -> String {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, T>(&mut deserializer);
        let path = error.err().unwrap().path().to_string();
        if path == "." { String::new() } else { path }
    }

    #[test]
    fn the_value_that_does_not_fit_is_named() {
        for (text, expected) in [
            (r#"{"count":"two"}"#, "count"),
            (r#"{"count":300}"#, "count"),
            (r#"{"count":null}"#, "count"),
            (r#"{"count":{"a":1}}"#, "count"),
            (r#"{"count":[]}"#, "count"),
            (r#"{"count":1,"name":7 }"#, "name"),
            (r#"{"name":"a"}"#, ""),
            (r#"{"count":1,"state":"On"}"#, "state"),
            (
                r#"{"count":1,"rows":[{"count":1},{"count":1.5}]}"#,
                "rows[1].count",
            ),
            (
                r#"{"count":1,"rows":[{"count":1},{ "name":null }]}"#,
                "rows[1]",
            ),
            (r#"{"count":1,"rows":[[1]]}"#, "rows[0]"),
            (r#"{"count":1,"rows":{}}"#, "rows"),
            (
                r#"{"count":1,"inner":{"count":1,"inner":{"count":true}}}"#,
                "inner.inner.count",
            ),
            (
                r#"{"count":1,"by_name":{"a \"b\\":{"count":-1}}}"#,
                r#"by_name.a "b\.count"#,
            ),
            (r#"{"x":"}]\",","count":1,"rows":["]"]}"#, "rows[0]"),
            (
                "{\n  \"count\": 1,\n  \"rows\": [\n    {\n      \"count\": \"x\"\n    }\n  ]\n}",
                "rows[0].count",
            ),
            ("[1, 2]", "[1]"),
            ("7", ""),
        ] {
            assert_eq!(path_of::<Row>(text), expected, "{text}");
        }
        assert_eq!(path_of::<Vec<u8>>("[1, [], 2]"), "[1]");
        assert_eq!(path_of::<Vec<Vec<u8>>>("[[1], [2, -3]]"), "[1][1]");
    }

    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..300_u16).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            prop_oneof!["On", "[\\[\\]{}\",:\\\\ä]{0,4}"].prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let name = prop_oneof![
                "count",
                "name",
                "state",
                "inner",
                "rows",
                "by_name",
                "[a\"\\\\,]{0,3}"
            ];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name, inner), 0..4).prop_map(|mut pairs| {
                    pairs.push(("count".to_owned(), 1.into()));
                    Value::Object(pairs.into_iter().collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn our_path_is_the_one_serde_path_to_error_finds(value in anything(), pretty: bool) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            if serde_json::from_str::<Row>(&text).is_err() {
                prop_assert_eq!(path_of::<Row>(&text), tracked::<Row>(&text), "{}", text);
            }
        }
    }
}
