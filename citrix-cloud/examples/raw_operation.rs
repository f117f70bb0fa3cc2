//! Calls a generated operation, with a parameter that the typed handles do not have.
//!
//! The raw clients send through the same transport as everything else: token, headers, host, path
//! generation.
//!
//! Takes its settings from the environment, as `list_machines` says.

use citrix_cloud::raw::daas::types::SessionSupport;
use citrix_cloud::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let site = client.daas().only_site().await?;

    let raw = client.raw();
    let daas = raw.daas(site.id())?;
    let sent = daas
        .machines_get_machines()
        .session_support(SessionSupport::SingleSession)
        .limit(100)
        .send()
        .await;
    let page = match sent {
        Ok(answer) => answer.into_inner(),
        // `explain` reads the service's words out of an error of the generated client.
        Err(error) => return Err(raw.explain(error).await),
    };
    for machine in page.items {
        println!("{}", machine.name.unwrap_or_default());
    }
    if page.continuation_token.is_some() {
        println!("there are more; a raw operation gives one page");
    }
    Ok(())
}
