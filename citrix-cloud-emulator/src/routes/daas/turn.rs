//! A call inside a site, and where it is worked on.

use std::fmt;

use bytes::Bytes;
use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{handlers, jobs};
use crate::http::errors::common;
use crate::http::{Outcome, Query, Reply};
use crate::operations::{self, Lookup, in_site};
use crate::shared::Shared;
use crate::world::World;

/// Where a call belongs, once the gateway has let it through.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Scope {
    pub(crate) customer: String,
    /// Empty for `/me`, which knows no site.
    pub(crate) site: String,
    /// What a `Location` starts with, up to and without `/Jobs`.
    pub(crate) base: String,
    pub(crate) token_expires: Timestamp,
    pub(crate) in_batch: bool,
}

/// One operation with its arguments. A job keeps it until its time has come.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SiteCall {
    #[serde(deserialize_with = "operation_name")]
    pub(crate) operation: operations::Name,
    pub(crate) parameters: Vec<String>,
    pub(crate) query: Query,
    #[serde(with = "crate::http::bytes_as_text")]
    pub(crate) body: Bytes,
    pub(crate) scope: Scope,
}

/// The body stays out: items of a batch carry tokens.
impl fmt::Debug for SiteCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteCall")
            .field("operation", &self.operation)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

fn operation_name<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<operations::Name, D::Error> {
    let name = String::deserialize(deserializer)?;
    operations::name_in_site(&name)
        .ok_or_else(|| de::Error::custom(format!("there is no operation '{name}'")))
}

/// A call while it is worked on.
pub(crate) struct Turn<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) world: &'a mut World,
    pub(crate) now: Timestamp,
    pub(crate) call: &'a SiteCall,
}

impl Turn<'_> {
    /// Returns what the path names, such as a machine.
    pub(crate) fn name(&self) -> &str {
        self.call.parameters.first().map_or("", String::as_str)
    }
}

/// A request for some path below a site.
pub(crate) struct SiteRequest<'a> {
    pub(crate) method: &'a Method,
    pub(crate) segments: &'a [String],
    pub(crate) query: Query,
    pub(crate) body: Bytes,
}

/// Finds the operation, and answers it now or makes it a job.
pub(crate) fn enter(
    shared: &Shared,
    world: &mut World,
    now: Timestamp,
    request: SiteRequest<'_>,
    scope: Scope,
) -> (Option<&'static str>, Reply) {
    let (operation, parameters) = match in_site(request.method, request.segments) {
        Lookup::Found(operation, parameters) => (operation, parameters),
        Lookup::OtherMethods(methods) => return (None, common::method_not_allowed(&methods)),
        Lookup::Unknown => {
            return (None, common::not_found("path", &request.segments.join("/")));
        }
    };
    let call = SiteCall {
        operation: operation.name,
        parameters,
        query: request.query,
        body: request.body,
        scope,
    };
    let outcome = match call.query.flag("async") {
        Err(refusal) => Err(refusal),
        Ok(_) if !handlers::is_emulated(operation.name) => {
            Err(common::not_implemented(operation.name))
        }
        Ok(Some(true)) if operation.can_be_job => jobs::accept(world, now, shared, call),
        Ok(_) => run(shared, world, now, &call),
    };
    (
        Some(operation.name),
        outcome.unwrap_or_else(|refusal| refusal),
    )
}

/// Works on a call now.
pub(crate) fn run(shared: &Shared, world: &mut World, now: Timestamp, call: &SiteCall) -> Outcome {
    let handler =
        handlers::handler(call.operation).ok_or_else(|| common::not_implemented(call.operation))?;
    handler(&mut Turn {
        shared,
        world,
        now,
        call,
    })
}
