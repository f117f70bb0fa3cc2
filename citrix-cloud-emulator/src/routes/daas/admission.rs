//! The gateway before `DaaS`: what it checks, and where it finds customer and site.

use crate::authorization;
use crate::http::errors::{common, gateway};
use crate::http::{Call, Reply};
use crate::routes::cloud::check_accept;
use crate::shared::Shared;

use super::turn::{Scope, SiteRequest, enter};

/// Answers `/cvad/manage/...`, where the site is in the header `Citrix-InstanceId`.
pub(crate) fn by_header(
    shared: &Shared,
    call: &Call,
    exists: bool,
) -> (Option<&'static str>, Reply) {
    let instance = call.header("citrix-instanceid");
    let site = match call.segments.get(2) {
        Some(first) if first.eq_ignore_ascii_case("me") => SiteIn::Nowhere,
        _ => instance.map_or(SiteIn::Missing, SiteIn::Given),
    };
    admit(shared, call, exists, "/cvad/manage", 2, site)
}

/// Answers `/cvadapis/me` and `/cvadapis/{site}/...`.
pub(crate) fn by_path(shared: &Shared, call: &Call, exists: bool) -> (Option<&'static str>, Reply) {
    match call.segments.get(1).map(String::as_str) {
        Some(first) if first.eq_ignore_ascii_case("me") => {
            admit(shared, call, exists, "/cvadapis", 1, SiteIn::Nowhere)
        }
        Some(site) => {
            let base = format!("/cvadapis/{site}");
            admit(shared, call, exists, &base, 2, SiteIn::Given(site))
        }
        None => (None, common::not_found("path", "cvadapis")),
    }
}

#[derive(Clone, Copy)]
enum SiteIn<'a> {
    Given(&'a str),
    Missing,
    /// `/me` belongs to no site.
    Nowhere,
}

fn admit(
    shared: &Shared,
    call: &Call,
    exists: bool,
    base: &str,
    skip: usize,
    site: SiteIn<'_>,
) -> (Option<&'static str>, Reply) {
    if !exists {
        return (None, common::not_found("path", &call.segments.join("/")));
    }
    let (mut world, now) = shared.world();
    let admitted = authorization::check(shared, call.header("authorization"), now)
        .map_err(common::authentication)
        .and_then(|grant| {
            check_accept(call)?;
            let customer = call.header("citrix-customerid").filter(|it| !it.is_empty());
            let customer = customer.ok_or_else(gateway::internal_server_error)?;
            if !grant.covers(customer) {
                return Err(common::authorization());
            }
            let site = match site {
                SiteIn::Nowhere => String::new(),
                SiteIn::Missing => return Err(common::missing("Citrix-InstanceId")),
                SiteIn::Given(id) => {
                    let site = world.site(customer, id);
                    site.ok_or_else(|| common::not_found("Site", id))?
                        .id
                        .clone()
                }
            };
            call.check_json_content()?;
            Ok(Scope {
                customer: customer.to_owned(),
                site,
                base: format!(
                    "http://{}{base}",
                    call.host.as_deref().unwrap_or("localhost")
                ),
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
        segments: call.segments.get(skip..).unwrap_or_default(),
        query: call.query.clone(),
        body: call.body.clone(),
    };
    enter(shared, &mut world, now, request, scope)
}
