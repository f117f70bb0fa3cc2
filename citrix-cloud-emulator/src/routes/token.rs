//! `POST /cctrustoauth2/{customer}/tokens/clients`: credentials for a token.

use std::time::Duration;

use jiff::SignedDuration;

use super::cloud::Turn;
use crate::clock::later;
use crate::http::errors::{common, oauth};
use crate::http::{Outcome, Query, Reply};
use crate::tokens::Grant;

/// A charset after it is refused (walkthrough, troubleshooting).
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn issue(turn: &mut Turn<'_>) -> Outcome {
    let given = turn.call.header("content-type").unwrap_or_default();
    if given != FORM {
        return Err(common::unsupported_media_type(given));
    }
    let form = Query::parse(std::str::from_utf8(&turn.call.body).ok());
    let field = |name: &str| form.get(name).ok_or_else(|| oauth::invalid_request(name));
    if field("grant_type")? != "client_credentials" {
        return Err(oauth::unsupported_grant_type());
    }
    let (id, secret) = (field("client_id")?, field("client_secret")?);
    let customers = turn
        .world
        .clients
        .iter()
        .find(|client| client.client_id == id && client.client_secret == secret)
        .map(|client| client.customers.clone())
        .ok_or_else(oauth::invalid_client)?;
    let lifetime = turn.shared.settings.token_lifetime;
    let grant = Grant {
        customers,
        expires: later(turn.now, signed(lifetime)),
    };
    if !turn.customer.eq_ignore_ascii_case("root") && !grant.covers(&turn.customer) {
        return Err(oauth::invalid_client());
    }
    let token = turn.shared.tokens().issue(grant, turn.now);
    let body = body(&token, lifetime);
    Ok(Reply::text(200, "application/json", body)
        .with("Cache-Control", "no-store")
        .with("Pragma", "no-cache")
        .with("Access-Control-Expose-Headers", "X-Cws-TransactionId"))
}

/// White space and the number as text are the walkthrough's.
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
