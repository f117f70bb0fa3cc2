//! `POST .../{customer}/tokens/clients`: exchanges credentials for a token.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::context::SignIn;
use crate::api::{Host, is_gov};
use crate::authorization;
use crate::clock::later;
use crate::http::errors::common::Unauthenticated;
use crate::http::errors::{common, oauth};
use crate::http::{Outcome, Query, Reply, json_body};
use crate::tokens::{Grant, ON_PREMISES};
use crate::world::World;

/// A charset after the content type is rejected (walkthrough, troubleshooting).
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn for_form(context: &SignIn<'_>) -> Outcome {
    let given = context.call.header("content-type").unwrap_or_default();
    let is_json = given
        .split(';')
        .next()
        .is_some_and(|it| it.trim() == "application/json");
    if is_json && !context.shared.settings.strict {
        return for_json(context);
    }
    if given != FORM {
        return Err(common::unsupported_media_type(given));
    }
    let form = Query::parse(std::str::from_utf8(&context.call.body).ok());
    let field = |name: &str| form.get(name).ok_or_else(|| oauth::invalid_request(name));
    if field("grant_type")? != "client_credentials" {
        return Err(oauth::unsupported_grant_type());
    }
    let token = token_for(context, field("client_id")?, field("client_secret")?)?;
    let body = body(&token, context.shared.settings.token_lifetime);
    Ok(unstored(Reply::text(200, "application/json", body)))
}

/// Serves the older form of the trust service, which Citrix calls deprecated: JSON in, JSON out.
///
/// The Gov host capitalizes keys in both directions. On a host that is not Citrix's, the response follows the request.
pub(super) fn for_json(context: &SignIn<'_>) -> Outcome {
    context.call.check_json_content()?;
    let body = json_body(&context.call.body)?;
    let field = |name: &str, capital: &str| {
        let value = body[name].as_str().or_else(|| body[capital].as_str());
        value.ok_or_else(|| oauth::invalid_request(name))
    };
    let id = field("clientId", "ClientId")?;
    let token = token_for(context, id, field("clientSecret", "ClientSecret")?)?;
    let seconds = context.shared.settings.token_lifetime.as_secs();
    let host = context.call.host.as_deref().unwrap_or_default();
    let gov = match Host::of(host) {
        Host::Foreign => body.get("ClientId").is_some(),
        _ => is_gov(host),
    };
    let administrator = &context.world.administrator;
    let body = if gov {
        json!({
            "Token": token,
            "Principal": administrator.email,
            "UserId": administrator.user_id,
            "CustomerId": context.customer,
            "ExpiresAt": seconds,
        })
    } else {
        json!({
            "principal": administrator.email,
            "subject": administrator.user_id,
            "token": token,
            "openIdToken": null,
            "expiresIn": seconds,
        })
    };
    Ok(unstored(Reply::json(200, &body)))
}

/// Serves the sign-in of an on-premises delivery controller: `domain\user` and password, which here are a client's id
/// and secret, with any domain.
pub(super) fn for_basic(context: &SignIn<'_>) -> Outcome {
    let header = context.call.header("authorization");
    let header = header.ok_or_else(|| common::authentication(Unauthenticated::Missing))?;
    let invalid = || common::authentication(Unauthenticated::Invalid);
    let (user, password) = authorization::basic(header).ok_or_else(invalid)?;
    let id = user.rsplit('\\').next().unwrap_or_default();
    let customers = customers_of(context.world, id, &password).ok_or_else(invalid)?;
    Ok(direct(context, customers))
}

/// Replaces an on-premises token with a new one.
pub(super) fn renewed(context: &SignIn<'_>) -> Outcome {
    let header = context.call.header("authorization");
    let grant = authorization::check_either(context.shared, header, context.now);
    let customers = grant.map_err(common::authentication)?.customers;
    Ok(direct(context, customers))
}

/// There are no customers on premises, only this placeholder.
fn direct(context: &SignIn<'_>, customers: Vec<String>) -> Reply {
    let expires = expiry(context);
    let on_premises = true;
    let token = mint(
        context,
        Grant {
            customers,
            expires,
            on_premises,
        },
    );
    unstored(Reply::json(
        200,
        &json!({
            "Token": token,
            "Principal": context.world.administrator.email,
            "UserId": context.world.administrator.user_id,
            "CustomerId": ON_PREMISES,
            "ExpiresAt": expires.to_string(),
        }),
    ))
}

fn token_for(context: &SignIn<'_>, id: &str, secret: &str) -> Result<String, Reply> {
    let customers = customers_of(context.world, id, secret).ok_or_else(oauth::invalid_client)?;
    let expires = expiry(context);
    let on_premises = false;
    let grant = Grant {
        customers,
        expires,
        on_premises,
    };
    if !context.customer.eq_ignore_ascii_case("root") && !grant.covers(&context.customer) {
        return Err(oauth::invalid_client());
    }
    Ok(mint(context, grant))
}

fn mint(context: &SignIn<'_>, grant: Grant) -> String {
    let user_id = &context.world.administrator.user_id;
    context.shared.tokens().mint(grant, user_id, context.now)
}

/// Returns the customers that a client may act for, if the secret is correct.
fn customers_of(world: &World, id: &str, secret: &str) -> Option<Vec<String>> {
    let mut clients = world.clients.iter();
    let client = clients.find(|it| it.client_id == id && it.client_secret == secret)?;
    Some(client.customers.clone())
}

fn expiry(context: &SignIn<'_>) -> Timestamp {
    later(context.now, signed(context.shared.settings.token_lifetime))
}

fn unstored(reply: Reply) -> Reply {
    reply
        .with("Cache-Control", "no-store")
        .with("Pragma", "no-cache")
        .with("Access-Control-Expose-Headers", "X-Cws-TransactionId")
}

/// The white space and the number as text are as in the walkthrough.
fn body(token: &str, lifetime: Duration) -> String {
    let outer = " ".repeat(24);
    let inner = " ".repeat(28);
    let seconds = lifetime.as_secs();
    format!(
        "\n{outer}{{\n{inner}\"token_type\": \"bearer\",\n{inner}\"access_token\": \"{token}\",\n\
         {inner}\"expires_in\": \"{seconds}\"\n{outer}}}\n{outer}"
    )
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
