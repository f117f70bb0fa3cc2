//! Has the service make a job of a reboot, and waits until the job is over.
//!
//! The machine is the argument, by id or name; without one it is a machine that only the emulator
//! has. **It reboots without asking, sessions or not.**
//!
//! Takes its settings from the environment, as `list_machines` says.

use std::time::Duration;

use citrix_cloud::{Client, Error, ErrorKind};

const KESTREL: &str = r"DEMOLAB\KESTREL";

#[tokio::main]
async fn main() -> Result<(), Error> {
    let machine = std::env::args()
        .nth(1)
        .unwrap_or_else(|| KESTREL.to_owned());
    let client = Client::from_env()?;
    let site = client.daas().only_site().await?;

    let job = site.machine(machine).reboot().as_job().await?;
    println!("job {}", job.id());

    let wait = job
        .wait(Duration::from_secs(120))
        .poll_every(Duration::from_secs(1));
    match wait.await {
        Ok(job) => println!(
            "{}",
            job.status
                .map(|status| status.to_string())
                .unwrap_or_default()
        ),
        Err(error) if error.kind() == ErrorKind::Timeout => {
            // Nobody cancels it; the id finds it again: `site.job(id)`.
            println!("still going: {}", error.job_id().unwrap_or_default());
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
