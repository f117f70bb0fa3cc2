//! Prints what an error contains.
//!
//! Requests a machine that does not exist, and then one with an id that is not valid.
//!
//! Reads its settings from the environment, as `list_machines` explains.

use citrix_cloud::{Client, Error, ErrorKind};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let site = client.daas().only_site().await?;
    for name in [r"DEMOLAB\DODO", ".."] {
        match site.machine(name).get().await {
            Ok(machine) => println!("{} is there", machine.name.unwrap_or_default()),
            Err(error) => explain(&error),
        }
    }
    Ok(())
}

fn explain(error: &Error) {
    let advice = match error.kind() {
        ErrorKind::Input => "the argument is wrong; nothing was sent",
        ErrorKind::NotFound => "there is no such object",
        ErrorKind::OutcomeUnknown => "a write may have run: look before asking again",
        _ if error.is_retryable() => "the same call may succeed later",
        _ => "somebody has to look",
    };
    println!("{error}");
    println!(
        "  kind {:?}, status {:?}: {advice}",
        error.kind(),
        error.status()
    );
}
