//! Runs a reboot as a job, and watches the job until it has finished.
//!
//! Pass the machine by id or name. Without an argument, it takes a machine that only the emulator
//! has. **It reboots without asking, sessions or not.**
//!
//! Reads its settings from the environment, as `list_machines` explains.

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

    let mut looks = job.wait(Duration::from_secs(120)).updates();
    while let Some(now) = looks.try_next().await? {
        println!("{:?}, {:?} %", now.status, now.overall_progress_percent);
    }
    // The job has finished; this returns how it ended.
    match job.wait(Duration::from_secs(10)).await {
        Ok(_) => println!("done"),
        Err(error) if error.kind() == ErrorKind::JobFailed => println!("{error}"),
        Err(error) => return Err(error),
    }
    Ok(())
}
