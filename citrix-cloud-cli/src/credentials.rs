//! The source of credentials: the environment, a profile or a prompt, but never an argument.

use citrix_cloud::{Credentials, Secret};

use crate::exit::Failure;
use crate::profiles::{Field, Origin, Settings};
use crate::secrets::SecretKey;
use crate::terminal::Terminal;

/// Reads environment variables; empty ones count as unset.
pub(crate) type Environment = fn(&str) -> Option<String>;

/// Reads the environment of this process.
pub(crate) fn process_environment(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

const CLIENT_ID: [&str; 2] = ["CITRIX_CLIENT_ID", "CLIENT_ID"];
const CLIENT_SECRET: [&str; 2] = ["CITRIX_CLIENT_SECRET", "CLIENT_SECRET"];
const CUSTOMER_ID: [&str; 2] = ["CITRIX_CUSTOMER_ID", "CUSTOMER_ID"];

/// Returns the secret in the environment, if any, and the name of its variable.
pub(crate) fn secret_of(environment: Environment) -> Option<(Secret, &'static str)> {
    let mut names = CLIENT_SECRET.into_iter();
    names.find_map(|name| environment(name).map(|it| (it.into(), name)))
}

/// Returns the profile whose stored secret belongs to the client id, and whether it takes precedence over a secret in
/// the environment. A secret is never combined with an id from another source, except that the environment may contain
/// the secret alone.
pub(crate) fn secret_key(settings: &Settings) -> Option<(SecretKey, bool)> {
    let (client_id, origin) = settings.get(Field::ClientId)?;
    let (profile, first) = match origin {
        Origin::NamedProfile(name) => (name, true),
        Origin::Profile(name) => (name, false),
        Origin::Option(_) | Origin::Environment(_) => return None,
    };
    let key = SecretKey {
        profile: profile.clone(),
        client_id: client_id.to_owned(),
    };
    Some((key, first))
}

/// Finds the credentials; `stored` reads the secret of a profile.
///
/// If there is a terminal, missing values are requested there.
pub(crate) fn find(
    settings: &Settings,
    environment: Environment,
    terminal: Terminal,
    stored: impl Fn(&SecretKey) -> Result<Option<Secret>, Failure>,
) -> Result<Credentials, Failure> {
    let set = || secret_of(environment).map(|(secret, _)| secret);
    let secret = match secret_key(settings) {
        None => set(),
        Some((key, first)) => {
            let found = match (first, set()) {
                (false, Some(secret)) => Some(secret),
                (_, set) => stored(&key)?.or(set),
            };
            let none = || {
                Failure::Usage(format!(
                    "profile {0} has no secret; sign in with `citrix-cloud login --profile {0}`",
                    key.profile
                ))
            };
            Some(found.ok_or_else(none)?)
        }
    };
    let id = settings.value(Field::ClientId).map(str::to_owned);
    let customer = settings.value(Field::Customer).map(str::to_owned);
    if !terminal.can_ask {
        let missing: Vec<String> = [
            (id.is_none(), CLIENT_ID),
            (secret.is_none(), CLIENT_SECRET),
            (customer.is_none(), CUSTOMER_ID),
        ]
        .into_iter()
        .filter(|(missing, _)| *missing)
        .map(|(_, [prefixed, plain])| format!("{prefixed} (or {plain})"))
        .collect();
        if !missing.is_empty() {
            return Err(Failure::Usage(format!(
                "not set in the environment: {}; set what is missing, or sign in once with \
                 `citrix-cloud login`",
                missing.join(", ")
            )));
        }
    }
    let client_id = match id {
        Some(id) => id,
        None => terminal.ask("Client id: ")?,
    };
    let client_secret: Secret = match secret {
        Some(secret) => secret,
        None => terminal.ask_secret("Client secret (not shown): ")?.into(),
    };
    let customer = match customer {
        Some(customer) => customer,
        None => terminal.ask("Customer id: ")?,
    };
    Ok(Credentials::new(client_id, client_secret, customer)?)
}
