//! Checks bodies and queries against their models.
//!
//! Like the service's own reader, it matches field names and enumeration values case-insensitively, treats null as
//! absent, and ignores unknown fields.

use serde_json::{Map, Value};

use super::table::{Model, Parameter, Type, model};
use crate::http::errors::common;
use crate::http::{Query, Reply};

/// How strictly the values of a body are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// Every value must have its field's type.
    Exact,
    /// Flags and numbers may be strings, and an empty string for an enumeration counts as absent.
    Loose,
}

impl Binding {
    pub(crate) fn of(strict: bool) -> Self {
        if strict { Self::Exact } else { Self::Loose }
    }
}

/// Checks a body, and spells its fields and values as the model does.
///
/// # Errors
///
/// A 400 that names the field, such as `Items[2].Name`.
pub(crate) fn body(kind: &Type, given: &Value, binding: Binding) -> Result<Value, Reply> {
    value(kind, given, "", binding)
}

/// Lists the fields of a body that its model does not have, such as `Items[2].Nmae`.
pub(crate) fn unknown(kind: &Type, given: &Value) -> Vec<String> {
    let mut found = Vec::new();
    find_unknown(kind, given, "", &mut found);
    found
}

fn find_unknown(kind: &Type, given: &Value, at: &str, found: &mut Vec<String>) {
    match (kind, given) {
        (Type::List(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                find_unknown(inner, item, &format!("{at}[{index}]"), found);
            }
        }
        (Type::Map(inner), Value::Object(entries)) => {
            for (key, item) in entries {
                find_unknown(inner, item, &inside(at, key), found);
            }
        }
        (Type::Named(name), Value::Object(entries)) => {
            let Some(Model::Object(fields)) = model(name) else {
                return;
            };
            for (key, item) in entries {
                let mut known = fields.iter();
                match known.find(|it| it.name.eq_ignore_ascii_case(key)) {
                    Some(field) => find_unknown(&field.kind, item, &inside(at, key), found),
                    None => found.push(inside(at, key)),
                }
            }
        }
        _ => {}
    }
}

/// Lists the nullable fields that a body sets to null. In an update, an absent field stays as it is, and null clears
/// it.
pub(crate) fn cleared(kind: &Type, given: &Value) -> Vec<&'static str> {
    let (Type::Named(name), Some(given)) = (kind, given.as_object()) else {
        return Vec::new();
    };
    let fields = model(name).map(Model::fields).unwrap_or_default();
    let fields = fields.iter().filter(|field| {
        let mut entries = given.iter();
        let is_null = |(key, value): (&String, &Value)| {
            key.eq_ignore_ascii_case(field.name) && value.is_null()
        };
        field.nullable && entries.any(is_null)
    });
    fields.map(|field| field.name).collect()
}

/// Checks that a query has all required parameters, and that every value has the right type.
pub(crate) fn parameters(known: &[Parameter], query: &Query) -> Result<(), Reply> {
    for parameter in known {
        let mut given = query.all(parameter.name).peekable();
        if parameter.required && given.peek().is_none_or(|it| it.is_empty()) {
            return Err(common::missing(parameter.name));
        }
        for text in given.filter(|text| !text.is_empty()) {
            check_text(&parameter.kind, text, parameter.name)?;
        }
    }
    Ok(())
}

fn check_text(kind: &Type, text: &str, at: &str) -> Result<(), Reply> {
    let fits = match kind {
        Type::Flag => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        Type::Whole => text.parse::<i64>().is_ok(),
        Type::Number => text.parse::<f64>().is_ok(),
        // Some clients repeat the parameter, others separate the values with commas.
        Type::List(inner) => {
            return text
                .split(',')
                .try_for_each(|it| check_text(inner, it.trim(), at));
        }
        Type::Named(name) => {
            if let Some(Model::Enumeration(values)) = model(name) {
                spelled(values, text).ok_or_else(|| common::invalid_enum(at, values))?;
            }
            true
        }
        Type::Text | Type::Moment | Type::Map(_) => true,
    };
    fits.then_some(()).ok_or_else(|| common::invalid_string(at))
}

/// Converts a flag or a number that was sent as text.
fn loosely(kind: &Type, given: &Value) -> Option<Value> {
    let text = given.as_str()?.trim();
    match kind {
        Type::Flag => {
            let flags = [("true", true), ("false", false)].into_iter();
            let mut flags = flags.filter(|(name, _)| text.eq_ignore_ascii_case(name));
            flags.next().map(|(_, flag)| Value::from(flag))
        }
        Type::Whole => text.parse::<i64>().ok().map(Value::from),
        Type::Number => text.parse::<f64>().ok().map(Value::from),
        _ => None,
    }
}

fn value(kind: &Type, given: &Value, at: &str, binding: Binding) -> Result<Value, Reply> {
    let wrong = || common::invalid_string(if at.is_empty() { "body" } else { at });
    match kind {
        Type::Text | Type::Moment if given.is_string() => Ok(given.clone()),
        Type::Flag if given.is_boolean() => Ok(given.clone()),
        Type::Whole if given.is_i64() || given.is_u64() => Ok(given.clone()),
        Type::Number if given.is_number() => Ok(given.clone()),
        Type::List(inner) => {
            let items = given.as_array().ok_or_else(wrong)?.iter().enumerate();
            let items =
                items.map(|(index, item)| value(inner, item, &format!("{at}[{index}]"), binding));
            items.collect()
        }
        Type::Map(inner) => {
            let entries = given.as_object().ok_or_else(wrong)?.iter();
            let entries = entries.map(|(key, item)| {
                Ok((key.clone(), value(inner, item, &inside(at, key), binding)?))
            });
            entries.collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        Type::Named(name) => match model(name) {
            Some(Model::Object(_)) => object(name, given, at, binding),
            Some(Model::Enumeration(values)) => {
                let text = given.as_str().ok_or_else(wrong)?;
                let spelled = spelled(values, text);
                let spelled = spelled.ok_or_else(|| common::invalid_enum(at, values))?;
                Ok(Value::from(spelled))
            }
            None => Ok(given.clone()),
        },
        _ if binding == Binding::Loose => loosely(kind, given).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// Returns whether a value counts as absent.
fn is_absent(kind: &Type, given: &Value, binding: Binding) -> bool {
    let is_enumeration = |name| matches!(model(name), Some(Model::Enumeration(_)));
    let empty = binding == Binding::Loose
        && given.as_str() == Some("")
        && matches!(kind, Type::Named(name) if is_enumeration(name));
    given.is_null() || empty
}

fn object(name: &str, given: &Value, at: &str, binding: Binding) -> Result<Value, Reply> {
    let fields = model(name).map(Model::fields).unwrap_or_default();
    let wrong = || common::invalid_string(if at.is_empty() { "body" } else { at });
    let given = given.as_object().ok_or_else(wrong)?;
    let mut checked = Map::new();
    for field in fields {
        let at = inside(at, field.name);
        let exact = given.get(field.name);
        let entry = exact.or_else(|| {
            let mut entries = given.iter();
            entries
                .find(|(key, _)| key.eq_ignore_ascii_case(field.name))
                .map(|(_, value)| value)
        });
        match entry.filter(|it| !is_absent(&field.kind, it, binding)) {
            None if field.required => return Err(common::missing(&at)),
            None => {}
            Some(given) => {
                checked.insert(
                    field.name.to_owned(),
                    value(&field.kind, given, &at, binding)?,
                );
            }
        }
    }
    Ok(Value::Object(checked))
}

fn spelled<'a>(values: &[&'a str], text: &str) -> Option<&'a str> {
    let mut values = values.iter();
    values.find(|it| it.eq_ignore_ascii_case(text)).copied()
}

fn inside(at: &str, field: &str) -> String {
    if at.is_empty() {
        field.to_owned()
    } else {
        format!("{at}.{field}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(model: &'static str, given: &Value) -> Result<Value, String> {
        body(&Type::Named(model), given, Binding::Exact)
            .map_err(|reply| String::from_utf8(reply.body.to_vec()).unwrap())
    }

    #[test]
    fn a_body_is_spelled_as_its_model_spells_it() {
        let given = json!({
            "name": "Mine",
            "SESSIONSUPPORT": "multisession",
            "ProvisioningType": "MCS",
            "Description": null,
            "Unheard": 1,
        });
        assert_eq!(
            checked("CreateMachineCatalogRequestModel", &given).unwrap(),
            json!({ "Name": "Mine", "SessionSupport": "MultiSession", "ProvisioningType": "MCS" })
        );
    }

    #[test]
    fn errors_name_the_place() {
        let desktops = |desktop: Value| json!({ "Name": "G", "Desktops": [desktop] });
        for (given, kind, field) in [
            (json!({}), "missing", "Name"),
            (json!({ "Name": null }), "missing", "Name"),
            (json!({ "Name": 7 }), "invalidString", "Name"),
            (desktops(json!("d")), "invalidString", "Desktops[0]"),
            (
                desktops(json!({ "Enabled": "yes" })),
                "invalidString",
                "Desktops[0].Enabled",
            ),
            (
                desktops(json!({ "ColorDepth": "Sepia" })),
                "invalidEnum",
                "Desktops[0].ColorDepth",
            ),
            (json!([]), "invalidString", "body"),
        ] {
            let error = checked("CreateDeliveryGroupRequestModel", &given).unwrap_err();
            let error: Value = serde_json::from_str(&error).unwrap();
            assert_eq!(
                error["type"],
                format!("https://errors-api.cloud.com/common/{kind}")
            );
            assert_eq!(
                error["parameters"][0],
                json!({ "name": "name", "value": field })
            );
        }
    }

    #[test]
    fn queries_need_what_is_required_and_no_other_types() {
        let known: Vec<_> = [
            "policyGuid:string",
            "limit?:int32",
            "accountState?:JobStatus",
        ]
        .into_iter()
        .filter_map(Parameter::read)
        .collect();
        let check = |query| parameters(&known, &Query::parse(Some(query)));
        assert!(check("POLICYGUID=7&limit=3&accountState=complete").is_ok());
        for query in [
            "limit=3",
            "policyGuid=",
            "policyGuid=7&limit=x",
            "policyGuid=7&accountState=x",
        ] {
            assert_eq!(check(query).unwrap_err().status, 400, "{query}");
        }
    }
}
