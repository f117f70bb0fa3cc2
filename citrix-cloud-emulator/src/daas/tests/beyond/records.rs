//! Logs, packages, recordings, and other things that are stored or counted.

use serde_json::json;

use super::{GROUP, NONE};
use crate::daas::tests::site::Site;
use crate::ids;

pub(super) async fn log(site: &Site) {
    let all = site.items("ConfigLogGetOperations", &[], "").await;
    let id = all[0]["Id"].as_str().unwrap();
    site.ok(
        "ConfigLogPatchOperation",
        &[id],
        "",
        json!({ "Labels": ["b", "a"] }),
    )
    .await;
    let read = site.ok("ConfigLogGetOperation", &[id], "", NONE).await;
    assert_eq!(read["Labels"], json!(["b", "a"]));
    let operation = "ConfigLogFetchExistingOperationLabels";
    assert_eq!(site.ok(operation, &[], "", NONE).await, json!(["a", "b"]));
    let text = all.last().unwrap()["Text"].as_str().unwrap().to_owned();
    let export = "ConfigLogExportReportData";
    let body = json!({ "CustomReportFormat": "Both", "CustomReportDateRange": "Last24Hours" });
    let report = site.ok(export, &[], "", body).await;
    assert!(report["CsvData"].as_str().unwrap().contains(&text));
    assert!(
        report["HtmlDetailsData"]
            .as_str()
            .unwrap()
            .starts_with("<table><tr>")
    );
    let body = json!({
        "CustomReportFormat": "Csv", "CustomReportDateRange": "Custom",
        "StartDate": "2020-01-01T00:00:00Z", "EndDate": "2020-01-02T00:00:00Z",
    });
    let report = site.ok(export, &[], "", body).await;
    assert_eq!(
        (&report["CsvData"], &report["HtmlDetailsData"]),
        (&json!("Time,User,Operation"), &NONE)
    );
    let set = site
        .ok(
            "ConfigLogSetLogSite",
            &[],
            "",
            json!({ "AllowChangesWhileDatabaseDown": true }),
        )
        .await;
    assert_eq!(site.ok("ConfigLogGetLogSite", &[], "", NONE).await, set);
    assert_eq!(
        (
            &set["LoggingEnabled"],
            &set["AllowChangesWhileDatabaseDown"]
        ),
        (&json!(true), &json!(true))
    );
    site.ok("ConfigLogDeleteLogs", &[], "", NONE).await;
    // The first entry of the new log is the deletion of the old entries.
    assert_eq!(site.items("ConfigLogGetOperations", &[], "").await.len(), 1);
}

pub(super) async fn library(site: &Site) {
    let paths = json!({ "Paths": [r"\\share\apps\Editor.appv"] });
    site.ok("AppVPackagesImportAppVPackages", &[], "", paths)
        .await;
    let packages = site.items("AppVPackagesGetAppVPackages", &[], "").await;
    assert_eq!(packages[0]["Name"], "Editor");
    let (id, uid) = (packages[0]["Id"].as_str().unwrap(), &packages[0]["Uid"]);
    let read = site.ok("AppVPackagesGetAppVPackage", &[id], "", NONE).await;
    assert_eq!(read["Path"], r"\\share\apps\Editor.appv");
    for operation in [
        "AppVPackagesGetAppVPackageApplications",
        "AppVPackagesGetAppVPackageBrokerApplications",
        "AppVPackagesGetAppVPackageDeliveryGroups",
    ] {
        assert!(site.items(operation, &[id], "").await.is_empty());
    }
    assert!(
        site.items("AppVServersGetAppVServers", &[], "")
            .await
            .is_empty()
    );
    let body = json!({
        "LibraryUid": 1, "Name": "Office",
        "IncludedAppVPackages": [{ "ExplicitInclusion": true, "Uid": uid }],
    });
    site.ok("AppVIsolationGroupsCreateAppVIsolationGroup", &[], "", body)
        .await;
    let groups = site
        .items("AppVIsolationGroupsGetAppVIsolationGroups", &[], "")
        .await;
    assert_eq!(groups[0]["AppVPackages"][0]["Name"], "Editor");
    let remove = "AppVPackagesRemoveAppVPackage";
    assert_eq!(site.call(remove, &[id], "", &NONE).await.status, 409);
    let body = json!({ "Description": "Together" });
    site.ok(
        "AppVIsolationGroupsUpdateAppVIsolationGroup",
        &["Office"],
        "",
        body,
    )
    .await;
    let read = site
        .ok(
            "AppVIsolationGroupsGetAppVIsolationGroup",
            &["Office"],
            "",
            NONE,
        )
        .await;
    assert_eq!(read["Description"], "Together");
    site.ok(
        "AppVIsolationGroupsDeleteAppVIsolationGroup",
        &["Office"],
        "",
        NONE,
    )
    .await;
    site.ok(remove, &[id], "", NONE).await;

    let body = json!({
        "DiscoveryType": "NetworkShareDiscovery", "Name": "Share", "DesktopGroupUid": 1, "Path": r"\\share\apps",
        "Password": "hush",
    });
    let made = site
        .ok(
            "AppLibPackageDiscoveryCreateAppLibPackageDiscoveryProfile",
            &[],
            "",
            body,
        )
        .await;
    assert!(!made.to_string().contains("hush"));
    let uid = made["Uid"].to_string();
    let path = [uid.as_str()];
    let body = json!({ "Recurse": true });
    let operation = "AppLibPackageDiscoveryUpdateAppLibPackageDiscoveryProfile";
    site.ok(operation, &path, "", body).await;
    let get = "AppLibPackageDiscoveryGetAppLibPackageDiscoveryProfile";
    assert_eq!(site.ok(get, &path, "", NONE).await["Recurse"], true);
    let operation = "AppLibPackageDiscoveryGetAppLibPackageDiscoveryProfiles";
    assert_eq!(site.items(operation, &[], "").await.len(), 1);
    let latest = "AppLibPackageDiscoveryGetAppLibPackageDiscoveryLatestSessionByProfileId";
    assert_eq!(site.call(latest, &path, "", &NONE).await.status, 404);
    let body = json!({ "DiscoveryProfileUid": made["Uid"] });
    let session = site
        .ok(
            "AppLibPackageDiscoveryCreateAppLibPackageDiscovery",
            &[],
            "",
            body,
        )
        .await;
    assert_eq!(
        (&session["Path"], &session["Status"]),
        (&made["Path"], &json!("Finished"))
    );
    assert_eq!(site.ok(latest, &path, "", NONE).await, session);
    let id = [session["Id"].as_str().unwrap()];
    let operation = "AppLibPackageDiscoveryGetAppLibPackageDiscovery";
    assert_eq!(site.ok(operation, &id, "", NONE).await, session);
    let operation = "AppLibPackageDiscoveryGetAppLibPackageDiscoverySessions";
    assert_eq!(site.items(operation, &[], "").await.len(), 1);
    let operation = "AppLibPackageDiscoveryRemoveAppLibPackageDiscoveryProfile";
    site.ok(operation, &path, "", NONE).await;
    assert_eq!(site.call(get, &path, "", &NONE).await.status, 404);
}

pub(super) async fn small_things(site: &Site) {
    let id = [ids::ACTIVE_SESSION_ID];
    let query = format!("id={}", ids::ACTIVE_SESSION_ID);
    for (operation, recorded) in [
        ("SessionsStartSessionRecording", true),
        ("SessionsStopSessionRecording", false),
    ] {
        site.ok(operation, &id, "", NONE).await;
        let status = site
            .ok("SessionsGetSessionRecordingStatus", &[], &query, NONE)
            .await;
        assert_eq!(status["IsSessionBeingRecorded"], recorded);
    }
    let operation = "MachineCatalogsTestRemotePCEnrollmentScopeExists";
    let body = json!({ "Name": "OU=Desks,DC=demolab,DC=example" });
    site.ok(operation, &["Desks"], "", body).await;
    let other = json!({ "Name": "OU=Other,DC=demolab,DC=example" });
    assert_eq!(
        site.call(operation, &["Desks"], "", &other).await.status,
        404
    );
    for (kind, name, exists) in [("DeliveryGroup", GROUP, true), ("Tag", "nothing", false)] {
        let body = json!({ "ObjectType": kind, "NameOrPath": name });
        assert_eq!(
            site.ok("SitesCheckObjectNameExists", &[], "", body).await,
            exists
        );
    }
    let report = site
        .ok("MachinesTestMachine", &[ids::KESTREL_ID], "", NONE)
        .await;
    assert_eq!(report["Machine"]["Id"], ids::KESTREL_ID);
    let path = [ids::KESTREL_ID, "last"];
    assert_eq!(
        site.ok("MachinesGetTestMachineReport", &path, "", NONE)
            .await,
        report
    );
    let by_state = json!({ "MachinePropertyName": "PowerState" });
    let counts = site.ok("MachinesGroupMachine", &[], "", by_state).await;
    let counts: u64 = counts
        .as_object()
        .unwrap()
        .values()
        .filter_map(serde_json::Value::as_u64)
        .sum();
    let all = site
        .emulator
        .read(|world| world.first_site().unwrap().machines.len());
    assert_eq!(usize::try_from(counts), Ok(all));
    let here = [ids::SITE_ID];
    let troubles = site.ok("SitesGetSiteErrorWarning", &here, "", NONE).await;
    assert!(
        troubles["Machine"]["NumberOfErrors"]
            .as_u64()
            .is_some_and(|it| it > 0)
    );
    assert_eq!(
        site.ok("SitesGetSiteMisconfigurationReport", &here, "", NONE)
            .await,
        ""
    );
    assert!(
        site.items("RecommendationsGetRecommendations", &[], "")
            .await
            .is_empty()
    );
    let usage = site
        .items("DeliveryGroupsGetDeliveryGroupsUsage", &[GROUP], "")
        .await;
    assert_eq!(usage.len(), 1);
    let store = "StoreFrontServersGetStoreFrontDeliveryGroups";
    assert!(site.items(store, &["StoreFront"], "").await.is_empty());
    let servers = site
        .items("StoreFrontServersGetStoreFrontServers", &[], "")
        .await;
    let body = json!({ "StoreFrontServersForHostedReceiver": [{ "Id": servers[0]["Id"] }] });
    site.ok("DeliveryGroupsPatchDeliveryGroup", &[GROUP], "", body)
        .await;
    assert_eq!(
        site.items(store, &["StoreFront"], "").await[0]["DeliveryGroupName"],
        GROUP
    );

    site.ok("ZonesCreateZone", &[], "", json!({ "Name": "Away" }))
        .await;
    let all = site
        .items("MachineCatalogsGetMachineCatalogs", &[], "")
        .await;
    let items = json!({ "Items": [
        { "Id": all[0]["Id"], "Name": all[0]["Name"], "ItemType": "MachineCatalog" },
    ] });
    let path = [all[0]["Id"].as_str().unwrap()];
    let place = async || {
        let read = site
            .ok("MachineCatalogsGetMachineCatalog", &path, "", NONE)
            .await;
        read["Zone"]["Name"].clone()
    };
    let before = place().await;
    site.ok("ZonesAddItemsIntoZone", &["Away"], "", items.clone())
        .await;
    assert_eq!(place().await, "Away");
    site.ok("ZonesRemoveItemsFromZone", &[], "", items).await;
    assert_eq!(place().await, before);
    let body = json!([{ "Reference": "1", "Method": "GET", "RelativeUrl": "/Tags" }]);
    let started = site
        .call(
            "BatchDoBatchRequest",
            &[],
            "async=true",
            &json!({ "Items": body }),
        )
        .await;
    assert_eq!(started.status, 202);
    let job = started.location.unwrap();
    let job = job.rsplit('/').next().unwrap();
    let skipped = site.ok("JobsSkipRemainingSubtasks", &[job], "", NONE).await;
    assert_eq!(skipped["SubJobs"][0]["Status"], "Canceled");
}
