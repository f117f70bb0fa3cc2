//! `/$batch`: many calls in one.

use http::Method;
use serde_json::{Value, json};

use super::call::{Scope, SiteCall};
use super::context::{CallData, Context, Handler};
use super::dispatch::{SiteRequest, enter};
use crate::authorization;
use crate::daas::jobs::kinds::kind;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Query, Reply, json_body, path_segments};
use crate::operations::{Lookup, in_site};

/// The only operation that contains others.
pub(super) const OPERATION: &str = "BatchDoBatchRequest";

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "BatchDoBatchRequest" => run_items,
        _ => return None,
    })
}

/// One call of a batch.
pub(super) struct Item {
    reference: String,
    /// The operation, by its path below the site.
    asked: Lookup,
    path: String,
    query: Query,
    authorization: Option<String>,
    body: String,
}

impl Item {
    /// Returns the job type of its sub-job.
    pub(super) fn job_kind(&self) -> &'static str {
        match &self.asked {
            Lookup::Found(operation, _) => kind(operation.name),
            _ => "Unknown",
        }
    }
}

/// Returns 200 whatever the results of the items; each item has its own code.
fn run_items(context: &mut Context<'_>) -> Outcome {
    if context.call.scope.in_batch {
        return Err(orchestration::bad_request("A batch cannot hold a batch."));
    }
    let scope = Scope {
        in_batch: true,
        ..context.call.scope.clone()
    };
    let mut responses = Vec::new();
    let mut warnings = Vec::new();
    for item in parse(context.call)? {
        let reference = item.reference.clone();
        let reply = run_item(context, item, scope.clone());
        let of_item = reply.warnings.iter();
        warnings.extend(of_item.map(|it| format!("item {reference}: {it}")));
        responses.push(json!({
            "Reference": reference,
            "Code": reply.status,
            "Headers": reply
                .headers
                .iter()
                .map(|(name, value)| json!({ "Name": name, "Value": value }))
                .collect::<Vec<_>>(),
            "Body": if context.shared.settings.strict || !reply.body.is_empty() {
                json!(String::from_utf8_lossy(&reply.body))
            } else {
                Value::Null
            },
        }));
    }
    let mut reply = Reply::json(200, &json!({ "Items": responses }));
    reply.warnings = warnings;
    Ok(reply)
}

fn run_item(context: &mut Context<'_>, item: Item, scope: Scope) -> Reply {
    if item.authorization.is_some() {
        let header = item.authorization.as_deref();
        if let Err(reason) = authorization::check_either(context.shared, header, context.now) {
            return common::authentication(reason);
        }
    }
    let (operation, parameters) = match item.asked {
        Lookup::Found(operation, parameters) => (operation, parameters),
        Lookup::OtherMethods(methods) => return common::method_not_allowed(&methods),
        Lookup::Unknown => return common::not_found("path", &item.path),
    };
    let request = SiteRequest {
        operation,
        parameters,
        query: item.query,
        body: item.body.into_bytes().into(),
    };
    context.shared.faults.item(operation.name, || {
        let (shared, now) = (context.shared, context.now);
        let outcome = enter(shared, CallData::Site(context.parts()), now, request, scope);
        outcome.unwrap_or_else(|refusal| refusal)
    })
}

/// Parses all items; a malformed one makes the whole batch fail.
pub(super) fn parse(call: &SiteCall) -> Result<Vec<Item>, Reply> {
    let body = json_body(&call.body)?;
    let items = body.get("Items").ok_or_else(|| common::missing("Items"))?;
    let items = items
        .as_array()
        .ok_or_else(|| common::invalid_string("Items"))?;
    let mut parsed: Vec<Item> = Vec::with_capacity(items.len());
    let mut references = std::collections::HashSet::new();
    for item in items {
        let item = parse_item(item, &call.scope)?;
        if !references.insert(item.reference.clone()) {
            let message = format!("The reference '{}' is not unique.", item.reference);
            return Err(orchestration::bad_request(&message));
        }
        parsed.push(item);
    }
    Ok(parsed)
}

fn parse_item(item: &Value, scope: &Scope) -> Result<Item, Reply> {
    let url = item["RelativeUrl"]
        .as_str()
        .ok_or_else(|| common::missing("RelativeUrl"))?;
    let (path, query) = url
        .split_once('?')
        .map_or((url, None), |(path, query)| (path, Some(query)));
    let method = item["Method"].as_str().unwrap_or("GET").to_uppercase();
    let headers = item["Headers"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let authorization = headers.iter().find(|header| {
        header["Name"]
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case("authorization"))
    });
    let method =
        Method::from_bytes(method.as_bytes()).map_err(|_| common::invalid_string("Method"))?;
    let segments = below_site(path, scope);
    Ok(Item {
        reference: reference(&item["Reference"])?,
        asked: in_site(&method, &segments),
        path: segments.join("/"),
        query: Query::parse(query),
        authorization: authorization
            .map(|header| header["Value"].as_str().unwrap_or_default().to_owned()),
        body: item["Body"].as_str().unwrap_or_default().to_owned(),
    })
}

/// Checks a reference, which is `[-_0-9a-zA-Z]*`. A number is accepted too, and returned as text.
fn reference(value: &Value) -> Result<String, Reply> {
    let text = match value {
        Value::Null => return Err(common::missing("Reference")),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(common::invalid_string("Reference")),
    };
    if text
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))
    {
        Ok(text)
    } else {
        Err(common::invalid_string("Reference"))
    }
}

/// Strips the prefix that clients put before the resource: nothing, `{customer}/{site}/`, or `v1/{customer}/{site}`.
fn below_site(path: &str, scope: &Scope) -> Vec<String> {
    let mut segments = path_segments(path);
    let given = |segments: &[String], at: usize, want: &str| {
        segments
            .get(at)
            .is_some_and(|have| have.eq_ignore_ascii_case(want))
    };
    let start = usize::from(given(&segments, 0, "v1"));
    if given(&segments, start, &scope.customer) && given(&segments, start + 1, &scope.site) {
        segments.drain(..start + 2);
        let empty = segments
            .iter()
            .take_while(|segment| segment.is_empty())
            .count();
        segments.drain(..empty);
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_of_a_relative_url_mean_the_same() {
        let scope = Scope {
            customer: "cust".to_owned(),
            site: "site".to_owned(),
            base: String::new(),
            token_expires: jiff::Timestamp::MAX,
            in_batch: false,
            on_premises: false,
        };
        for url in [
            "/Machines/7",
            "Machines/7",
            "cust/site//Machines/7",
            "v1/CUST/site/Machines/7",
        ] {
            assert_eq!(below_site(url, &scope), ["Machines", "7"], "{url}");
        }
        assert_eq!(below_site("other/site/Machines", &scope).len(), 3);
    }
}
