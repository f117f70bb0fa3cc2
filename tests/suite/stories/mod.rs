//! Stories: what administrators do, against the emulator.

use std::time::Duration;

use citrix_cloud::{ApiVersion, Client};
use citrix_cloud_emulator::{Emulator, Server, ids};

mod clients;
mod jobs;
mod monitor;
mod monitor_questions;
mod monitor_sets;
mod platform;
mod programs;
mod reboot_idle;
mod search;
mod sessions;
mod tokens;
mod walkthrough;
mod watch;

/// Starts an emulator and a client for it.
async fn start(emulator: &Emulator, api_version: ApiVersion) -> (Server, Client) {
    let server = emulator
        .serve("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let client = Client::builder()
        .credentials(
            citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
                .unwrap(),
        )
        .endpoint(server.url())
        .api_version(api_version)
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap();
    (server, client)
}

/// Returns method, path and status of every request to the emulator.
fn asked(emulator: &Emulator) -> Vec<(String, u16)> {
    let entries = emulator.journal().entries();
    entries
        .into_iter()
        .map(|it| (format!("{} {}", it.method, it.path), it.status))
        .collect()
}
