//! Reboots the machines of a catalog that nobody uses.
//!
//! The catalog is the argument, by id or name; without one it is the walkthrough's, which only the
//! emulator has. **It reboots without asking.**
//!
//! Takes its settings from the environment, as `list_machines` says.

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
            // Whether this reboot ran is not known, so it must not be repeated blindly.
            eprintln!("  look at {}: {error}", report.name);
        }
    }
    Ok(())
}
