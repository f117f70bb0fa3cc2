//! Logs off all sessions of one user.
//!
//! Pass the user as `DOMAIN\name`. Without an argument, it takes a user that only the emulator has.
//! **Unsaved work is lost.** The program finds the sessions in one request, however many the site
//! has.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --example log_off_user`.

use citrix_cloud::search::{Property as _, SessionProperty};
use citrix_cloud::{Client, Error};

const ROBIN: &str = r"DEMOLAB\robin";

pub(crate) async fn run(client: &Client, user: &str) -> Result<(), Error> {
    let site = client.daas().only_site().await?;
    let of_user = SessionProperty::UserName.equals(user);
    for session in site.sessions().search(of_user).all().await? {
        let machine = session.machine.as_ref().and_then(|it| it.name.as_deref());
        println!("logging off from {machine:?}");
        site.session(&session).logoff().await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let user = std::env::args().nth(1);
    run(&Client::from_env()?, user.as_deref().unwrap_or(ROBIN)).await
}
