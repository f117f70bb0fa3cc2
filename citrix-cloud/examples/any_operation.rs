//! Sends an operation that is built as a value, with an optional parameter.
//!
//! Every operation goes through the same pipeline: token, headers, host, API version, rate limits,
//! retries, paging, errors.
//!
//! Reads its settings from the environment, as `list_machines` explains.

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
