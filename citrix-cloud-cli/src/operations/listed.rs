//! Finds the objects that a parameter names: those of the list whose path precedes it.

use citrix_cloud::operations::{Reads, Scope};
use citrix_cloud::{Client, daas::Site};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::{Method, Request};
use serde_json::Value;

use super::call::{self, Destination};
use super::described::{Operation, Parameter, Place};
use super::run::host;
use super::{UNKNOWN_SITE, all};
use crate::exit::Failure;

/// The names of objects as JSON pointers, best first. A folder is identified by its path.
const NAMES: [&str; 8] = [
    "/Path",
    "/Name",
    "/name",
    "/DisplayName",
    "/displayName",
    "/policyName",
    "/fqdn",
    "/User/SamName",
];

/// Properties that identify an object if the parameter does not say which.
const IDS: [&str; 4] = ["Id", "id", "Uid", "uid"];

/// How many lists of parts are fetched concurrently.
const AT_ONCE: usize = 8;

/// A list that can be fetched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List {
    pub(crate) operation: &'static Operation,
    /// A required query parameter, and the list of its possible values: policies are listed by policy set.
    by: Option<(&'static Parameter, &'static Operation)>,
}

/// Returns the path of the list with the objects that a parameter names.
///
/// An object that is added to a part comes from the list of all such objects; one that is read or removed comes from
/// the part's own list.
pub(crate) fn of(operation: &'static Operation, parameter: &Parameter) -> Option<&'static str> {
    let path = operation.meta.path;
    let place = format!("/{{{}}}", parameter.wire);
    let before = &path[..path.find(&place)?];
    let puts = [Method::PUT, Method::POST].contains(&operation.meta.method);
    match before.rfind('/') {
        Some(last) if puts && before.contains('{') && path.ends_with(&place) => {
            let any = &before[last..];
            Some(if at(any).is_some() { any } else { before })
        }
        Some(_) => Some(before),
        None => None,
    }
}

/// Returns the path of the list with the objects that a query parameter names: the one before a path parameter of the
/// same name, if it is unique.
pub(crate) fn of_query(wire: &str) -> Option<&'static str> {
    leads_to(wire, |path| at(path).is_some())
}

fn leads_to(wire: &str, is_list: impl Fn(&str) -> bool) -> Option<&'static str> {
    let place = format!("/{{{wire}}}");
    let paths = all().iter().filter_map(|operation| {
        let path = operation.meta.path;
        Some(&path[..path.find(&place)?])
    });
    let mut lists: Vec<&str> = paths.collect();
    lists.sort_unstable();
    lists.dedup();
    lists.retain(|path| is_list(path));
    match lists.as_slice() {
        [list] if !list.contains('{') => Some(list),
        _ => None,
    }
}

/// Returns the list at a path, if its required parameters are in the path or can themselves be listed.
pub(crate) fn at(path: &str) -> Option<List> {
    let mut lists = all().iter().filter(|it| {
        it.meta.method == Method::GET
            && it.meta.reads == Reads::Json
            && it.meta.envelope.is_some()
            && it.meta.path.eq_ignore_ascii_case(path)
    });
    lists.find_map(|operation| {
        let by = match needed(operation).as_slice() {
            [] => None,
            [parameter] => Some((*parameter, whole(parameter)?)),
            _ => return None,
        };
        Some(List { operation, by })
    })
}

/// Returns the required parameters of a list besides its path.
fn needed(list: &'static Operation) -> Vec<&'static Parameter> {
    let parameters = list.parameters.iter();
    parameters
        .filter(|it| it.required && it.place != Place::Path)
        .collect()
}

/// Returns the list of all values of a query parameter, if that list requires no parameters.
fn whole(parameter: &Parameter) -> Option<&'static Operation> {
    let direct = |path: &str| {
        let mut lists = all().iter();
        lists.find(|it| {
            it.meta.method == Method::GET
                && it.meta.envelope.is_some()
                && it.meta.path.eq_ignore_ascii_case(path)
                && needed(it).is_empty()
        })
    };
    direct(leads_to(parameter.wire, |path| direct(path).is_some())?)
}

/// Returns whether a list contains machines of Citrix DaaS.
pub(crate) fn is_of_machines(path: &str) -> bool {
    path.ends_with("/Machines") && !path.starts_with("/Identity/")
}

/// Returns whether a parameter accepts only an id, not a name.
pub(crate) fn is_id(parameter: &Parameter) -> bool {
    let wire = parameter.wire.to_ascii_lowercase();
    ["id", "guid", "uid"].iter().any(|it| wire.ends_with(it)) && !wire.ends_with("orid")
}

/// Fetches the first objects of a list, in one request, or in one request per value of its required parameter.
///
/// # Errors
///
/// If a request cannot be built or the service rejects it.
pub(crate) async fn items(
    client: &Client,
    site: Option<&Site>,
    list: List,
    most: usize,
    value: impl Fn(&'static Parameter) -> Option<String>,
) -> Result<Vec<Value>, Failure> {
    let Some((parameter, whole)) = list.by else {
        return page(client, site, list.operation, most, &[], value).await;
    };
    let wholes = page(client, site, whole, most, &[], |_| None).await?;
    // Collected first, because a future that borrows from a closure over references is not `Send`.
    let ids: Vec<String> = wholes
        .iter()
        .filter_map(|it| id(it, parameter.wire))
        .collect();
    let value = &value;
    let parts = stream::iter(ids).map(|id| async move {
        let by = [(parameter.wire, id)];
        page(client, site, list.operation, most, &by, value).await
    });
    parts.buffered(AT_ONCE).try_concat().await
}

/// Fetches the first page of a list.
async fn page(
    client: &Client,
    site: Option<&Site>,
    list: &'static Operation,
    most: usize,
    by: &[(&'static str, String)],
    value: impl Fn(&'static Parameter) -> Option<String>,
) -> Result<Vec<Value>, Failure> {
    let to = Destination {
        customer: client.customer(),
        site: site.map_or(UNKNOWN_SITE, Site::id),
    };
    let mut builder = call::path(list, to, value);
    let envelope = list.meta.envelope.as_ref();
    if let Some(limit) = envelope.and_then(|it| it.limit_parameter) {
        builder = builder.query(limit, &most);
    }
    for (wire, id) in by {
        builder = builder.query(wire, id);
    }
    let built = builder.bytes(None, "application/json").build();
    let (parts, _) = built
        .map_err(|error| Failure::Usage(error.to_string()))?
        .into_parts();
    let request = Request::from_parts(parts, String::new());
    let request = match (list.meta.scope, site) {
        (Scope::Site, Some(site)) => site.send_raw(request),
        _ => client.send_raw(host(list.meta.service), request),
    };
    let mut response: Value = request.await?;
    let items = envelope.map(|it| response[it.items].take());
    match items {
        Some(Value::Array(items)) => Ok(items),
        _ => Ok(Vec::new()),
    }
}

/// Returns the name of an object, if it has one.
pub(crate) fn name(item: &Value) -> Option<&str> {
    let mut names = NAMES.iter().filter_map(|it| item.pointer(it)?.as_str());
    names.find(|it| !it.is_empty())
}

/// Returns the id of an object for a parameter.
pub(crate) fn id(item: &Value, wire: &str) -> Option<String> {
    let mut properties = std::iter::once(wire).chain(IDS);
    properties.find_map(|property| match &item[property] {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::by_words;
    use super::*;

    fn lists(command: &str) -> Vec<Option<&'static str>> {
        let words: Vec<&str> = command.split(' ').collect();
        let operation = by_words(&words).unwrap();
        let path = operation.parameters.iter();
        let path = path.filter(|it| it.place == Place::Path);
        path.map(|it| {
            of(operation, it)
                .and_then(at)
                .map(|it| it.operation.meta.path)
        })
        .collect()
    }

    #[test]
    fn a_parameter_names_an_object_of_the_list_before_it() {
        for (command, expected) in [
            ("daas tags delete", &[Some("/Tags")][..]),
            ("daas hypervisors get", &[Some("/hypervisors")]),
            ("daas policy-sets get", &[Some("/gpo/policySets")]),
            // Policies are listed by policy set, and policy sets can be listed.
            ("daas policies get", &[Some("/gpo/policies")]),
            // Settings are listed by policy, which would require every policy of every set.
            ("daas policy-settings get", &[None]),
            (
                "daas delivery-groups reboot-schedules get",
                &[
                    Some("/DeliveryGroups"),
                    Some("/DeliveryGroups/{nameOrId}/RebootSchedules"),
                ],
            ),
            // Any tag can be added, but only an existing one can be removed.
            (
                "daas applications add-tag",
                &[Some("/Applications"), Some("/Tags")],
            ),
            (
                "daas applications remove-tag",
                &[Some("/Applications"), Some("/Applications/{nameOrId}/Tags")],
            ),
        ] {
            let found = lists(command);
            let alike = found.len() == expected.len()
                && found.iter().zip(expected).all(|pair| match pair {
                    (Some(found), Some(expected)) => found.eq_ignore_ascii_case(expected),
                    (None, None) => true,
                    _ => false,
                });
            assert!(alike, "{command}: {found:?}");
        }
    }

    #[test]
    fn a_parameter_of_a_query_names_an_object_where_a_path_has_the_same() {
        assert_eq!(of_query("policySetGuid"), Some("/gpo/policySets"));
        assert_eq!(of_query("forest"), Some("/Identity/Forests"));
        assert_eq!(of_query("policyGuid"), Some("/gpo/policies"));
        for vague in ["id", "name", "machine", "force"] {
            assert_eq!(of_query(vague), None, "{vague}");
        }
    }
}
