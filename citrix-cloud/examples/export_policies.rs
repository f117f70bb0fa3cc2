//! Writes all policies with their settings and filters to standard output, as JSON.
//!
//! Policies are in sets. A policy has settings, and filters that say whom they apply to.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --features daas-policies --example export_policies`.

use citrix_cloud::{Client, Error};
use serde_json::{Value, json};

pub(crate) async fn run(client: &Client) -> Result<Value, Error> {
    let site = client.daas().only_site().await?;
    let mut sets = Vec::new();
    for set in site.policy_sets().list().all().await? {
        // One request per set. For a single policy, use `site.policy_settings().list(&policy)` and
        // `site.policy_filters().list(&policy)`.
        let policies = site
            .policies()
            .list(&set)
            .with_settings(true)
            .with_filters(true);
        // As the service sends them, including properties that the models do not have.
        let policies = policies.json_items().collect().await?;
        sets.push(json!({ "name": set.name, "type": set.policy_set_type, "policies": policies }));
    }
    Ok(json!(sets))
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("{:#}", run(&Client::from_env()?).await?);
    Ok(())
}
