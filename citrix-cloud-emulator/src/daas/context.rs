//! What a call is worked on with.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::call::SiteCall;
use super::resource::{Objects, SpecOf};
use crate::http::errors::common;
use crate::http::{Outcome, Reply, json_body};
use crate::shared::Shared;
use crate::world::{Administrator, Customer, Platform, Site, SiteParts};

/// Works on a call to a site.
pub(super) type Handler = fn(&mut Context<'_>) -> Outcome;
/// Works on a call that belongs to no site.
pub(super) type CustomerHandler = fn(&CustomerContext<'_>) -> Outcome;

/// A call while it is worked on.
pub(crate) struct Context<'a> {
    pub(crate) shared: &'a Shared,
    pub(super) spec: SpecOf,
    pub(crate) administrator: &'a Administrator,
    /// What the customer has besides sites.
    pub(crate) platform: &'a mut Platform,
    pub(crate) site: &'a mut Site,
    pub(crate) now: Timestamp,
    pub(crate) call: &'a SiteCall,
}

/// A call that belongs to no site.
pub(crate) struct CustomerContext<'a> {
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

impl Context<'_> {
    /// Returns the objects of the site, to look at.
    pub(super) fn objects(&self) -> Objects<'_> {
        Objects::new(self.site, self.spec)
    }

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
