//! Responds to calls.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::admission::admitted;
use super::history::History;
use super::kept::Asked;
use super::metadata;
use super::odata::{Query, QueryError, Reader, RowLimitExceeded, go_on, page, read, run, token};
use super::schema::Set;
use super::target::{Target, Thing};
use crate::api::Host;
use crate::http::errors::{common, gateway};
use crate::http::{Call, Outcome, Reply};
use crate::shared::Shared;

/// The number of rows on a page.
const PAGE: usize = 1000;

/// How long a query may run in the cloud.
const PATIENCE: Duration = Duration::from_secs(30);

const MEDIA_TYPE: &str = "application/json; odata.metadata=minimal";

/// Responds to a call.
pub(crate) fn respond(shared: &Shared, call: &Call, target: &Target) -> Reply {
    asked(shared, call, target).unwrap_or_else(|refusal| refusal)
}

fn asked(shared: &Shared, call: &Call, target: &Target) -> Outcome {
    let customer = {
        let (world, now) = shared.world();
        let customer = admitted(shared, &world, now, call, target.is_direct)?;
        customer.id().to_owned()
    };
    let base = base(call, target);
    if !call.method.is_safe() {
        return Err(common::method_not_allowed(&["GET", "HEAD"]));
    }
    match &target.thing {
        Thing::Service => {
            let document = metadata::service(&base).to_string();
            Ok(odata(Reply::text(200, MEDIA_TYPE, document)))
        }
        Thing::Metadata => {
            let document = metadata::document();
            Ok(odata(Reply::text(200, "application/xml", document)))
        }
        Thing::Set(set) => rows(shared, call, &customer, set, &base),
        Thing::Absent(what) => Err(common::not_implemented(what)),
        Thing::Unknown(name) => Err(common::not_found("resource", name)),
    }
}

fn odata(reply: Reply) -> Reply {
    reply.with("OData-Version", "4.0")
}

/// Returns the prefix of URLs in responses.
fn base(call: &Call, target: &Target) -> String {
    let host = call.host.as_deref().unwrap_or("localhost");
    let scheme = match Host::of(host) {
        Host::Foreign => "http",
        _ => "https",
    };
    let path = call.segments.get(..target.base).unwrap_or_default();
    format!("{scheme}://{host}/{}", path.join("/"))
}

fn rows(shared: &Shared, call: &Call, customer: &str, set: &'static Set, base: &str) -> Outcome {
    let query = read(set, |name| call.query.get(name)).map_err(|wrong| match wrong {
        QueryError::Query(why) => not_valid(&why),
        QueryError::Unknown(option) => common::not_implemented(option),
    })?;
    let (snapshot, at) = {
        let (world, now) = shared.world();
        let now = now.as_millisecond();
        let customer = world.customer(customer).ok_or_else(common::authorization)?;
        let snapshot = shared.monitor.snapshot(shared.first(), &world, customer);
        (snapshot, query.asked_at.map_or(now, |it| it.min(now)))
    };
    let history = History::at(Arc::clone(&snapshot), at);
    let reader = Reader::new(&history, shared.settings.limits.monitor_rows);
    let name = call.segments.last().map_or("", String::as_str);
    let text = format!("{name}?{}", options(call));
    let asked = Asked { snapshot, text, at };
    paged(shared, &query, &reader, asked, base).map_err(|RowLimitExceeded| {
        shared.clock.advance(PATIENCE);
        gateway::error(504, "The query took longer than 30 seconds")
    })
}

fn paged(
    shared: &Shared,
    query: &Query,
    reader: &Reader<'_>,
    asked: Asked,
    base: &str,
) -> Result<Reply, RowLimitExceeded> {
    let kept = &shared.monitor.kept;
    let left = query.resume.and_then(|from| kept.take(&asked, from));
    let mut found = match left {
        Some((rest, count)) => go_on(query, rest, count, PAGE),
        None => run(query, reader, PAGE)?,
    };
    let next = found.next.as_ref().map(|resume| {
        let mark = if asked.text.ends_with('?') { "" } else { "&" };
        format!(
            "{base}/{}{mark}$skiptoken={}",
            asked.text,
            token(resume, asked.at)
        )
    });
    kept.put(asked, &mut found);
    let body = page(query, &found, reader, base, next.as_deref())?;
    Ok(odata(Reply::text(200, MEDIA_TYPE, body)))
}

/// Returns the options of a query, except for the start of its page.
fn options(call: &Call) -> String {
    let pairs = call.query.pairs().filter(|(name, _)| {
        !name.eq_ignore_ascii_case("$skip") && !name.eq_ignore_ascii_case("$skiptoken")
    });
    let pairs = pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Escapes a part of a query, except for characters that are allowed there.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~$(),;:/*@'!".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// The response to an invalid query. The status 400 was observed, and the member `error` is documented; its content
/// follows the `OData` library that the service appears to use.
fn not_valid(why: &str) -> Reply {
    let body = json!({
        "error": {
            "code": "",
            "message": format!("The query specified in the URI is not valid. {why}."),
            "innererror": {
                "message": why,
                "type": "Microsoft.OData.ODataException",
                "stacktrace": "",
            },
        },
    });
    odata(Reply::text(400, MEDIA_TYPE, body.to_string()))
}
