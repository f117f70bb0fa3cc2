//! Gets many machines with a few requests, and prints the outcome for each.
//!
//! Pass machines as arguments, by id or name. Without arguments, it gets machines that only the
//! emulator has.
//!
//! Reads its settings from the environment, as `list_machines` explains.

use citrix_cloud::{Client, Error};

const DEMO: [&str; 3] = [r"DEMOLAB\OSPREY", r"DEMOLAB\KESTREL", r"DEMOLAB\NOBODY"];

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() {
        names = DEMO.map(str::to_owned).to_vec();
    }
    let client = Client::from_env()?;
    let site = client.daas().only_site().await?;

    let batch = site.batch(names.iter().map(|name| site.machine(name).get()));
    let mut outcomes = batch.outcomes();
    while let Some(outcome) = outcomes.next().await {
        let name = &names[outcome.index];
        match outcome.result {
            Ok(machine) => println!("{name}: {:?}", machine.power_state),
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}
