//! The context of a call.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::call::SiteCall;
use super::resource::{Objects, SpecOf};
use crate::http::errors::common;
use crate::http::{Outcome, Reply, json_body};
use crate::shared::Shared;
use crate::world::{Administrator, Customer, Platform, Site, SiteParts};

/// Handles a call to a site.
pub(super) type Handler = fn(&mut Context<'_>) -> Outcome;
/// Handles a call that belongs to no site.
pub(super) type CustomerHandler = fn(&CustomerContext<'_>) -> Outcome;

/// The context of a call to a site.
pub(crate) struct Context<'a> {
    pub(crate) shared: &'a Shared,
    pub(super) spec: SpecOf,
    pub(crate) administrator: &'a Administrator,
    /// The customer's data besides sites.
    pub(crate) platform: &'a mut Platform,
    pub(crate) site: &'a mut Site,
    pub(crate) now: Timestamp,
    pub(crate) call: &'a SiteCall,
}

/// The context of a call that belongs to no site.
pub(crate) struct CustomerContext<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) administrator: &'a Administrator,
    /// The customers that the caller may act for, including the customer of the call.
    pub(crate) customers: Vec<&'a Customer>,
    pub(crate) call: &'a SiteCall,
}

/// The data that a call works on.
pub(crate) enum CallData<'a> {
    Site(SiteParts<'a>),
    /// The call names no site; operations that need one reject it.
    Customers(&'a Administrator, Vec<&'a Customer>),
}

impl Context<'_> {
    /// Returns the objects of the site, for reading.
    pub(super) fn objects(&self) -> Objects<'_> {
        Objects::new(self.site, self.spec)
    }

    /// Borrows the data that the call works on.
    pub(crate) fn parts(&mut self) -> SiteParts<'_> {
        SiteParts {
            customer: &self.call.scope.customer,
            administrator: self.administrator,
            platform: self.platform,
            site: self.site,
        }
    }

    /// Returns the first parameter of the path, such as a machine.
    pub(crate) fn name(&self) -> &str {
        self.part(0)
    }

    /// Returns a parameter of the path by its position, counted from 0.
    pub(crate) fn part(&self, place: usize) -> &str {
        self.call.parameters.get(place).map_or("", String::as_str)
    }

    /// Returns the fields of the body, spelled as in the operation's model.
    pub(crate) fn body(&self) -> Result<Map<String, Value>, Reply> {
        match json_body(&self.call.body)? {
            Value::Object(fields) => Ok(fields),
            _ => Err(common::invalid_string("body")),
        }
    }
}
