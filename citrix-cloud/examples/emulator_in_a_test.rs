//! Tests your own program against the emulator: no account, no network, no waiting.
//!
//! `shut_down_idle` stands for your program, and `main` for its test. It needs no settings.

use citrix_cloud::{Client, Credentials, Error};
use citrix_cloud_emulator::{Emulator, PowerAction, Session, World, ids};

/// Shuts down every machine in a catalog that has no sessions.
async fn shut_down_idle(client: &Client, catalog: &str) -> Result<usize, Error> {
    let site = client.daas().only_site().await?;
    let mut asked = 0;
    for machine in site.machine_catalog(catalog).machines().all().await? {
        if let (Some(id), Some(0)) = (machine.id, machine.session_count) {
            site.machine(id).shutdown().await?;
            asked += 1;
        }
    }
    Ok(asked)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::builder().world(World::with_machines(4)).build();
    let server = emulator.serve(([127, 0, 0, 1], 0).into()).await?;
    let client = Client::builder()
        .credentials(Credentials::new(
            ids::CLIENT_ID,
            ids::CLIENT_SECRET,
            ids::CUSTOMER_ID,
        )?)
        .endpoint(server.url())
        .build()?;

    let busy = emulator.update_site(|site| {
        let first = site
            .machines
            .iter()
            .next()
            .map(|machine| machine.id().to_owned());
        let first = first.unwrap_or_default();
        site.start_session(Session::new(r"DEMOLAB\robin", 1, &first));
        first
    });
    assert_eq!(shut_down_idle(&client, ids::CATALOG_ID).await?, 3);

    emulator.read_site(|site| {
        for machine in site.machines.iter() {
            let expected = usize::from(machine.id() != busy);
            assert_eq!(machine.accepted(PowerAction::Shutdown), expected);
        }
    });
    let refused = emulator
        .journal()
        .entries()
        .into_iter()
        .filter(|it| it.status >= 400)
        .count();
    assert_eq!(refused, 0);
    println!("3 of 4 machines were shut down");
    Ok(())
}
