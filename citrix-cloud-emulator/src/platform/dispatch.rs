//! Everything outside `DaaS`: who may call, and which handler answers.

use jiff::Timestamp;

use super::context::{Context, SignIn};
use super::{
    activation, administrators, licensing, notifications, older_lists, resource_locations,
    service_principals, service_states, system_log, token, webhooks, writes,
};
use crate::accept::check_accept;
use crate::api::DIRECT;
use crate::authorization;
use crate::http::errors::{common, legacy};
use crate::http::{Call, Outcome, Reply};
use crate::operations::{Lookup, in_cloud};
use crate::shared::Shared;

/// What may stand before the customer in a path.
const BEFORE_THE_CUSTOMER: [&str; 2] = ["cctrustoauth2", "resourceprovider"];

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

/// Answers calls that need no token; the customer, or `root`, is in the path, or nowhere on premises.
pub(crate) fn open(shared: &Shared, call: &Call) -> (Option<&'static str>, Reply) {
    let in_path = !call.starts_with(&DIRECT) && !call.starts_with(&["cvad"]);
    let found = match Asked::read(call, in_path) {
        Ok(found) => found,
        Err(refusal) => return (None, refusal),
    };
    let (world, now) = shared.world();
    let outcome = found.operation().and_then(|name| {
        let handler = sign_in_handler(name).ok_or_else(|| common::not_implemented(name))?;
        let customer = found.customer.clone();
        handler(&SignIn {
            shared,
            world: &world,
            now,
            call,
            customer,
        })
    });
    (found.name, outcome.unwrap_or_else(|refusal| refusal))
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
        check_accept(shared, call)?;
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

/// What a path stands for.
struct Asked {
    name: Option<&'static str>,
    methods: Vec<&'static str>,
    /// The customer: from the path where it is there, else from the header.
    customer: String,
    parameters: Vec<String>,
}

impl Asked {
    fn read(call: &Call, customer_in_path: bool) -> Result<Self, Reply> {
        let (name, mut parameters, methods) = match in_cloud(&call.method, &call.segments) {
            Lookup::Found(operation, parameters) => (Some(operation.name), parameters, Vec::new()),
            Lookup::OtherMethods(methods) => (None, Vec::new(), methods),
            Lookup::Unknown => return Err(common::not_found("path", &call.segments.join("/"))),
        };
        let customer = if customer_in_path {
            if !parameters.is_empty() {
                parameters.remove(0);
            }
            let mut segments = call.segments.iter();
            let is_before = |it: &str| {
                let mut words = BEFORE_THE_CUSTOMER.iter();
                words.any(|word| it.eq_ignore_ascii_case(word))
            };
            segments.find(|it| !is_before(it)).cloned()
        } else {
            call.header("citrix-customerid").map(str::to_owned)
        };
        Ok(Self {
            name,
            methods,
            customer: customer.unwrap_or_default(),
            parameters,
        })
    }

    fn operation(&self) -> Result<&'static str, Reply> {
        self.name
            .ok_or_else(|| common::method_not_allowed(&self.methods))
    }
}

fn route(
    shared: &Shared,
    call: &Call,
    customer_in_path: bool,
    admit: impl FnOnce(&str, Timestamp) -> Result<(), Reply>,
) -> (Option<&'static str>, Reply) {
    let asked = match Asked::read(call, customer_in_path) {
        Ok(asked) => asked,
        Err(refusal) => return (None, refusal),
    };
    let (mut world, now) = shared.world();
    let name = asked.name;
    let outcome = admit(&asked.customer, now).and_then(|()| {
        let name = asked.operation()?;
        let handler = handler(name).ok_or_else(|| common::not_implemented(name))?;
        let account = world.account(&asked.customer);
        let (administrator, clients, customer) = account.ok_or_else(common::authorization)?;
        let mut context = Context {
            shared,
            administrator,
            clients,
            customer,
            now,
            call,
            parameters: asked.parameters,
        };
        let reply = handler(&mut context)?;
        writes::note(&mut context, &reply);
        Ok(reply)
    });
    (name, outcome.unwrap_or_else(|refusal| refusal))
}
