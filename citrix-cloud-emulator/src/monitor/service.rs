//! From a call to an answer.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::history::History;
use super::metadata;
use super::odata::{Query, Reader, TooMuch, Wrong, page, read, run, token};
use super::schema::{Schema, Set};
use crate::authorization;
use crate::hosts::Host;
use crate::http::errors::{common, gateway};
use crate::http::{Call, Outcome, Reply};
use crate::routes::check_accept;
use crate::shared::Shared;
use crate::surface::Surface;
use crate::world::World;

/// Rows of a page.
const PAGE: usize = 1000;

/// For how long a query may run in the cloud.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the paths of the service begin with, past the gateway or on premises.
pub(crate) const DIRECT: [&str; 3] = ["citrix", "monitor", "odata"];

const MEDIA_TYPE: &str = "application/json; odata.metadata=minimal";

/// What a path names.
enum Thing<'a> {
    /// The list of all sets.
    Service,
    Metadata,
    Set(&'static Set),
    /// Another version of the protocol, or another part of it.
    Absent(&'static str),
    Unknown(&'a str),
}

fn thing<'a>(call: &'a Call, surface: Surface) -> Thing<'a> {
    let below = match surface {
        Surface::Monitor => &call.segments[1..],
        _ => {
            let version = call.segments.get(DIRECT.len()).map(String::as_str);
            let part = call.segments.get(DIRECT.len() + 1).map(String::as_str);
            match (version, part) {
                (Some(version), Some(part)) if version.eq_ignore_ascii_case("v4") => {
                    if part.eq_ignore_ascii_case("methods") {
                        return Thing::Absent("The Methods endpoint");
                    }
                    if !part.eq_ignore_ascii_case("data") {
                        return Thing::Unknown(part);
                    }
                    &call.segments[DIRECT.len() + 2..]
                }
                (Some("v1" | "v2" | "v3"), _) => return Thing::Absent("OData 3"),
                (version, _) => return Thing::Unknown(version.unwrap_or_default()),
            }
        }
    };
    match below {
        [] => Thing::Service,
        [name] if name.is_empty() => Thing::Service,
        [name] if name == "$metadata" => Thing::Metadata,
        [name] if name == "$batch" => Thing::Absent("$batch"),
        [name] => match Schema::get().listed(name) {
            Some(set) => Thing::Set(set),
            None => Thing::Unknown(name),
        },
        // A row by its key, a number of rows, a column: none of them works in the cloud.
        [.., last] => Thing::Unknown(last),
    }
}

/// Names the operation of the document that a call stands for.
pub(crate) fn operation(call: &Call, surface: Surface) -> Option<&'static str> {
    match thing(call, surface) {
        Thing::Set(set) => Some(set.operation),
        _ => None,
    }
}

/// Answers a call, and names its operation.
pub(crate) fn answer(
    shared: &Shared,
    call: &Call,
    surface: Surface,
) -> (Option<&'static str>, Reply) {
    let outcome = admitted(shared, call, surface).and_then(|()| {
        if !call.method.is_safe() {
            return Err(common::method_not_allowed(&["GET", "HEAD"]));
        }
        let base = base(call, surface);
        match thing(call, surface) {
            Thing::Service => Ok(odata(Reply::text(
                200,
                MEDIA_TYPE,
                metadata::service(&base).to_string(),
            ))),
            Thing::Metadata => Ok(odata(Reply::text(
                200,
                "application/xml",
                metadata::document(),
            ))),
            Thing::Set(set) => rows(shared, call, set, &base),
            Thing::Absent(what) => Err(common::not_implemented(what)),
            Thing::Unknown(name) => Err(common::not_found("resource", name)),
        }
    });
    let reply = outcome.unwrap_or_else(|refusal| refusal);
    (operation(call, surface), reply)
}

fn odata(reply: Reply) -> Reply {
    reply.with("OData-Version", "4.0")
}

/// What addresses in answers begin with.
fn base(call: &Call, surface: Surface) -> String {
    let host = call.host.as_deref().unwrap_or("localhost");
    let scheme = match Host::of(host) {
        Host::Foreign => "http",
        _ => "https",
    };
    let length = match surface {
        Surface::Monitor => 1,
        _ => DIRECT.len() + 2,
    };
    let path = call.segments.get(..length).unwrap_or_default().join("/");
    format!("{scheme}://{host}/{path}")
}

fn rows(shared: &Shared, call: &Call, set: &'static Set, base: &str) -> Outcome {
    let query = read(set, |name| call.query.get(name)).map_err(|wrong| match wrong {
        Wrong::Query(why) => not_valid(&why),
        Wrong::Unknown(option) => common::not_implemented(option),
    })?;
    let history = {
        let (world, now) = shared.world();
        History::at(shared.monitor.picture(shared, &world), now)
    };
    let reader = Reader::new(&history, shared.settings.limits.monitor_rows);
    paged(&query, &reader, call, base).map_err(|TooMuch| {
        shared.clock.advance(PATIENCE);
        gateway::says(504, "The query took longer than 30 seconds")
    })
}

fn paged(query: &Query, reader: &Reader<'_>, call: &Call, base: &str) -> Result<Reply, TooMuch> {
    let found = run(query, reader, PAGE)?;
    let next = found.next.as_ref().map(|resume| {
        let pairs = call.query.pairs().filter(|(name, _)| {
            !name.eq_ignore_ascii_case("$skip") && !name.eq_ignore_ascii_case("$skiptoken")
        });
        let pairs = pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let token = format!("$skiptoken={}", token(resume));
        let pairs: Vec<String> = pairs.chain([token]).collect();
        let name = call.segments.last().map_or("", String::as_str);
        format!("{base}/{name}?{}", pairs.join("&"))
    });
    let body = page(query, &found, reader, base, next.as_deref())?;
    Ok(odata(Reply::text(200, MEDIA_TYPE, body)))
}

/// Escapes a part of a query, but for the signs that may stand there.
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

/// What a query is told that cannot be understood. That it is 400 was seen, and that there is an `error` is documented;
/// its inside is that of the library which the service's answers look like.
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

/// Says whether a call may see the customer's data.
fn admitted(shared: &Shared, call: &Call, surface: Surface) -> Result<(), Reply> {
    let (world, now) = shared.world();
    let host = Host::of(call.host.as_deref().unwrap_or_default());
    let header = call.header("authorization");
    if surface != Surface::Monitor && host == Host::Foreign {
        return on_premises(shared, &world, header, now);
    }
    let grant = authorization::check(shared, header, now).map_err(common::authentication)?;
    check_accept(shared, call)?;
    let named = call.header("citrix-customerid");
    let customer = match &host {
        Host::Customer(label) => Some(label.as_str()),
        _ => named,
    };
    // The gateway's own answer, as it gives for DaaS.
    let customer = customer.ok_or_else(gateway::internal_server_error)?;
    if grant.covers(customer) {
        Ok(())
    } else {
        Err(common::authorization())
    }
}

/// On premises it is Windows who asks who is there. An emulator cannot, so that it takes user and password of a client,
/// or a token of the `DaaS` API.
fn on_premises(
    shared: &Shared,
    world: &World,
    header: Option<&str>,
    now: Timestamp,
) -> Result<(), Reply> {
    let is_known = header.and_then(authorization::basic).is_some_and(|it| {
        let (user, password) = it;
        let id = user.rsplit('\\').next().unwrap_or_default();
        let client = world.clients.iter().find(|it| it.client_id == id);
        client.is_some_and(|it| it.client_secret == password)
    });
    if is_known || authorization::check_either(shared, header, now).is_ok() {
        return Ok(());
    }
    let reply = Reply::empty(401).with("WWW-Authenticate", "Negotiate");
    Err(reply.with("WWW-Authenticate", "NTLM"))
}
