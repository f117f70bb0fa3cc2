//! Reboots the unused machines of a catalog.
//!
//! Pass the catalog by id or name. Without an argument, it takes the walkthrough's catalog, which
//! only the emulator has. **It reboots without asking.**
//!
//! Reads its settings from the environment, as `list_machines` explains.

use citrix_cloud::bulk::Outcome;
use citrix_cloud::{Client, Error};

const WALKTHROUGH: &str = "12345678-1234-1234-1234-12345678abcd";

#[tokio::main]
async fn main() -> Result<(), Error> {
    let catalog = std::env::args()
        .nth(1)
        .unwrap_or_else(|| WALKTHROUGH.to_owned());
    let client = Client::from_env()?;
    let site = client.daas().only_site().await?;

    let plan = site.machine_catalog(catalog).reboot_idle().plan().await?;
    println!(
        "{} of {} machines are idle",
        plan.to_act_on().count(),
        plan.steps().len()
    );

    let mut reports = plan.run();
    while let Some(report) = reports.next().await {
        println!("{}: {}", report.name, report.outcome);
        if let Outcome::Unknown(error) = &report.outcome {
            // The reboot may have run, so do not repeat it blindly.
            eprintln!("  look at {}: {error}", report.name);
        }
    }
    Ok(())
}
