//! Gives a catalog a new image, and waits for the job.
//!
//! Pass the catalog and the path of the image:
//! `Pooled 'XDHyp:\HostingUnits\Demo Pool\Windows 11.vm\Base.snapshot'`. Only a catalog whose
//! machines were created from an image can get a new one; the documentation of
//! `citrix_cloud::models` creates `Pooled`. The machines get the image when they next start.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --example update_image`.

use std::time::Duration;

use citrix_cloud::models::UpdateMachineCatalogProvisioningScheme;
use citrix_cloud::{Client, Error, ErrorKind};

pub(crate) async fn run(client: &Client, catalog: &str, image: &str) -> Result<(), Error> {
    let site = client.daas().only_site().await?;
    let catalog = site.machine_catalog(catalog);

    let update = UpdateMachineCatalogProvisioningScheme::new()
        .master_image_path(image)
        .master_image_note("November updates")
        .store_old_image(true);
    let job = catalog.update_provisioning_scheme(update).as_job().await?;
    println!("job {}", job.id());
    job.wait(Duration::from_secs(3600)).await?;

    let scheme = catalog.get().await?.provisioning_scheme;
    let image = scheme.and_then(|it| it.current_disk_image);
    println!(
        "image {:?}",
        image.and_then(|it| it.image).and_then(|it| it.name)
    );
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let (Some(catalog), Some(image)) = (arguments.next(), arguments.next()) else {
        return Err(Error::new(
            ErrorKind::Input,
            "name a catalog and the path of its new image",
        ));
    };
    run(&Client::from_env()?, &catalog, &image).await
}
