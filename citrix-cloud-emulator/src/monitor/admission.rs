//! Checks who may see which customer's data.

use jiff::Timestamp;

use crate::accept::check_accept;
use crate::api::Host;
use crate::authorization;
use crate::http::errors::{common, gateway};
use crate::http::{Call, Reply};
use crate::shared::Shared;
use crate::tokens::ON_PREMISES;
use crate::world::{Customer, World};

/// Finds the customer of a call, if the caller may see its data.
pub(super) fn admitted<'w>(
    shared: &Shared,
    world: &'w World,
    now: Timestamp,
    call: &Call,
    is_direct: bool,
) -> Result<&'w Customer, Reply> {
    let host = Host::of(call.host.as_deref().unwrap_or_default());
    let header = call.header("authorization");
    let named = call.header("citrix-customerid");
    if is_direct && host == Host::Foreign {
        let covered = on_premises(shared, world, header, now)?;
        let named = named.filter(|it| !it.eq_ignore_ascii_case(ON_PREMISES));
        let customer = named.or(covered.first().map(String::as_str));
        return one_of(world, &covered, customer);
    }
    let grant = authorization::check(shared, header, now).map_err(common::authentication)?;
    check_accept(shared, call)?;
    let customer = match &host {
        Host::Customer(label) => Some(label.as_str()),
        _ => named,
    };
    // The gateway's own response, the same as for DaaS.
    let customer = customer.ok_or_else(gateway::internal_server_error)?;
    one_of(world, &grant.customers, Some(customer))
}

fn one_of<'w>(
    world: &'w World,
    covered: &[String],
    customer: Option<&str>,
) -> Result<&'w Customer, Reply> {
    let may = |it: &&str| {
        covered
            .iter()
            .any(|covered| covered.eq_ignore_ascii_case(it))
    };
    let customer = customer.filter(may).and_then(|it| world.customer(it));
    customer.ok_or_else(common::authorization)
}

/// Authenticates an on-premises call. There, Windows would identify the caller. The emulator cannot do that, so it
/// accepts the id and secret of a client, or a token of the `DaaS` API. Returns the customers that the caller may see.
fn on_premises(
    shared: &Shared,
    world: &World,
    header: Option<&str>,
    now: Timestamp,
) -> Result<Vec<String>, Reply> {
    let known = header.and_then(authorization::basic).and_then(|it| {
        let (user, password) = it;
        let id = user.rsplit('\\').next().unwrap_or_default();
        let mut clients = world.clients.iter();
        let client = clients.find(|it| it.client_id == id && it.client_secret == password)?;
        Some(client.customers.clone())
    });
    if let Some(customers) = known {
        return Ok(customers);
    }
    let grant = authorization::check_either(shared, header, now).map_err(|_| {
        let reply = Reply::empty(401).with("WWW-Authenticate", "Negotiate");
        reply.with("WWW-Authenticate", "NTLM")
    })?;
    Ok(grant.customers)
}
