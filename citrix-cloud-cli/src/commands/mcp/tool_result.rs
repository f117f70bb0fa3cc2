//! The results of tools: data only, limited in length and safe to print.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value, json};

use crate::errors::ErrorReport;
use crate::exit::Failure;
use crate::output::escaped;

/// The default number of rows in a list.
pub(super) const ROWS: usize = 50;

/// The maximum number of rows in a list.
pub(super) const MOST_ROWS: usize = 200;

/// The maximum length of a text; longer ones are truncated.
const LONGEST: usize = 4000;

/// The outcome of a call, and what the audit file records about it.
#[derive(Debug)]
pub(super) struct CallOutcome {
    pub(super) value: Value,
    pub(super) status: &'static str,
    pub(super) plan: Option<String>,
    pub(super) more: Value,
}

impl CallOutcome {
    pub(super) fn read(value: Value) -> Self {
        Self {
            value,
            status: "ok",
            plan: None,
            more: Value::Null,
        }
    }
}

/// Wraps the result of a tool.
pub(super) fn result(value: Value) -> CallToolResult {
    CallToolResult::structured(cleaned(value))
}

/// Wraps the error of a tool: the lines of the command line, and the same as data.
pub(super) fn error(error_report: &ErrorReport) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(error_report.text())]);
    result.structured_content = Some(cleaned(json!({ "error": error_report.json() })));
    result
}

/// Adds a text to a result.
pub(super) fn with_note(mut result: CallToolResult, note: &str) -> CallToolResult {
    result.content.push(ContentBlock::text(escaped(note)));
    result
}

/// Returns the report of a failed tool call.
pub(super) fn report(failure: &Failure) -> ErrorReport {
    ErrorReport::of(failure, failure.code(true))
}

/// Escapes characters in texts from the service that could control a terminal, or make one text look like another.
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

/// Returns a list with its total, and a hint if not all rows are shown.
pub(super) fn list(mut rows: Vec<Value>, limit: usize, read: usize, how: &str) -> Value {
    let found = rows.len();
    let all = found < read;
    rows.truncate(limit);
    let mut result = Map::new();
    result.insert("shown".to_owned(), json!(rows.len()));
    if all {
        result.insert("total".to_owned(), json!(found));
    } else {
        result.insert("more_than".to_owned(), json!(found.saturating_sub(1)));
    }
    if found > limit {
        let next = format!("not all are shown; {how}, or set `limit` to as many as {MOST_ROWS}");
        result.insert("next".to_owned(), json!(next));
    }
    result.insert("rows".to_owned(), Value::Array(rows));
    Value::Object(result)
}

/// Returns an object without its empty properties.
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

/// Limits the length of every list in a value, and adds the names of truncated lists.
pub(super) fn bounded(mut value: Value, limit: usize) -> Value {
    let mut cut = Map::new();
    shorten(&mut value, limit, "", &mut cut);
    if let (Value::Object(fields), false) = (&mut value, cut.is_empty()) {
        let words = format!("these lists had more than {limit} items, by how many they had");
        fields.insert("cut".to_owned(), json!({ "what": words, "lists": cut }));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_how_many_there_are() {
        let rows = |number: usize| vec![json!({}); number];
        let counts = |found, limit, read| {
            let result = list(rows(found), limit, read, "narrow it");
            let count = |name: &str| result[name].as_u64();
            let next = result["next"].as_str().map(str::to_owned);
            assert_eq!(
                count("shown"),
                Some(result["rows"].as_array().unwrap().len() as u64)
            );
            (count("shown"), count("total"), count("more_than"), next)
        };
        assert_eq!(counts(0, 50, 201), (Some(0), Some(0), None, None));
        assert_eq!(counts(50, 50, 201), (Some(50), Some(50), None, None));
        let next = "not all are shown; narrow it, or set `limit` to as many as 200".to_owned();
        let next = Some(next);
        assert_eq!(
            counts(60, 50, 201),
            (Some(50), Some(60), None, next.clone())
        );
        assert_eq!(counts(201, 50, 201), (Some(50), None, Some(200), next));
    }

    #[test]
    fn lists_within_are_cut_and_named() {
        let report = json!({ "a": [1, 2, 3], "b": { "c": [[1, 2, 3], [4]] }, "d": "e" });
        assert_eq!(
            bounded(report, 2),
            json!({
                "a": [1, 2],
                "b": { "c": [[1, 2], [4]] },
                "d": "e",
                "cut": {
                    "what": "these lists had more than 2 items, by how many they had",
                    "lists": { "a": 3, "b.c": 3 },
                },
            })
        );
        assert_eq!(bounded(json!({ "a": [1] }), 2), json!({ "a": [1] }));
    }

    #[test]
    fn empty_values_are_left_out() {
        let object = json!({ "a": null, "b": "", "c": [], "d": { "e": null }, "f": 0, "g": false });
        assert_eq!(filled(object), json!({ "f": 0, "g": false }));
    }

    #[test]
    fn no_text_hides_anything() {
        let given = json!({ "a\u{202e}": ["\u{1b}[2J\n", "x".repeat(LONGEST + 1)] });
        let cleaned = cleaned(given);
        let texts = cleaned[r"a\u{202e}"].as_array().unwrap();
        assert_eq!(texts[0], json!(r"\u{1b}[2J\n"));
        let long = texts[1].as_str().unwrap();
        assert!(long.ends_with("x… (cut)") && long.chars().count() < LONGEST + 10);
    }
}
