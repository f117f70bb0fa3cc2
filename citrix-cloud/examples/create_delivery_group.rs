//! Creates a delivery group with machines and a desktop.
//!
//! The machines come from a catalog that this program creates from two existing machines.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --features daas-delivery-groups --example create_delivery_group`.

use citrix_cloud::models::{
    AddDeliveryGroupMachines, AddMachineToMachineCatalog, AllocationType, CreateDeliveryGroup,
    CreateMachineCatalog, DesktopInput, ProvisioningType, SessionSupport,
};
use citrix_cloud::{Client, Error};

pub(crate) async fn run(client: &Client) -> Result<(), Error> {
    let site = client.daas().only_site().await?;

    let machines = [r"DEMOLAB\SWIFT", r"DEMOLAB\CROW"];
    let catalog = CreateMachineCatalog::new(
        "Branch",
        ProvisioningType::Manual,
        SessionSupport::MultiSession,
    )
    .allocation_type(AllocationType::Random)
    .machines(machines.map(|name| AddMachineToMachineCatalog::new().machine_name(name)));
    site.machine_catalogs().create(catalog).await?;

    let desktop = DesktopInput::new()
        .published_name("Sales desktop")
        .enabled(true)
        .included_user_filter_enabled(true)
        .included_users([r"DEMOLAB\jay"]);
    let group = CreateDeliveryGroup::new("Sales")
        .machine_catalogs([AddDeliveryGroupMachines::new("Branch").count(2)])
        .desktops([desktop]);
    site.delivery_groups().create(group).await?;

    let sales = site.delivery_group("Sales");
    for machine in sales.machines().all().await? {
        println!("machine {:?}", machine.name);
    }
    for desktop in sales.desktops().all().await? {
        println!("desktop {:?}", desktop.published_name);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(&Client::from_env()?).await
}
