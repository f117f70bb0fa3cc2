//! The gateway before `DaaS`: what it checks, and where it finds customer and site.

use crate::authorization;
use crate::hosts::Host;
use crate::http::errors::{common, gateway};
use crate::http::{Call, Reply};
use crate::routes::cloud::check_accept;
use crate::shared::Shared;
use crate::surface::DIRECT;
use crate::tokens::{Grant, ON_PREMISES};

use super::turn::{Scope, SiteRequest, enter};

/// Answers `/cvad/manage/...`, where the site is in the header `Citrix-InstanceId`.
pub(crate) fn by_header(
    shared: &Shared,
    call: &Call,
    exists: bool,
) -> (Option<&'static str>, Reply) {
    let instance = call.header("citrix-instanceid");
    let site = match (call.segments.get(2), instance) {
        (Some(first), _) if first.eq_ignore_ascii_case("me") => SiteIn::Nowhere,
        (_, Some(site)) => SiteIn::Given(site),
        // One of Citrix's examples lists the sites like this.
        (Some(first), None) if first.eq_ignore_ascii_case("sites") => SiteIn::Nowhere,
        (_, None) => SiteIn::Missing,
    };
    let place = Place {
        customer: CustomerIn::Header,
        site,
        base: "/cvad/manage".to_owned(),
        skip: 2,
    };
    if exists {
        admit(shared, call, &place)
    } else {
        no_such_path(call)
    }
}

/// Answers `/cvadapis/me` and `/cvadapis/{site}/...`.
pub(crate) fn by_path(shared: &Shared, call: &Call, exists: bool) -> (Option<&'static str>, Reply) {
    let (site, base, skip) = match call.segments.get(1) {
        Some(first) if first.eq_ignore_ascii_case("me") => {
            (SiteIn::Nowhere, "/cvadapis".to_owned(), 1)
        }
        Some(site) => (SiteIn::Given(site), format!("/cvadapis/{site}"), 2),
        None => return no_such_path(call),
    };
    let place = Place {
        customer: CustomerIn::Header,
        site,
        base,
        skip,
    };
    if exists {
        admit(shared, call, &place)
    } else {
        no_such_path(call)
    }
}

/// Answers `/citrix/orchestration/api/{customer}/{site}/...`, and `/me` and `/Sites` there without the two.
pub(crate) fn directly(shared: &Shared, call: &Call) -> (Option<&'static str>, Reply) {
    let root = format!("/{}", DIRECT.join("/"));
    let below = call.segments.get(DIRECT.len()..).unwrap_or_default();
    let place = match below {
        [first, ..] if ["me", "sites"].contains(&first.to_ascii_lowercase().as_str()) => Place {
            customer: CustomerIn::HeaderOrHost,
            site: SiteIn::Nowhere,
            base: root,
            skip: DIRECT.len(),
        },
        [customer, site, rest @ ..] => Place {
            customer: CustomerIn::Path(customer),
            site: SiteIn::Given(site),
            base: format!("{root}/{customer}/{site}"),
            // The official client doubles the slash here.
            skip: DIRECT.len() + 2 + rest.iter().take_while(|it| it.is_empty()).count(),
        },
        _ => return no_such_path(call),
    };
    admit(shared, call, &place)
}

/// Where a path has what, and where its operation begins.
struct Place<'a> {
    customer: CustomerIn<'a>,
    site: SiteIn<'a>,
    base: String,
    skip: usize,
}

#[derive(Clone, Copy)]
enum CustomerIn<'a> {
    /// As the gateway wants it.
    Header,
    /// Past the gateway: the header where it is, else the host or whoever the token belongs to.
    HeaderOrHost,
    /// Past the gateway as well.
    Path(&'a str),
}

#[derive(Clone, Copy)]
enum SiteIn<'a> {
    Given(&'a str),
    Missing,
    /// `/me` belongs to no site.
    Nowhere,
}

fn no_such_path(call: &Call) -> (Option<&'static str>, Reply) {
    (None, common::not_found("path", &call.segments.join("/")))
}

fn admit(shared: &Shared, call: &Call, place: &Place<'_>) -> (Option<&'static str>, Reply) {
    let authority = call.host.as_deref().unwrap_or("localhost");
    let host = Host::of(authority);
    let header = call.header("authorization");
    let (mut world, now) = shared.world();
    let granted = match (place.customer, &host) {
        // A delivery controller on premises takes a plain `Bearer` too; the cloud does not.
        (CustomerIn::HeaderOrHost | CustomerIn::Path(_), Host::Foreign) => {
            authorization::check_either(shared, header, now)
        }
        _ => authorization::check(shared, header, now),
    };
    let admitted = granted.map_err(common::authentication).and_then(|grant| {
        check_accept(call)?;
        let customer = customer(call, &host, &grant, place.customer)
            .ok_or_else(gateway::internal_server_error)?;
        if !grant.covers(&customer) {
            return Err(common::authorization());
        }
        let site = match place.site {
            SiteIn::Nowhere => String::new(),
            SiteIn::Missing => return Err(common::missing("Citrix-InstanceId")),
            SiteIn::Given(id) => {
                let site = world.site(&customer, id);
                site.ok_or_else(|| common::not_found("Site", id))?
                    .id
                    .clone()
            }
        };
        call.check_json_content()?;
        let scheme = if host == Host::Foreign {
            "http"
        } else {
            "https"
        };
        Ok(Scope {
            customer,
            site,
            base: format!("{scheme}://{authority}{}", place.base),
            token_expires: grant.expires,
            in_batch: false,
        })
    });
    let scope = match admitted {
        Ok(scope) => scope,
        Err(refusal) => return (None, refusal),
    };
    let request = SiteRequest {
        method: &call.method,
        segments: call.segments.get(place.skip..).unwrap_or_default(),
        query: call.query.clone(),
        body: call.body.clone(),
    };
    enter(shared, &mut world, now, request, scope)
}

/// Finds the customer a call is about; there is only one on premises, whose name is not in the world.
fn customer(call: &Call, host: &Host, grant: &Grant, place: CustomerIn<'_>) -> Option<String> {
    let header = call.header("citrix-customerid");
    let given = match place {
        CustomerIn::Path(customer) => Some(customer),
        CustomerIn::Header => header,
        CustomerIn::HeaderOrHost => header.or(match host {
            Host::Customer(customer) => Some(customer),
            _ => grant.customers.first().map(String::as_str),
        }),
    };
    let given = given.filter(|it| !it.is_empty())?;
    let direct = !matches!(place, CustomerIn::Header);
    if direct && given.eq_ignore_ascii_case(ON_PREMISES) {
        grant.customers.first().cloned()
    } else {
        Some(given.to_owned())
    }
}
