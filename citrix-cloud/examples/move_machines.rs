//! Moves the machines of a delivery group to another one, but for those that are in use.
//!
//! The groups are the arguments, by name or id: `'Demo Desktops' Sales`.
//!
//! Takes its settings from the environment, as `list_machines` says, and runs with
//! `cargo run -p citrix-cloud --features daas-delivery-groups --example move_machines`.

use citrix_cloud::models::{AddDeliveryGroupMachines, AssignMachineToUser};
use citrix_cloud::{Client, Error, ErrorKind};

pub(crate) async fn run(client: &Client, from: &str, to: &str) -> Result<(), Error> {
    let site = client.daas().only_site().await?;
    let (from, to) = (site.delivery_group(from), site.delivery_group(to));
    // What would stop the second step is found out before the first one.
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
        // Without users, the machine is only named.
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
            "say from which delivery group to which one",
        ));
    };
    run(&Client::from_env()?, &from, &to).await
}
