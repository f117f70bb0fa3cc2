//! What a tool answers: bounded, harmless, and data alone.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value, json};

use crate::errors::Told;
use crate::exit::Failure;
use crate::output::escaped;

/// How many rows a list has unless more are asked for.
pub(super) const ROWS: usize = 50;

/// How many rows a list has at most.
pub(super) const MOST_ROWS: usize = 200;

/// How long a text may be; what is longer is cut.
const LONGEST: usize = 4000;

/// A result of a tool.
pub(super) fn result(answer: Value) -> CallToolResult {
    CallToolResult::structured(cleaned(answer))
}

/// Why a tool did not do its work: the lines of the command line, and the same as data.
pub(super) fn error(told: &Told) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(told.text())]);
    result.structured_content = Some(cleaned(json!({ "error": told.json() })));
    result
}

/// The same with one more text beside what it has.
pub(super) fn with_note(mut result: CallToolResult, note: &str) -> CallToolResult {
    result.content.push(ContentBlock::text(escaped(note)));
    result
}

/// The failure in the words of errors.
pub(super) fn told(failure: &Failure) -> Told {
    Told::of(failure, failure.code(true))
}

/// Texts from a service are data. What could drive a terminal, or make one text look like another, is
/// written as an escape.
fn cleaned(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(shortened(&escaped(&text))),
        Value::Array(items) => items.into_iter().map(cleaned).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            Value::Object(
                fields
                    .map(|(name, it)| (escaped(&name), cleaned(it)))
                    .collect(),
            )
        }
        other => other,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… (cut)", text.get(..end).unwrap_or_default()),
    }
}

/// A list with how many there are, and what to do about those that are not shown.
pub(super) fn list(mut rows: Vec<Value>, limit: usize, read: usize, how: &str) -> Value {
    let found = rows.len();
    let all = found < read;
    rows.truncate(limit);
    let mut answer = Map::new();
    answer.insert("shown".to_owned(), json!(rows.len()));
    if all {
        answer.insert("total".to_owned(), json!(found));
    } else {
        answer.insert("more_than".to_owned(), json!(found.saturating_sub(1)));
    }
    if found > limit {
        let next = format!("not all are shown; {how}, or ask for up to {MOST_ROWS} with `limit`");
        answer.insert("next".to_owned(), json!(next));
    }
    answer.insert("rows".to_owned(), Value::Array(rows));
    Value::Object(answer)
}

/// An object without what it has no value for.
pub(super) fn filled(value: Value) -> Value {
    let says_nothing = |it: &Value| match it {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, it)| (name, filled(it)));
            Value::Object(fields.filter(|(_, it)| !says_nothing(it)).collect())
        }
        Value::Array(items) => items.into_iter().map(filled).collect(),
        other => other,
    }
}

/// The same with no list in it longer than a limit, and the names of those that were cut.
pub(super) fn bounded(mut value: Value, limit: usize) -> Value {
    let mut cut = Map::new();
    shorten(&mut value, limit, "", &mut cut);
    match (&mut value, cut.is_empty()) {
        (Value::Object(fields), false) => {
            let words = format!("these lists had more than {limit} items, by how many they had");
            fields.insert("cut".to_owned(), json!({ "what": words, "lists": cut }));
        }
        _ => {}
    }
    value
}

fn shorten(value: &mut Value, limit: usize, place: &str, cut: &mut Map<String, Value>) {
    let within = |name: &str| match place {
        "" => name.to_owned(),
        place => format!("{place}.{name}"),
    };
    match value {
        Value::Array(items) => {
            if items.len() > limit {
                cut.insert(place.to_owned(), json!(items.len()));
                items.truncate(limit);
            }
            items
                .iter_mut()
                .for_each(|it| shorten(it, limit, place, cut));
        }
        Value::Object(fields) => {
            for (name, it) in fields {
                shorten(it, limit, &within(name), cut);
            }
        }
        _ => {}
    }
}
