//! Lists the machines of every catalog with their sessions.
//!
//! Reads its settings from the environment. To run it against the emulator, start
//! `cargo run -p citrix-cloud-emulator -- serve`, and set `CITRIX_CLIENT_ID`,
//! `CITRIX_CLIENT_SECRET`, `CITRIX_CUSTOMER_ID` and `CITRIX_CLOUD_ENDPOINT` to what it prints. Then run
//! `cargo run -p citrix-cloud --example list_machines`.

use citrix_cloud::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let site = client.daas().only_site().await?;
    for catalog in site.machine_catalogs().list().all().await? {
        let (Some(id), Some(name)) = (catalog.id, catalog.name) else {
            continue;
        };
        println!("{name}");
        for machine in site.machine_catalog(id).machines().all().await? {
            let name = machine.name.unwrap_or_default();
            // A missing count is unknown, which is not the same as zero.
            match machine.session_count {
                Some(sessions) => println!("  {name}: {sessions} sessions"),
                None => println!("  {name}: sessions unknown"),
            }
        }
    }
    Ok(())
}
