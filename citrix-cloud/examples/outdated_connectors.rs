//! Lists the connectors that are older than the service expects.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --example outdated_connectors`.

use citrix_cloud::models::connectors::Connector;
use citrix_cloud::{Client, Error};

pub(crate) async fn run(client: &Client) -> Result<Vec<Connector>, Error> {
    let old = client.connectors().outdated().await?;
    for connector in &old {
        let (has, wants) = (&connector.current_version, &connector.expected_version);
        println!("{:?} has {has:?} and should have {wants:?}", connector.fqdn);
    }
    println!("{} connectors are old", old.len());
    Ok(old)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(&Client::from_env()?).await.map(drop)
}
