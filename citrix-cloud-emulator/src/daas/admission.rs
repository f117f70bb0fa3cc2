//! The checks that the gateway does for `DaaS`.

use crate::accept::check_accept;
use crate::api::{CustomerIn, Host, Place, SiteIn};
use crate::authorization;
use crate::http::errors::{common, gateway};
use crate::http::{Call, Outcome, Reply};
use crate::operations::Lookup;
use crate::shared::Shared;
use crate::tokens::{Grant, ON_PREMISES};

use super::call::Scope;
use super::context::CallData;
use super::dispatch::{SiteRequest, enter};

/// Responds to a call to a `DaaS` path.
pub(crate) fn respond(shared: &Shared, call: &Call, place: &Place, asked: &Lookup) -> Reply {
    admit(shared, call, place, asked).unwrap_or_else(|refusal| refusal)
}

fn admit(shared: &Shared, call: &Call, place: &Place, asked: &Lookup) -> Outcome {
    let authority = call.host.as_deref().unwrap_or("localhost");
    let host = Host::of(authority);
    let header = call.header("authorization");
    let (mut world, now) = shared.world();
    let granted = match (&place.customer, &host) {
        // Without the gateway, a plain `Bearer` is accepted too; the documents allow it only on premises.
        (CustomerIn::HeaderOrHost | CustomerIn::Path(_), host)
            if *host == Host::Foreign || !shared.settings.strict =>
        {
            authorization::check_either(shared, header, now)
        }
        _ => authorization::check(shared, header, now),
    };
    let grant = granted.map_err(common::authentication)?;
    check_accept(shared, call)?;
    let customer = customer(call, &host, &grant, &place.customer)
        .ok_or_else(gateway::internal_server_error)?;
    if !grant.covers(&customer) || world.customer(&customer).is_none() {
        return Err(common::authorization());
    }
    let site = match &place.site {
        SiteIn::Nowhere => String::new(),
        SiteIn::Missing if place.about.is_some() || place.of_customer => String::new(),
        SiteIn::Missing => return Err(common::missing("Citrix-InstanceId")),
        SiteIn::Given(id) => {
            let site = world.site(&customer, id);
            let site = site.ok_or_else(|| common::not_found("Site", id))?;
            site.id().to_owned()
        }
    };
    let about = place
        .about
        .as_deref()
        .and_then(|id| world.site(&customer, id));
    let site = about.map_or(site, |it| it.id().to_owned());
    call.check_json_content()?;
    let (operation, parameters) = match asked {
        Lookup::Found(operation, parameters) => (*operation, parameters.clone()),
        Lookup::OtherMethods(methods) => return Err(common::method_not_allowed(methods)),
        Lookup::Unknown => {
            return Err(common::not_found("path", &place.below(call).join("/")));
        }
    };
    let scheme = if host == Host::Foreign {
        "http"
    } else {
        "https"
    };
    let scope = Scope {
        customer,
        site,
        base: format!("{scheme}://{authority}{}", place.base),
        token_expires: grant.expires,
        in_batch: false,
        on_premises: grant.on_premises,
    };
    let request = SiteRequest {
        operation,
        parameters,
        query: call.query.clone(),
        body: call.body.clone(),
    };
    let world = &mut *world;
    let data = if place.of_customer || scope.site.is_empty() {
        let covered = world.customers().iter().filter(|it| grant.covers(it.id()));
        CallData::Customers(&world.administrator, covered.collect())
    } else if let Some(parts) = world.parts(&scope.customer, &scope.site) {
        CallData::Site(parts)
    } else {
        return Err(common::not_found("Site", &scope.site));
    };
    enter(shared, data, now, request, scope)
}

/// Finds the customer of a call. On premises there is only one, whose name is not part of the site.
fn customer(call: &Call, host: &Host, grant: &Grant, place: &CustomerIn) -> Option<String> {
    let header = call.header("citrix-customerid");
    let given = match place {
        CustomerIn::Path(customer) => Some(customer.as_str()),
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
