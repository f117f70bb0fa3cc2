//! Everything outside `DaaS`: who may call, and which handler answers.

use jiff::Timestamp;

use super::{notifications, resource_locations, service_principals, service_states, token};
use crate::authorization;
use crate::http::errors::{common, legacy};
use crate::http::{Call, Outcome, Reply};
use crate::operations::{Lookup, in_cloud};
use crate::shared::Shared;
use crate::world::World;

/// A call that may change the world.
pub(crate) struct Turn<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) world: &'a mut World,
    pub(crate) now: Timestamp,
    pub(crate) call: &'a Call,
    /// The customer: from the path where it is there, else from the header.
    pub(crate) customer: String,
    /// What else the path names, in order.
    pub(crate) parameters: Vec<String>,
}

type Handler = fn(&mut Turn<'_>) -> Outcome;

fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "getAccessToken" => token::for_form,
        "getTrustToken" => token::for_json,
        "listResourceLocations" | "listResourceLocationsByCustomer" => resource_locations::list,
        "createResourceLocation" => resource_locations::create,
        "getResourceLocation" => resource_locations::get,
        "updateResourceLocation" => resource_locations::update,
        "deleteResourceLocation" => resource_locations::delete,
        "listNotifications" => notifications::list,
        "createNotification" | "createNotificationByCustomer" => notifications::create,
        "listServicePrincipals" => service_principals::list,
        "createServicePrincipal" => service_principals::create,
        "getServicePrincipal" => service_principals::get,
        "deleteServicePrincipal" => service_principals::delete,
        "listServiceStates" => service_states::list,
        _ => return None,
    })
}

/// Answers calls that need no token; the customer, or `root`, is in the path.
pub(crate) fn open(shared: &Shared, call: &Call) -> (Option<&'static str>, Reply) {
    route(shared, call, true, |_, _| Ok(()))
}

/// Answers calls to the hosts that have the customer in the path. They do not look at `Accept`.
pub(crate) fn by_path(shared: &Shared, call: &Call) -> (Option<&'static str>, Reply) {
    route(shared, call, true, |customer, now| {
        let header = call.header("authorization");
        let grant =
            authorization::check(shared, header, now).map_err(|_| legacy::authentication())?;
        if grant.covers(customer) {
            Ok(())
        } else {
            Err(common::authorization())
        }
    })
}

/// Answers calls to the platform's services, which have the customer in a header.
pub(crate) fn by_header(shared: &Shared, call: &Call) -> (Option<&'static str>, Reply) {
    route(shared, call, false, |customer, now| {
        let header = call.header("authorization");
        let grant = authorization::check(shared, header, now).map_err(common::authentication)?;
        check_accept(call)?;
        if customer.is_empty() {
            return Err(common::missing("Citrix-CustomerId"));
        }
        if grant.covers(customer) {
            Ok(())
        } else {
            Err(common::authorization())
        }
    })
}

/// `Accept` has to be this and nothing else (walkthrough, troubleshooting).
pub(crate) fn check_accept(call: &Call) -> Result<(), Reply> {
    let mut values = call.headers.get_all("accept").iter();
    let only = values.next().filter(|_| values.next().is_none());
    if only.is_some_and(|value| value == "application/json") {
        Ok(())
    } else {
        Err(common::not_acceptable())
    }
}

fn route(
    shared: &Shared,
    call: &Call,
    customer_in_path: bool,
    admit: impl FnOnce(&str, Timestamp) -> Result<(), Reply>,
) -> (Option<&'static str>, Reply) {
    let (operation, mut parameters, methods) = match in_cloud(&call.method, &call.segments) {
        Lookup::Found(operation, parameters) => (Some(operation.name), parameters, Vec::new()),
        Lookup::OtherMethods(methods) => (None, Vec::new(), methods),
        Lookup::Unknown => {
            return (None, common::not_found("path", &call.segments.join("/")));
        }
    };
    let customer = if customer_in_path {
        call.segments
            .iter()
            .find(|it| !it.eq_ignore_ascii_case("cctrustoauth2"))
            .cloned()
    } else {
        call.header("citrix-customerid").map(str::to_owned)
    };
    let customer = customer.unwrap_or_default();
    if customer_in_path && !parameters.is_empty() {
        parameters.remove(0);
    }
    let (mut world, now) = shared.world();
    let admitted = admit(&customer, now);
    let outcome = admitted.and_then(|()| match operation.and_then(handler) {
        None => Err(common::method_not_allowed(&methods)),
        Some(handler) => handler(&mut Turn {
            shared,
            world: &mut world,
            now,
            call,
            customer,
            parameters,
        }),
    });
    (operation, outcome.unwrap_or_else(|refusal| refusal))
}
