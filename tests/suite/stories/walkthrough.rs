//! The whole walkthrough, typed.

use citrix_cloud::bulk::{Outcome, SkipReason};
use citrix_cloud::{ApiVersion, CreateNotification};
use citrix_cloud_emulator::{Emulator, ids};

use super::{asked, start};

async fn walk(api_version: ApiVersion) -> Vec<(String, u16)> {
    let emulator = Emulator::builder().strict().build();
    let (_server, client) = start(&emulator, api_version).await;

    let locations = client.resource_locations().list().all().await.unwrap();
    assert_eq!(locations.len(), 1);
    assert_eq!(locations[0].id.as_deref(), Some(ids::RESOURCE_LOCATION_ID));
    assert_eq!(locations[0].name.as_deref(), Some("My Resource Location"));

    let trials = client
        .service_states()
        .in_state("ProductionTrial")
        .await
        .unwrap();
    let names: Vec<_> = trials
        .into_iter()
        .filter_map(|service| service.service_name)
        .collect();
    assert_eq!(
        names,
        [
            "cas",
            "itsm",
            "microapps",
            "netscalergateway",
            "wem",
            "xendesktop"
        ]
    );

    let dinner = CreateNotification::new("Dinner Time", "Fish and Chips!");
    let taken = client.notifications().send(dinner).await.unwrap();
    assert_eq!(taken.suppress_email, Some(false));
    assert!(taken.categories.is_none());

    let me = client.daas().me().await.unwrap();
    assert_eq!(me.display_name.as_deref(), Some("Pat Patterson"));
    let site = client.daas().only_site().await.unwrap();
    assert_eq!(site.id(), ids::SITE_ID);

    let plan = site
        .machine_catalog(ids::CATALOG_ID)
        .reboot_idle()
        .plan()
        .await
        .unwrap();
    let reports: Vec<_> = plan.run().collect().await;
    let names: Vec<_> = reports.iter().map(|report| report.name.as_str()).collect();
    assert_eq!(
        names,
        [r"DEMOLAB\OSPREY", r"DEMOLAB\EAGLE", r"DEMOLAB\KESTREL"]
    );
    assert!(matches!(
        reports[0].outcome,
        Outcome::Skipped(SkipReason::InUse(2))
    ));
    let Outcome::Failed(error) = &reports[1].outcome else {
        panic!("{:?}", reports[1])
    };
    assert_eq!(
        error.message(),
        "Machine does not support specified power action."
    );
    assert!(matches!(reports[2].outcome, Outcome::Done));
    let reboots = |id| emulator.read_site(|site| site.machines.get(id).unwrap().reboots());
    assert_eq!(
        [ids::OSPREY_ID, ids::EAGLE_ID, ids::KESTREL_ID].map(reboots),
        [0, 0, 1]
    );
    asked(&emulator)
}

#[tokio::test]
async fn the_walkthrough_goes_through_with_the_current_api_version() {
    let refused: Vec<_> = walk(ApiVersion::Current)
        .await
        .into_iter()
        .filter(|(_, status)| *status >= 400)
        .collect();
    let eagle = format!("POST /cvad/manage/Machines/{}/$reboot", ids::EAGLE_ID);
    assert_eq!(
        refused,
        [(eagle, 400)],
        "a strict service has nothing to complain about"
    );
}

#[tokio::test]
async fn the_walkthrough_goes_through_with_the_preview_version() {
    let asked = walk(ApiVersion::Preview).await;
    let refused: Vec<_> = asked.iter().filter(|(_, status)| *status >= 400).collect();
    let eagle = format!(
        "POST /cvadapis/{}/Machines/{}/$reboot",
        ids::SITE_ID,
        ids::EAGLE_ID
    );
    assert_eq!(refused, [&(eagle, 400)]);
    assert!(!asked.iter().any(|(line, _)| line.contains("/cvad/manage")));
}

#[tokio::test]
async fn auto_works_with_whichever_api_version_exists() {
    use citrix_cloud_emulator::ApiVersions;

    for api_versions in [
        ApiVersions::Both,
        ApiVersions::Current,
        ApiVersions::Preview,
    ] {
        let emulator = Emulator::builder()
            .strict()
            .api_versions(api_versions)
            .build();
        let (_server, client) = start(&emulator, ApiVersion::Auto).await;
        let site = client.daas().only_site().await.unwrap();
        let machines = site
            .machine_catalog(ids::CATALOG_NAME)
            .machines()
            .all()
            .await
            .unwrap();
        assert_eq!(machines.len(), 3);
    }
}
