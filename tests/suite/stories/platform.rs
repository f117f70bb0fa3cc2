//! Resource locations, service principals, administrators and connectors from creation to deletion.

use citrix_cloud::models::administrators::{
    AdministratorAccessType, AdministratorProviderType, AdministratorType, CreateAdministrator,
    UpdateAdministratorAccess,
};
use citrix_cloud::{ApiVersion, CreateResourceLocation, ErrorKind, UpdateResourceLocation};
use citrix_cloud_emulator::{Emulator, ids};

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
    let lab = locations.resource_location(&made);
    lab.update(UpdateResourceLocation::new().name("Lab 2"))
        .await
        .unwrap();
    assert_eq!(lab.get().await.unwrap().name.as_deref(), Some("Lab 2"));
    assert!(lab.exists().await.unwrap());
    assert_eq!(locations.list().all().await.unwrap().len(), 2);
    lab.delete().await.unwrap();
    assert!(!lab.exists().await.unwrap());
    let error = lab.get().await.unwrap_err();
    assert!(error.is_not_found());
    assert!(error.to_string().contains(lab.id()), "{error}");
}

#[tokio::test]
async fn a_service_principal_lives_and_goes() {
    let emulator = Emulator::builder().strict().build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let principals = client.service_principals();
    let before = principals.list().all().await.unwrap().len();
    let made = principals.create("Robot").await.unwrap();
    let robot = principals.service_principal(&made);
    let name = robot.get().await.unwrap().display_name;
    assert_eq!(name.as_deref(), Some("Robot"));
    robot.delete().await.unwrap();
    assert!(!robot.exists().await.unwrap());
    assert_eq!(principals.list().all().await.unwrap().len(), before);
    let failed = asked(&emulator)
        .into_iter()
        .filter(|(_, status)| *status >= 400);
    assert_eq!(failed.count(), 1, "the one that looked whether it is gone");
}

#[tokio::test]
async fn an_administrator_is_invited_restricted_and_removed() {
    let emulator = Emulator::builder().strict().build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let administrators = client.administrators();
    let new = CreateAdministrator::new(
        AdministratorAccessType::Full,
        AdministratorProviderType::AzureAd,
        AdministratorType::AdministratorGroup.as_str(),
    );
    let made = administrators
        .create(new.display_name("Operators"))
        .await
        .unwrap();
    let operators = administrators.administrator(&made);
    assert!(operators.id().contains('/'), "the id of a group");
    let name = operators.get().await.unwrap().display_name;
    assert_eq!(name.as_deref(), Some("Operators"));
    operators
        .set_access(UpdateAdministratorAccess::new(
            AdministratorAccessType::Custom,
        ))
        .await
        .unwrap();
    let access = operators.access().await.unwrap();
    assert_eq!(access.access_type, Some(AdministratorAccessType::Custom));
    let groups = administrators
        .list()
        .administrator_type(AdministratorType::AdministratorGroup);
    assert_eq!(groups.all().await.unwrap().len(), 1);
    operators.delete().await.unwrap();
    assert!(!operators.exists().await.unwrap());
    let pat = administrators.administrator(ids::ADMINISTRATOR_ID);
    assert!(pat.exists().await.unwrap());
}

#[tokio::test]
async fn connectors_are_found_by_location_and_removed() {
    let emulator = Emulator::builder().strict().build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let locations = client.resource_locations();
    let location = locations.resource_location(ids::RESOURCE_LOCATION_ID);
    let connectors = location.connectors().all().await.unwrap();
    assert_eq!(connectors.len(), 2);
    let elsewhere = locations.resource_location("elsewhere").connectors();
    assert!(elsewhere.all().await.unwrap().is_empty());
    let windows = client.connectors().list().connector_type("Windows");
    assert_eq!(windows.all().await.unwrap().len(), 2);

    let first = client.connectors().connector(&connectors[0]);
    assert_eq!(first.get().await.unwrap().fqdn, connectors[0].fqdn);
    assert_eq!(first.delete().await.unwrap(), Some(true));
    assert!(!first.exists().await.unwrap());
    let error = first.get().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains(first.id()), "{error}");
    assert_eq!(client.connectors().list().all().await.unwrap().len(), 1);
}
