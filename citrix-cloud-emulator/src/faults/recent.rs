//! Recently created objects, for the rules that hide them for a while.

use std::collections::VecDeque;
use std::time::Duration;

use http::Method;
use jiff::Timestamp;
use serde_json::Value;

use crate::clock::later;
use crate::http::{Call, Reply};

/// How many objects are remembered.
const KEPT: usize = 1000;

/// Fields of a request or response body by which paths may identify the object.
const NAMES: [&str; 9] = [
    "DisplayName",
    "Id",
    "Name",
    "ServiceAccountUid",
    "Uid",
    "id",
    "name",
    "policyGuid",
    "policySetGuid",
];

/// Names and creation times of objects.
#[derive(Debug, Default)]
pub(super) struct RecentObjects(VecDeque<(String, Timestamp)>);

impl RecentObjects {
    /// Remembers the object that a request created.
    pub(super) fn note(&mut self, call: &Call, reply: &Reply, now: Timestamp) {
        if call.method != Method::POST || !reply.is_success() {
            return;
        }
        for body in [&call.body, &reply.body] {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let names = NAMES.iter().filter_map(|it| match &body[*it] {
                Value::String(name) => Some(name.to_lowercase()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            });
            self.0.extend(names.map(|name| (name, now)));
        }
        let beyond = self.0.len().saturating_sub(KEPT);
        self.0.drain(..beyond);
    }

    /// Returns whether a path names an object younger than `age`.
    pub(super) fn is_young(&self, call: &Call, age: Duration, now: Timestamp) -> bool {
        let age = jiff::SignedDuration::try_from(age).unwrap_or(jiff::SignedDuration::MAX);
        let reads = matches!(call.method, Method::GET | Method::HEAD);
        // The first segment is the name of a list.
        let mut segments = call.segments.iter().skip(1).map(|it| it.to_lowercase());
        reads
            && segments.any(|segment| {
                let mut young = self
                    .0
                    .iter()
                    .filter(|(_, created)| later(*created, age) > now);
                young.any(|(name, _)| *name == segment)
            })
    }
}
