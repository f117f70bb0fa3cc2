//! Reads all sessions of a site as a stream, page by page, as the service sent them.
//!
//! It fetches one page ahead, and requests only the properties that it names.
//!
//! Reads its settings from the environment, as `list_machines` explains.

use citrix_cloud::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let site = client.daas().only_site().await?;
    let mut sessions = site
        .sessions()
        .list()
        .page_size(100)
        .fields(["Id", "State", "Machine"])
        .json_items();
    while let Some(session) = sessions.try_next().await? {
        println!(
            "{} {} {}",
            session["Id"], session["State"], session["Machine"]["Name"]
        );
    }
    Ok(())
}
