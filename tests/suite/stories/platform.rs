//! Resource locations and service principals from creation to deletion.

use citrix_cloud::{ApiVersion, CreateResourceLocation, UpdateResourceLocation};
use citrix_cloud_emulator::Emulator;

use super::{asked, start};

#[tokio::test]
async fn a_resource_location_lives_and_goes() {
    let emulator = Emulator::builder().strict().build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let locations = client.resource_locations();
    let made = locations
        .create(CreateResourceLocation::new("Lab"))
        .await
        .unwrap();
    let id = made.id.unwrap();
    locations
        .update(&id, UpdateResourceLocation::new().name("Lab 2"))
        .await
        .unwrap();
    assert_eq!(
        locations.get(&id).await.unwrap().name.as_deref(),
        Some("Lab 2")
    );
    assert_eq!(locations.list().all().await.unwrap().len(), 2);
    locations.delete(&id).await.unwrap();
    let error = locations.get(&id).await.unwrap_err();
    assert!(error.is_not_found());
    assert!(error.to_string().contains(&id), "{error}");
}

#[tokio::test]
async fn a_service_principal_lives_and_goes() {
    let emulator = Emulator::builder().strict().build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let principals = client.service_principals();
    let before = principals.list().all().await.unwrap().len();
    let id = principals.create("Robot").await.unwrap().id.unwrap();
    assert_eq!(
        principals.get(&id).await.unwrap().display_name.as_deref(),
        Some("Robot")
    );
    principals.delete(&id).await.unwrap();
    assert_eq!(principals.list().all().await.unwrap().len(), before);
    assert!(asked(&emulator).iter().all(|(_, status)| *status < 400));
}
