//! Where the credentials come from: the environment or a prompt, never an argument.

use citrix_cloud::{ClientBuilder, Credentials, Secret};

use crate::exit::Failure;
use crate::terminal::Terminal;

/// Reads environment variables; empty ones count as not set.
pub(crate) type Environment = fn(&str) -> Option<String>;

/// The environment of this process.
pub(crate) fn process_environment(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

const CLIENT_ID: [&str; 2] = ["CITRIX_CLIENT_ID", "CLIENT_ID"];
const CLIENT_SECRET: [&str; 2] = ["CITRIX_CLIENT_SECRET", "CLIENT_SECRET"];
const CUSTOMER_ID: [&str; 2] = ["CITRIX_CUSTOMER_ID", "CUSTOMER_ID"];

/// The customer, if the environment names one.
pub(crate) fn customer(environment: Environment) -> Option<String> {
    CUSTOMER_ID.into_iter().find_map(environment)
}

/// Adds the credentials to the settings of a client.
///
/// What the environment lacks is asked for where somebody can be asked.
pub(crate) fn add(
    builder: ClientBuilder,
    customer: Option<&str>,
    environment: Environment,
    terminal: Terminal,
) -> Result<ClientBuilder, Failure> {
    let find = |names: [&str; 2]| names.into_iter().find_map(environment);
    let id = find(CLIENT_ID);
    let secret = find(CLIENT_SECRET);
    let customer = customer.map(str::to_owned).or_else(|| find(CUSTOMER_ID));

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
                "not set in the environment: {}",
                missing.join(", ")
            )));
        }
    }
    let id = match id {
        Some(id) => id,
        None => terminal.ask("Client id: ")?,
    };
    let secret: Secret = match secret {
        Some(secret) => secret.into(),
        None => terminal.ask_secret("Client secret (not shown): ")?.into(),
    };
    let customer = match customer {
        Some(customer) => customer,
        None => terminal.ask("Customer id: ")?,
    };
    Ok(builder.credentials(Credentials::new(id, secret, customer)?))
}
