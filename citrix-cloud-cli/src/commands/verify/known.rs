//! Ids of a site's objects, collected from lists for use in requests.

use std::collections::HashMap;

use serde_json::Value;

use super::plan::SEARCH;
use crate::operations::{Operation, Parameter};

/// Names of fields that identify an object, best first.
const IDS: [&str; 4] = ["id", "uid", "guid", "name"];

/// Why an operation is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// No list so far contained the objects whose ids it needs.
    NoList,
    /// The list is empty.
    Empty,
    /// Its query needs a value that only a person can provide.
    Query(&'static str),
}

/// The first object of each list, by the list's path.
#[derive(Debug, Default)]
pub(super) struct Known {
    first: HashMap<String, Option<Value>>,
}

impl Known {
    /// Records the result of a list.
    pub(super) fn add(&mut self, operation: &Operation, response: &Value) {
        let Some(envelope) = &operation.meta.envelope else {
            return;
        };
        let items = field(response, envelope.items).and_then(Value::as_array);
        let first = items.and_then(|it| it.first()).cloned();
        let place = self.first.entry(template(operation.meta.path)).or_default();
        if place.is_none() {
            *place = first;
        }
    }

    /// Returns the value of a path parameter.
    pub(super) fn in_path(
        &self,
        operation: &Operation,
        parameter: &Parameter,
    ) -> Result<String, Unknown> {
        let path = operation.meta.path;
        let place = format!("{{{}}}", parameter.wire);
        let (before, _) = path.split_once(&place).ok_or(Unknown::NoList)?;
        let list = template(before.trim_end_matches('/'));
        let first = self.first.get(&list).ok_or(Unknown::NoList)?;
        let first = first.as_ref().ok_or(Unknown::Empty)?;
        let own = parameter.wire.to_ascii_lowercase();
        let names = std::iter::once(own.as_str()).chain(IDS);
        let mut values = names.filter_map(|name| text(field(first, name)?));
        values.next().ok_or(Unknown::NoList)
    }

    /// Returns the value of a required query parameter: the first documented one, or the field of the same name in an
    /// object of a list.
    pub(super) fn in_query(&self, parameter: &'static Parameter) -> Result<String, Unknown> {
        if let Some(value) = parameter.values.first() {
            return Ok((*value).to_owned());
        }
        let wanted = parameter.wire;
        let specific = !IDS.iter().any(|it| wanted.eq_ignore_ascii_case(it));
        let objects = self.first.values().flatten();
        let mut values = objects.filter_map(|it| text(field(it, wanted)?));
        match specific {
            true => values.next().ok_or(Unknown::Query(wanted)),
            false => Err(Unknown::Query(wanted)),
        }
    }
}

/// Returns the number of objects in a response.
pub(super) fn objects(operation: &Operation, response: &Value) -> usize {
    match &operation.meta.envelope {
        None => 1,
        Some(envelope) => field(response, envelope.items)
            .and_then(Value::as_array)
            .map_or(0, Vec::len),
    }
}

/// Returns a field of an object by its case-insensitive name.
fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let mut fields = object.as_object()?.iter();
    let found = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns a path without the names of its parameters, which may differ between operations.
fn template(path: &str) -> String {
    let path = path.to_ascii_lowercase();
    let mut template = String::new();
    for part in path.trim_end_matches(SEARCH).split('/').skip(1) {
        template.push('/');
        template.push_str(if part.starts_with('{') { "{}" } else { part });
    }
    template
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operations::{self, Place};

    fn operation(id: &str) -> &'static Operation {
        let mut all = operations::all().iter();
        all.find(|it| it.meta.id == id).unwrap()
    }

    fn in_path(known: &Known, id: &str) -> Result<String, Unknown> {
        let operation = operation(id);
        let mut parameters = operation.parameters.iter();
        let of_machine = parameters.rfind(|it| it.place == Place::Path).unwrap();
        known.in_path(operation, of_machine)
    }

    #[test]
    fn ids_come_from_the_list_above() {
        let mut known = Known::default();
        assert_eq!(in_path(&known, "MachinesGetMachine"), Err(Unknown::NoList));
        known.add(operation("MachinesGetMachines"), &json!({ "Items": [] }));
        assert_eq!(in_path(&known, "MachinesGetMachine"), Err(Unknown::Empty));
        let found = json!({ "Items": [{ "Name": "n", "Id": "7" }, { "Id": "8" }] });
        known.add(operation("MachinesDoMachineSearch"), &found);
        assert_eq!(in_path(&known, "MachinesGetMachine").as_deref(), Ok("7"));
    }

    #[test]
    fn query_parameters_are_not_guessed() {
        let mut known = Known::default();
        let list = operation("GpoReadGpoPolicies");
        let parameter = &list.parameters[0];
        let unknown = Unknown::Query("policySetGuid");
        assert_eq!(known.in_query(parameter), Err(unknown));
        let sets = json!({ "Items": [{ "policySetGuid": "set" }] });
        known.add(operation("GpoReadGpoPolicySets"), &sets);
        assert_eq!(known.in_query(parameter).as_deref(), Ok("set"));
    }
}
