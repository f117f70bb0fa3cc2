//! Compares a response with the documents.

use serde_json::{Map, Value};

use super::discretion::Discretion;
use super::documents::{Documents, Model, Object, Response, Type};
use super::finding::{Difference, Findings};

/// Compares the responses of one operation.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) documents: &'a Documents,
    pub(super) response: &'a Response,
    pub(super) operation: &'static str,
    pub(super) findings: &'a mut Findings,
    /// Collects the texts that belong to the user.
    pub(super) discretion: &'a mut Discretion,
}

impl Comparison<'_> {
    /// Compares a value and everything in it. Paths contain names of documented fields only.
    pub(super) fn value(&mut self, value: &Value, ty: &Type, place: &str) {
        match (ty, value) {
            (Type::OrNull(_), Value::Null) => {}
            (Type::Any, value) => self.discretion.add_all(value),
            (Type::OrNull(inner), value) => self.value(value, inner, place),
            (Type::Model(name), value) => self.of_model(value, name, place),
            (_, Value::Null) => self.add(place, Difference::Null),
            (Type::List(inner), Value::Array(items)) => {
                let place = format!("{place}[]");
                items.iter().for_each(|it| self.value(it, inner, &place));
            }
            (Type::Map(inner), Value::Object(map)) => {
                let place = within(place, "*");
                for (key, value) in map {
                    self.discretion.add(key);
                    self.value(value, inner, &place);
                }
            }
            (Type::Text, Value::String(text)) => self.discretion.add(text),
            (Type::Boolean, Value::Bool(_)) => {}
            (Type::Time, Value::String(text)) => self.form(is_time(text), ty, place),
            (Type::Uuid, Value::String(text)) => {
                self.form(crate::arguments::guid(text).is_ok(), ty, place);
            }
            (Type::Integer, Value::Number(number)) if !number.is_f64() => {}
            (Type::Number, Value::Number(_)) => {}
            (ty, value) => self.wrong(ty.words(), value, place),
        }
    }

    fn of_model(&mut self, value: &Value, name: &'static str, place: &str) {
        let documents = self.documents;
        match (documents.model(self.response, name), value) {
            (None, _) => {}
            (Some(Model::Is(ty)), value) => self.value(value, ty, place),
            // The documents cannot express that a reference to a model may be null.
            (_, Value::Null) => {}
            (Some(Model::Enum(values)), Value::String(value)) => {
                if !values.contains(&value.as_str()) {
                    let value = value.clone();
                    self.add(place, Difference::UnlistedValue { value });
                }
            }
            (Some(Model::Enum(_)), value) => self.wrong("one of the listed words", value, place),
            (Some(Model::Object(object)), Value::Object(map)) => self.object(map, object, place),
            (Some(Model::Object(_)), value) => self.wrong("an object", value, place),
        }
    }

    fn object(&mut self, map: &Map<String, Value>, object: &Object, place: &str) {
        for field in &object.fields {
            let is_it = |name: &&String| name.eq_ignore_ascii_case(field.name);
            match map.get(field.name) {
                Some(value) => self.value(value, &field.ty, &within(place, field.name)),
                None if map.keys().any(|it| is_it(&it)) => {}
                None if field.required => {
                    self.add(place, Difference::Missing { name: field.name });
                }
                None => {}
            }
        }
        for (name, value) in map {
            let mut fields = object.fields.iter();
            let known = fields.find(|it| name.eq_ignore_ascii_case(it.name));
            match (known, &object.others) {
                (Some(known), _) if known.name == name => {}
                (Some(known), _) if !map.contains_key(known.name) => {
                    let documented = known.name;
                    if !object.either_casing {
                        self.add(place, Difference::Casing { documented });
                    }
                    self.value(value, &known.ty, &within(place, known.name));
                }
                (_, Some(others)) => {
                    self.discretion.add(name);
                    self.value(value, others, &within(place, "*"));
                }
                (_, None) => {
                    self.discretion.add_all(value);
                    let (name, found) = (name.clone(), words(value));
                    self.add(place, Difference::UnknownField { name, found });
                }
            }
        }
    }

    /// Checks that a text has its documented format.
    fn form(&mut self, right: bool, ty: &Type, place: &str) {
        if !right {
            let expected = ty.words();
            self.add(place, Difference::Form { expected });
        }
    }

    fn wrong(&mut self, expected: &'static str, value: &Value, place: &str) {
        self.discretion.add_all(value);
        let found = words(value);
        self.add(place, Difference::Type { expected, found });
    }

    fn add(&mut self, place: &str, difference: Difference) {
        self.findings.add(self.operation, place, difference);
    }
}

fn within(place: &str, name: &str) -> String {
    match place {
        "" => name.to_owned(),
        place => format!("{place}.{name}"),
    }
}

/// Returns whether a text is an RFC 3339 time.
fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

/// Describes the type of a value.
fn words(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "a whole number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LINES: &str = "service a
response GetX 200 X
object X { A:string B?:?integer C?:[]Y D?:{}uuid E?:date-time F?:boolean Inner?:X G?:number }
enum Y = One | Two";

    fn found(value: &Value) -> Vec<(String, Difference)> {
        let documents = Documents::of_test(LINES);
        let response = &documents.responses("GetX")[0];
        let mut findings = Findings::default();
        let mut comparison = Comparison {
            documents: &documents,
            response,
            operation: "GetX",
            findings: &mut findings,
            discretion: &mut Discretion::default(),
        };
        comparison.value(value, &Type::Model("X"), "");
        let found = findings
            .iter()
            .map(|(_, place, it, _)| (place.to_owned(), it.clone()));
        found.collect()
    }

    #[test]
    fn responses_as_documented_show_no_difference() {
        let value = json!({
            "A": "", "B": null, "C": ["Two"], "F": true, "G": 1,
            "D": { "any name": "12345678-1234-1234-1234-12345678abcd" },
            "E": "2026-01-31T08:00:00+01:00", "Inner": { "A": "x", "B": 7, "G": 0.5, "Inner": null },
        });
        assert_eq!(found(&value), []);
    }

    #[test]
    fn every_difference_is_found_where_it_is() {
        use Difference as D;
        let wrong = |expected, found| D::Type { expected, found };
        let cases = [
            (json!({}), "", D::Missing { name: "A" }),
            (json!({ "A": null }), "A", D::Null),
            (json!({ "A": 1 }), "A", wrong("text", "a whole number")),
            (
                json!({ "A": "", "B": 0.5 }),
                "B",
                wrong("a whole number", "a number"),
            ),
            (json!({ "A": "", "C": "One" }), "C", wrong("a list", "text")),
            (
                json!({ "A": "", "C": [1] }),
                "C[]",
                wrong("one of the listed words", "a whole number"),
            ),
            (json!({ "A": "", "C": null }), "C", D::Null),
            (
                json!({ "A": "", "F": "true" }),
                "F",
                wrong("true or false", "text"),
            ),
            (
                json!({ "A": "", "Inner": [] }),
                "Inner",
                wrong("an object", "a list"),
            ),
            (
                json!({ "A": "", "D": { "x": "y" } }),
                "D.*",
                D::Form { expected: "a UUID" },
            ),
            (
                json!({ "A": "", "E": "08:00" }),
                "E",
                D::Form { expected: "a time" },
            ),
            (json!({ "a": "" }), "", D::Casing { documented: "A" }),
            (
                json!({ "A": "", "C": ["Three"] }),
                "C[]",
                D::UnlistedValue {
                    value: "Three".to_owned(),
                },
            ),
            (
                json!({ "A": "", "Inner": { "A": "", "Z": [] } }),
                "Inner",
                D::UnknownField {
                    name: "Z".to_owned(),
                    found: "a list",
                },
            ),
        ];
        for (value, place, difference) in cases {
            assert_eq!(found(&value), [(place.to_owned(), difference)], "{value}");
        }
    }
}
