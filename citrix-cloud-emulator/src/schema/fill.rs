//! Builds responses with every field of their model.

use serde_json::{Map, Value, json};

use super::table::{Field, Model, Type, model};

/// An unset GUID on the wire.
const NO_GUID: &str = "00000000-0000-0000-0000-000000000000";
/// An unset time on the wire. Clients can parse it, unlike an empty string.
const NO_MOMENT: &str = "0001-01-01T00:00:00Z";

/// Fills a model's fields, in the table's order, from what `look` finds; all others are unset. Nested objects are
/// filled in the same way from their own content.
pub(crate) fn filled(name: &str, mut look: impl FnMut(&Field) -> Option<Value>) -> Value {
    let fields = model(name).map(Model::fields).unwrap_or_default();
    let filled = fields.iter().map(|field| {
        let value = look(field).map(|value| completed(&field.kind, value));
        let value = value.filter(|value| !value.is_null() || may_be_null(field));
        let value = value.unwrap_or_else(|| absent(field));
        (field.name.to_owned(), value)
    });
    Value::Object(filled.collect::<Map<_, _>>())
}

/// Returns the value of an unset field: null if the field is nullable, otherwise the smallest value of its type.
fn absent(field: &Field) -> Value {
    if field.nullable {
        return Value::Null;
    }
    match &field.kind {
        Type::Text if field.name.ends_with("Guid") => json!(NO_GUID),
        Type::Text => json!(""),
        Type::Moment => json!(NO_MOMENT),
        Type::Flag => json!(false),
        Type::Whole => json!(0),
        Type::Number => json!(0.0),
        Type::List(_) => json!([]),
        Type::Map(_) => json!({}),
        Type::Named(name) => match model(name) {
            Some(Model::Enumeration(values)) => json!(values.first()),
            Some(Model::Object(_)) if field.required => filled(name, |_| None),
            _ => Value::Null,
        },
    }
}

fn may_be_null(field: &Field) -> bool {
    let object = match &field.kind {
        Type::Named(name) => matches!(model(name), Some(Model::Object(_))),
        _ => false,
    };
    field.nullable || (object && !field.required)
}

/// Fills nested objects. A stored value of the wrong type counts as unset.
fn completed(kind: &Type, value: Value) -> Value {
    match (kind, value) {
        (Type::List(inner), Value::Array(items)) => {
            let items = items.into_iter().map(|item| completed(inner, item));
            Value::Array(items.filter(|item| !item.is_null()).collect())
        }
        (Type::Named(name), value) => match (model(name), value) {
            (Some(Model::Object(_)), Value::Object(mut held)) => {
                filled(name, |field| held.remove(field.name))
            }
            // Request bodies contain names where responses contain objects.
            (Some(Model::Object(_)), Value::String(text)) => {
                filled(name, |field| (field.name == "Name").then(|| json!(text)))
            }
            (Some(Model::Enumeration(values)), Value::String(text)) => {
                json!(values.iter().find(|it| it.eq_ignore_ascii_case(&text)))
            }
            (None, value) => value,
            _ => Value::Null,
        },
        (Type::Text | Type::Moment, value @ Value::String(_))
        | (Type::Flag, value @ Value::Bool(_))
        | (Type::Whole | Type::Number, value @ Value::Number(_))
        | (Type::Map(_), value @ Value::Object(_)) => value,
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unset_fields_are_null_or_the_smallest_value_of_their_type() {
        let zone = filled("ZoneDetailResponseModel", |field| match field.name {
            "Id" => Some(json!("7")),
            "ResourceLocation" => Some(json!({ "Name": "Home" })),
            "IsHealthy" => Some(Value::Null),
            _ => None,
        });
        assert_eq!(
            zone,
            json!({
                "Id": "7",
                "Name": "",
                "Description": null,
                "IsPrimary": false,
                "IsHealthy": false,
                "LastStateChangeTimeInUtc": null,
                "Metadata": [],
                "ResourceLocation": { "Id": null, "Uid": null, "Name": "Home" },
                "Controllers": [],
            })
        );
    }

    #[test]
    fn fields_come_in_the_order_of_the_table() {
        let text = filled("TagResponseModel", |_| None).to_string();
        assert!(
            text.starts_with(r#"{"Name":"","Id":"","Description":null,"Uid":null"#),
            "{text}"
        );
    }
}
