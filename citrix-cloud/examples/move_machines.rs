//! Moves the machines of a delivery group to another one, except those in use.
//!
//! Pass the two groups by name or id: `'Demo Desktops' Sales`.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --features daas-delivery-groups --example move_machines`.

use citrix_cloud::models::{AddDeliveryGroupMachines, AssignMachineToUser};
use citrix_cloud::{Client, Error, ErrorKind};

pub(crate) async fn run(client: &Client, from: &str, to: &str) -> Result<(), Error> {
    let site = client.daas().only_site().await?;
    let (from, to) = (site.delivery_group(from), site.delivery_group(to));
    // Fails before the first step if the second one cannot work.
    to.get().await?;

    for machine in from.machines().all().await? {
        let catalog = machine
            .machine_catalog
            .as_ref()
            .and_then(|it| it.id.clone());
        let (Some(id), Some(catalog)) = (machine.id.clone(), catalog) else {
            println!(
                "{:?}: the service does not say where it belongs",
                machine.name
            );
            continue;
        };
        match from.remove_machine(&machine).await {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Conflict => {
                println!("{:?} stays: {}", machine.name, error.message());
                continue;
            }
            Err(error) => return Err(error),
        }
        // Names the machine without assigning users.
        let added = AddDeliveryGroupMachines::new(catalog)
            .assign_machines_to_users([AssignMachineToUser::new(id)]);
        to.add_machines(added).await?;
        println!("{:?} is moved", machine.name);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err(Error::new(
            ErrorKind::Input,
            "name the delivery group to move from, and the one to move to",
        ));
    };
    run(&Client::from_env()?, &from, &to).await
}
