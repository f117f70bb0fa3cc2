//! Everything outside `DaaS`: checks access, and picks the handler.

use jiff::Timestamp;

use super::context::{Context, SignIn};
use super::{
    activation, administrators, connectors, licensing, notifications, older_lists,
    resource_locations, service_principals, service_states, system_log, token, webhooks, writes,
};
use crate::accept::check_accept;
use crate::api::{DIRECT, customer_in};
use crate::authorization;
use crate::http::errors::{common, legacy};
use crate::http::{Call, Outcome, Reply};
use crate::operations::Lookup;
use crate::shared::Shared;

type Handler = fn(&mut Context<'_>) -> Outcome;

fn sign_in_handler(operation: &str) -> Option<fn(&SignIn<'_>) -> Outcome> {
    Some(match operation {
        "getAccessToken" => token::for_form,
        "getTrustToken" => token::for_json,
        "getDirectToken" => token::for_basic,
        "refreshDirectToken" => token::renewed,
        _ => return None,
    })
}

fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "listResourceLocations" | "listResourceLocationsByCustomer" => resource_locations::list,
        "createResourceLocation" | "createResourceLocationByCustomer" => resource_locations::create,
        "getResourceLocation" | "getResourceLocationByCustomer" => resource_locations::get,
        "updateResourceLocation" | "updateResourceLocationByCustomer" => resource_locations::update,
        "deleteResourceLocation" | "deleteResourceLocationByCustomer" => resource_locations::delete,
        "listConnectors" | "listEdgeServers" => connectors::list,
        "getConnector" => connectors::get,
        "deleteConnector" => connectors::delete,
        "listNotifications" => notifications::list,
        "createNotification" | "createNotificationByCustomer" => notifications::create,
        "listServicePrincipals" => service_principals::list,
        "createServicePrincipal" => service_principals::create,
        "getServicePrincipal" => service_principals::get,
        "deleteServicePrincipal" => service_principals::delete,
        "listServiceStates" => service_states::list,
        "listIdentityProviders" => older_lists::identity_providers,
        "listSecureClients" => older_lists::secure_clients,
        "listAdministrators" | "listAdministratorsByCustomer" => administrators::list,
        "createAdministrator" => administrators::create,
        "getAdministratorAccess" => administrators::get_access,
        "updateAdministratorAccess" => administrators::set_access,
        "deleteAdministrator" => administrators::delete,
        "deleteAdministratorInvitation" => administrators::delete_invitation,
        "listSystemLogRecords" => system_log::list,
        "getCurrentLicenseUsage" => licensing::current,
        "createWebhookSubscription" => webhooks::create,
        "activateSite" => activation::activate,
        _ => return None,
    })
}

/// Names every operation outside `DaaS` once.
#[cfg(test)]
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<_> = crate::operations::all_in_cloud()
        .iter()
        .map(|it| it.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}

#[cfg(test)]
pub(crate) fn is_emulated(operation: &str) -> bool {
    handler(operation).is_some() || sign_in_handler(operation).is_some()
}

/// Responds to calls that need no token. The customer, or `root`, is in the path; on premises there is none.
pub(crate) fn open(shared: &Shared, call: &Call, asked: &Lookup) -> Reply {
    let in_path = !call.starts_with(&DIRECT) && !call.starts_with(&["cvad"]);
    let outcome = || -> Outcome {
        let target = Target::of(call, asked, in_path)?;
        let (world, now) = shared.world();
        let name = target.operation()?;
        let handler = sign_in_handler(name).ok_or_else(|| common::not_implemented(name))?;
        handler(&SignIn {
            shared,
            world: &world,
            now,
            call,
            customer: target.customer,
        })
    };
    outcome().unwrap_or_else(|refusal| refusal)
}

/// Responds to calls to the hosts that have the customer in the path. They ignore `Accept`.
pub(crate) fn by_path(shared: &Shared, call: &Call, asked: &Lookup) -> Reply {
    let admit = |customer: &str, now| {
        let header = call.header("authorization");
        let grant =
            authorization::check(shared, header, now).map_err(|_| legacy::authentication())?;
        if grant.covers(customer) {
            Ok(())
        } else {
            Err(common::authorization())
        }
    };
    let target = Target::of(call, asked, true);
    let reply = target.and_then(|target| respond(shared, call, target, admit));
    reply.unwrap_or_else(|refusal| refusal)
}

/// Responds to calls to the platform's services, which take the customer from a header.
pub(crate) fn by_header(shared: &Shared, call: &Call, asked: &Lookup) -> Reply {
    let admit = |customer: &str, now| {
        let header = call.header("authorization");
        let grant = authorization::check(shared, header, now).map_err(common::authentication)?;
        check_accept(shared, call)?;
        if customer.is_empty() {
            return Err(common::missing("Citrix-CustomerId"));
        }
        if grant.covers(customer) {
            Ok(())
        } else {
            Err(common::authorization())
        }
    };
    let target = Target::of(call, asked, false);
    let reply = target.and_then(|target| respond(shared, call, target, admit));
    reply.unwrap_or_else(|refusal| refusal)
}

/// The customer and the parameters of a call.
struct Target<'a> {
    asked: &'a Lookup,
    /// The customer, from the path if it is there, otherwise from the header.
    customer: String,
    /// The path's other parameters, in order.
    parameters: Vec<String>,
}

impl<'a> Target<'a> {
    fn of(call: &Call, asked: &'a Lookup, customer_in_path: bool) -> Result<Self, Reply> {
        let mut parameters = match asked {
            Lookup::Found(_, parameters) => parameters.clone(),
            Lookup::OtherMethods(_) => Vec::new(),
            Lookup::Unknown => return Err(common::not_found("path", &call.segments.join("/"))),
        };
        let customer = if customer_in_path {
            if !parameters.is_empty() {
                parameters.remove(0);
            }
            customer_in(call).map(str::to_owned)
        } else {
            call.header("citrix-customerid").map(str::to_owned)
        };
        Ok(Self {
            asked,
            customer: customer.unwrap_or_default(),
            parameters,
        })
    }

    fn operation(&self) -> Result<&'static str, Reply> {
        match self.asked {
            Lookup::Found(operation, _) => Ok(operation.name),
            Lookup::OtherMethods(methods) => Err(common::method_not_allowed(methods)),
            Lookup::Unknown => Err(common::not_found("path", "")),
        }
    }
}

fn respond(
    shared: &Shared,
    call: &Call,
    target: Target<'_>,
    admit: impl FnOnce(&str, Timestamp) -> Result<(), Reply>,
) -> Outcome {
    let (mut world, now) = shared.world();
    admit(&target.customer, now)?;
    let name = target.operation()?;
    let handler = handler(name).ok_or_else(|| common::not_implemented(name))?;
    let account = world.account(&target.customer);
    let (administrator, clients, customer) = account.ok_or_else(common::authorization)?;
    let mut context = Context {
        shared,
        administrator,
        clients,
        customer,
        now,
        call,
        parameters: target.parameters,
    };
    let reply = handler(&mut context)?;
    writes::note(&mut context, &reply);
    Ok(reply)
}
