//! Sends an operation that no handle has, with a parameter of its own.
//!
//! Every operation is a value. It goes through the same pipeline as everything else: token, headers,
//! host, API version, pace, retries, paging, errors.
//!
//! Takes its settings from the environment, as `list_machines` says.

use citrix_cloud::models::SessionSupport;
use citrix_cloud::operations::machines::{CheckMachineExists, GetMachinesV2};
use citrix_cloud::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let site = client.daas().only_site().await?;

    let desktops = GetMachinesV2::new().session_support(SessionSupport::SingleSession);
    let mut machines = site.list(desktops).items();
    while let Some(machine) = machines.try_next().await? {
        let name = machine.name.unwrap_or_default();
        let exists = site.send(CheckMachineExists::new(&name)).await?;
        println!("{name}: {exists}");
    }
    Ok(())
}
