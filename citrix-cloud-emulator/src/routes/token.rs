//! `POST .../{customer}/tokens/clients`: credentials for a token.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::cloud::Turn;
use crate::clock::later;
use crate::http::errors::{common, oauth};
use crate::http::{Outcome, Query, Reply, json_body};
use crate::tokens::Grant;

/// A charset after it is refused (walkthrough, troubleshooting).
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn for_form(turn: &mut Turn<'_>) -> Outcome {
    let given = turn.call.header("content-type").unwrap_or_default();
    if given != FORM {
        return Err(common::unsupported_media_type(given));
    }
    let form = Query::parse(std::str::from_utf8(&turn.call.body).ok());
    let field = |name: &str| form.get(name).ok_or_else(|| oauth::invalid_request(name));
    if field("grant_type")? != "client_credentials" {
        return Err(oauth::unsupported_grant_type());
    }
    let token = token_for(turn, field("client_id")?, field("client_secret")?)?;
    let body = body(&token, turn.shared.settings.token_lifetime);
    Ok(unstored(Reply::text(200, "application/json", body)))
}

/// Answers the older form of the trust service, which Citrix calls deprecated: JSON in, JSON out.
pub(super) fn for_json(turn: &mut Turn<'_>) -> Outcome {
    turn.call.check_json_content()?;
    let body = json_body(&turn.call.body)?;
    let field = |name: &str| {
        body[name]
            .as_str()
            .ok_or_else(|| oauth::invalid_request(name))
    };
    let token = token_for(turn, field("clientId")?, field("clientSecret")?)?;
    let body = json!({
        "principal": turn.world.administrator.email,
        "subject": turn.world.administrator.user_id,
        "token": token,
        "openIdToken": null,
        "expiresIn": turn.shared.settings.token_lifetime.as_secs(),
    });
    Ok(unstored(Reply::json(200, &body)))
}

fn token_for(turn: &Turn<'_>, id: &str, secret: &str) -> Result<String, Reply> {
    let mut clients = turn.world.clients.iter();
    let client = clients.find(|it| it.client_id == id && it.client_secret == secret);
    let customers = client.ok_or_else(oauth::invalid_client)?.customers.clone();
    let expires = later(turn.now, signed(turn.shared.settings.token_lifetime));
    let grant = Grant { customers, expires };
    if !turn.customer.eq_ignore_ascii_case("root") && !grant.covers(&turn.customer) {
        return Err(oauth::invalid_client());
    }
    Ok(turn.shared.tokens().mint(grant, turn.now))
}

fn unstored(reply: Reply) -> Reply {
    reply
        .with("Cache-Control", "no-store")
        .with("Pragma", "no-cache")
        .with("Access-Control-Expose-Headers", "X-Cws-TransactionId")
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
