//! Every method of every handle sends its operation with the right arguments, and every body as a
//! program builds it.

use std::collections::BTreeSet;
use std::path::Path;
use std::pin::Pin;

use citrix_cloud::daas::{Daas, Site};
use citrix_cloud::jiff::Timestamp;
use citrix_cloud::operations::{Listed, Operation};
use citrix_cloud::paging::List;
use citrix_cloud::{ApiVersion, Error, Request};
use citrix_cloud_gen::operation::{Arguments, Place};
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of};
use serde::de::DeserializeOwned;
use serde_json::Value;
use xtask::pipeline::handles::Exceptions;

use super::every_handle::CALLS;
use super::models::Models;
use super::{Row, facts};

pub(super) type Sending = Pin<Box<dyn Future<Output = Result<(), Error>>>>;
pub(super) type Call = fn(&With) -> Sending;

/// Operations with hand-written methods, whose requests are tested elsewhere.
fn by_hand() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/handles.toml");
    let by_hand = Exceptions::read(&file).unwrap().by_hand;
    by_hand.into_iter().map(|it| it.operation).collect()
}

/// The input of a call.
pub(super) struct With {
    pub(super) site: Site,
    pub(super) daas: Daas,
    /// Whether bodies have all fields, or only the required ones.
    pub(super) all: bool,
    id: String,
    arguments: Arguments,
}

impl With {
    pub(super) fn path(&self, wire: &str) -> String {
        self.argument(Place::Path, wire)
    }

    pub(super) fn argument<T: DeserializeOwned>(&self, place: Place, wire: &str) -> T {
        let value = self.arguments.get(place, wire);
        let value = value.unwrap_or_else(|| panic!("{}: no `{wire}`", self.id));
        serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{}: {e}", self.id))
    }
}

/// Sends one request.
pub(super) trait Sends {
    fn once(self) -> Sending;
}

impl<O: Operation> Sends for Request<O> {
    fn once(self) -> Sending {
        Box::pin(async { self.json().await.map(drop) })
    }
}

impl<O: Listed> Sends for List<O> {
    fn once(self) -> Sending {
        Box::pin(async { self.json_items().try_next().await.map(drop) })
    }
}

/// Returns a time as programs have it.
pub(super) fn moment() -> Timestamp {
    Timestamp::constant(1_795_600_800, 0)
}

pub(super) fn sent(call: impl Sends) -> Sending {
    call.once()
}

/// Returns the request line without the parameters of every list.
fn without_page_size(line: &str) -> String {
    let (path, query) = line.split_once('?').unwrap_or((line, ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && *pair != "limit=250")
        .collect();
    match kept.as_slice() {
        [] => path.to_owned(),
        kept => format!("{path}?{}", kept.join("&")),
    }
}

/// Makes some calls, with all fields in their bodies or only the required ones, and checks the
/// requests. Returns the operations that sent a body.
async fn called(calls: &[(&'static str, Call)], all: bool) -> BTreeSet<&'static str> {
    let rows = Row::all();
    let known = super::daas();
    let row = |id: &str| rows.iter().find(|row| row.id == id).unwrap();
    let script = calls.iter().map(|(id, _)| match known[id].meta.envelope {
        Some(envelope) => Reply::json(200, format!("{{\"{}\":[]}}", envelope.items)),
        None => Reply::json(200, "{}"),
    });
    let server = Scripted::start(std::iter::once(Reply::token()).chain(script)).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let mut expected = Vec::new();
    for (id, call) in calls {
        let row = row(id);
        let with = With {
            site: client.daas().site(SITE),
            daas: client.daas(),
            all,
            id: (*id).to_owned(),
            arguments: row.arguments(false),
        };
        call(&with)
            .await
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        let target = facts::target(row, false);
        let target = match target.strip_prefix("/Sites/p%20nameOrId%7C%C3%BC%2F") {
            Some(rest) => format!("/Sites/{SITE}{rest}"),
            None => target,
        };
        expected.push(format!("{} /cvad/manage{target}", row.method));
    }
    let lines = server.lines();
    let lines: Vec<String> = lines[1..].iter().map(|it| without_page_size(it)).collect();
    for (line, expected) in lines.iter().zip(&expected) {
        assert_eq!(line, expected);
    }
    assert_eq!(lines.len(), expected.len());
    let mut with_body = BTreeSet::new();
    for (seen, (id, _)) in server.seen().iter().skip(1).zip(calls) {
        let row = row(id);
        if row.body.is_empty() {
            assert_eq!(seen.body, "", "{id}");
            continue;
        }
        let body: Value = serde_json::from_str(&seen.body).unwrap();
        let expected = Models::read().body(&row.body, "body", all);
        assert_eq!(body, expected, "{id}");
        with_body.insert(*id);
    }
    with_body
}

#[tokio::test]
async fn every_method_sends_its_operation_and_every_body_what_it_was_built_with() {
    let mut bodies = BTreeSet::new();
    for calls in CALLS {
        let least = called(calls, false).await;
        assert_eq!(least, called(calls, true).await);
        bodies.extend(least);
    }
    let (rows, by_hand) = (Row::all(), by_hand());
    let calls = CALLS.iter().copied().flatten().map(|(id, _)| *id);
    let called: BTreeSet<&str> = calls.chain(by_hand.iter().map(String::as_str)).collect();
    let listed: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(called, listed);
    assert_eq!((called.len(), bodies.len()), (537, 166));
}
