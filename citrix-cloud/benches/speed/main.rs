//! `cargo bench -p citrix-cloud`: the pieces of a call. Whole programs are compared by
//! `cargo xtask bench`.

mod call;
mod decode;
mod errors;

use citrix_cloud::{Client, Credentials};
use citrix_cloud_emulator::{Emulator, Server, World, ids};
use criterion::{criterion_group, criterion_main};
use tokio::runtime::Runtime;

/// How many machines the cloud has: one full page.
const MACHINES: usize = 1000;

/// An emulator on loopback and a client of it.
struct Stage {
    runtime: Runtime,
    server: Server,
    client: Client,
}

impl Stage {
    fn new() -> Self {
        // For reqwest alone; ours needs none.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = Runtime::new().expect("threads can be started");
        let cloud = Emulator::builder().world(World::with_machines(MACHINES));
        let server = runtime
            .block_on(cloud.build().serve(([127, 0, 0, 1], 0).into()))
            .expect("a loopback port is free");
        let credentials = Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
            .expect("credentials");
        let client = Client::builder()
            .credentials(credentials)
            .endpoint(server.url())
            .build()
            .expect("the settings work");
        Self {
            runtime,
            server,
            client,
        }
    }

    /// A client with a token and the headers of DaaS, and nothing of ours.
    fn bare(&self) -> reqwest::Client {
        let signing_in = reqwest::Client::new()
            .post(format!(
                "{}/cctrustoauth2/root/tokens/clients",
                self.server.url()
            ))
            .form(&[
                ("grant_type", "client_credentials"),
                ("client_id", ids::CLIENT_ID),
                ("client_secret", ids::CLIENT_SECRET),
            ]);
        let response: serde_json::Value = self.runtime.block_on(async {
            let response = signing_in.send().await.expect("the emulator responds");
            response.json().await.expect("the response is JSON")
        });
        let token = response["access_token"].as_str().expect("there is a token");
        let headers = [
            ("accept", "application/json".to_owned()),
            ("authorization", format!("CwsAuth Bearer={token}")),
            ("citrix-customerid", ids::CUSTOMER_ID.to_owned()),
            ("citrix-instanceid", ids::SITE_ID.to_owned()),
        ];
        let headers = headers.into_iter().map(|(name, value)| {
            let name = http::HeaderName::from_static(name);
            (name, value.parse().expect("a header's value"))
        });
        reqwest::Client::builder()
            .default_headers(headers.collect())
            .build()
            .expect("the settings work")
    }

    /// The address of something of DaaS.
    fn daas(&self, path: &str) -> String {
        format!("{}/cvad/manage/{path}", self.server.url())
    }
}

criterion_group!(speed, call::overhead, decode::page, errors::classification);
criterion_main!(speed);
