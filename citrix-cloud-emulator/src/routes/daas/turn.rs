//! A call inside a site, and where it is worked on.

use std::fmt;

use bytes::Bytes;
use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use super::{batch, configuration_log, handlers, jobs};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Query, Reply, json_body};
use crate::operations::{self, Lookup, Operation, in_site};
use crate::schema;
use crate::shared::Shared;
use crate::world::{Administrator, Customer, Platform, Site, SiteParts};

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
    /// Whether the caller signed in at a delivery controller.
    #[serde(default)]
    pub(crate) on_premises: bool,
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

impl SiteCall {
    /// What the path names first.
    fn name(&self) -> &str {
        self.parameters.first().map_or("", String::as_str)
    }
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
    pub(crate) administrator: &'a Administrator,
    /// What the customer has besides sites.
    pub(crate) platform: &'a mut Platform,
    pub(crate) site: &'a mut Site,
    pub(crate) now: Timestamp,
    pub(crate) call: &'a SiteCall,
}

/// A call that belongs to no site.
pub(crate) struct CustomerTurn<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) administrator: &'a Administrator,
    /// The customers that the caller may act for, the one of the call among them.
    pub(crate) customers: Vec<&'a Customer>,
    pub(crate) call: &'a SiteCall,
}

/// Where a call is worked on.
pub(crate) enum Ground<'a> {
    Site(SiteParts<'a>),
    /// No site is named; operations that need one refuse that.
    Customers(&'a Administrator, Vec<&'a Customer>),
}

impl Turn<'_> {
    /// Lends what the call works on.
    pub(crate) fn parts(&mut self) -> SiteParts<'_> {
        SiteParts {
            administrator: self.administrator,
            platform: self.platform,
            site: self.site,
        }
    }

    /// Returns what the path names, such as a machine.
    pub(crate) fn name(&self) -> &str {
        self.part(0)
    }

    /// Returns what the path names at some place, counted from 0.
    pub(crate) fn part(&self, place: usize) -> &str {
        self.call.parameters.get(place).map_or("", String::as_str)
    }

    /// Returns the fields of the body, as the operation's model spells them.
    pub(crate) fn body(&self) -> Result<Map<String, Value>, Reply> {
        match json_body(&self.call.body)? {
            Value::Object(fields) => Ok(fields),
            _ => Err(common::invalid_string("body")),
        }
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
    ground: Ground<'_>,
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
    let mut call = SiteCall {
        operation: operation.name,
        parameters,
        query: request.query,
        body: request.body,
        scope,
    };
    let binding = schema::Binding::of(shared.settings.strict);
    let outcome = check(operation, &mut call, binding).and_then(|()| match ground {
        Ground::Customers(administrator, customers) => {
            let handler = handlers::of_customer(operation.name)
                .ok_or_else(|| orchestration::not_found("Site", call.name()))?;
            handler(&CustomerTurn {
                shared,
                administrator,
                customers,
                call: &call,
            })
        }
        Ground::Site(parts) => match call.query.flag("async")? {
            Some(true) if operation.can_be_job() => jobs::accept(parts.site, now, shared, call),
            _ => run(shared, parts, now, &call),
        },
    });
    (
        Some(operation.name),
        outcome.unwrap_or_else(|refusal| refusal),
    )
}

/// Refuses what is not emulated and what the operation's models do not allow, before anything is done or promised.
fn check(
    operation: &Operation,
    call: &mut SiteCall,
    binding: schema::Binding,
) -> Result<(), Reply> {
    if !handlers::is_emulated(operation.name) {
        return Err(common::not_implemented(operation.name));
    }
    schema::parameters(&operation.query, &call.query)?;
    // A batch has a reader of its own, since the service takes numbers for references.
    if let Some(model) = operation
        .body
        .as_ref()
        .filter(|_| operation.name != batch::OPERATION)
    {
        let body = schema::body(model, &json_body(&call.body)?, binding)?;
        call.body = body.to_string().into();
    }
    Ok(())
}

/// Works on a call now.
pub(crate) fn run(
    shared: &Shared,
    parts: SiteParts<'_>,
    now: Timestamp,
    call: &SiteCall,
) -> Outcome {
    let handler =
        handlers::handler(call.operation).ok_or_else(|| common::not_implemented(call.operation))?;
    let mut turn = Turn {
        shared,
        administrator: parts.administrator,
        platform: parts.platform,
        site: parts.site,
        now,
        call,
    };
    let reply = handler(&mut turn)?;
    configuration_log::note(&mut turn);
    Ok(reply)
}
