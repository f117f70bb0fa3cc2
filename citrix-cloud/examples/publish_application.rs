//! Publishes an application to a delivery group, and takes it out of all groups again.
//!
//! An update leaves alone whatever it does not set; `clear_…` empties a list.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --features daas-applications --example publish_application`.

use citrix_cloud::models::{
    AddApplications, CreateApplication, CreateInstalledApp, PriorityRefInput, UpdateApplication,
};
use citrix_cloud::{Client, Error};

pub(crate) async fn run(client: &Client) -> Result<(), Error> {
    let site = client.daas().only_site().await?;

    let ledger = CreateApplication::new("Ledger")
        .published_name("Ledger 2026")
        .installed_app_properties(CreateInstalledApp::new(r"C:\Apps\ledger.exe"));
    let applications = AddApplications::new()
        .new_applications([ledger])
        .delivery_groups([PriorityRefInput::new().item("Demo Desktops")]);
    site.applications().create(applications).await?;

    let ledger = site.application("Ledger");
    for group in ledger.delivery_groups().all().await? {
        println!("published in {:?}", group.name);
    }

    let nowhere = UpdateApplication::new()
        .clear_delivery_groups()
        .clear_application_groups();
    ledger.update(nowhere).await?;
    println!(
        "published in {} groups",
        ledger.delivery_groups().all().await?.len()
    );
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(&Client::from_env()?).await
}
