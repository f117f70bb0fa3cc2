//! Hypervisors and images, jobs, and the rest.

use serde_json::json;

use super::NONE;
use crate::daas::tests::site::Site;
use crate::ids;

pub(super) async fn hypervisors(site: &Site) {
    let connection = json!({
        "ConnectionDetails": {
            "Name": "Second", "ConnectionType": "VCenter", "Addresses": ["https://vcenter"], "UserName": "svc",
            "Password": "hush", "Zone": "My Resource Location",
        },
        "PoolDetails": { "Name": "Second pool", "ConnectionType": "VCenter", "Networks": ["Cluster 1.cluster/Desktops.network"] },
    });
    let made = site
        .ok("HypervisorsCreateHypervisor", &[], "", connection)
        .await;
    assert_eq!(
        (&made["ConnectionType"], &made["UserName"]),
        (&json!("VCenter"), &json!("svc"))
    );
    let world = site.emulator.world();
    assert!(
        !format!("{world:?}").contains("hush"),
        "passwords are not stored"
    );
    assert_eq!(
        site.items("HypervisorsGetHypervisors", &[], "").await.len(),
        2
    );
    let both = site
        .items("HypervisorsGetHypervisorsAndResourcePools", &[], "")
        .await;
    assert_eq!(both[1]["ResourcePools"][0]["Name"], "Second pool");
    let second = ["Second"];
    let change = json!({ "ConnectionType": "VCenter", "InMaintenanceMode": true });
    site.ok("HypervisorsPatchHypervisor", &second, "", change)
        .await;
    let found = site.ok("HypervisorsGetHypervisor", &second, "", NONE).await;
    assert_eq!(found["InMaintenanceMode"], true);
    let deep = "path=Cluster%201.cluster&children=2&type=snapshot";
    let tree = site
        .ok("HypervisorsGetHypervisorAllResources", &second, deep, NONE)
        .await;
    assert_eq!(
        tree["Children"][0]["Children"][0]["ResourceType"],
        "Snapshot"
    );
    let pool = json!({ "Name": "Third pool", "ConnectionType": "VCenter" });
    site.ok("HypervisorsCreateResourcePool", &second, "", pool)
        .await;
    let third = ["Second", "Third pool"];
    let change = json!({ "ConnectionType": "VCenter", "Storage": [{ "StoragePath": "Cluster 1.cluster/Local.storage" }] });
    site.ok("HypervisorsPatchHypervisorResourcePool", &third, "", change)
        .await;
    let pool = site
        .ok("HypervisorsGetHypervisorResourcePool", &third, "", NONE)
        .await;
    assert_eq!(pool["Storage"][0]["Name"], "Local");
    site.ok(
        "HypervisorsGetHypervisorResourcePoolResources",
        &third,
        "",
        NONE,
    )
    .await;
    let path = json!({ "Path": r"XDHyp:\HostingUnits\Third pool\Cluster 1.cluster\Windows 11.vm" });
    let valid = site
        .ok(
            "HypervisorsValidateHypervisorResourcePoolResource",
            &third,
            "",
            path,
        )
        .await;
    assert_eq!(valid["ResourceRef"]["Name"], "Windows 11");
    let preview = site
        .ok(
            "HypervisorsGetHypervisorResourcePoolDeletePreview",
            &third,
            "",
            NONE,
        )
        .await;
    assert_eq!(preview["CanBeDeleted"], true);
    assert_eq!(
        site.call("HypervisorsDeleteHypervisor", &second, "", &NONE)
            .await
            .status,
        409
    );
    for pool in ["Second pool", "Third pool"] {
        site.ok(
            "HypervisorsDeleteHypervisorResourcePool",
            &["Second", pool],
            "",
            NONE,
        )
        .await;
    }
    site.ok("HypervisorsDeleteHypervisor", &second, "", NONE)
        .await;
}

pub(super) async fn images(site: &Site) {
    let definition = json!({
        "Name": "W11", "OsType": "Windows", "VDASessionSupport": "SingleSession",
        "AssignedHypervisorConnection": { "HypervisorConnection": ids::HYPERVISOR_NAME },
    });
    let made = site
        .ok("ImageDefinitionsCreateImageDefinition", &[], "", definition)
        .await;
    assert_eq!(
        made["HypervisorConnections"][0]["Name"],
        ids::HYPERVISOR_NAME
    );
    let change = json!({ "Description": "Office" });
    site.ok(
        "ImageDefinitionsUpdateImageDefinition",
        &["W11"],
        "",
        change,
    )
    .await;
    let version = json!({
        "ResourcePool": "Demo Pool",
        "MasterImagePath": r"XDHyp:\HostingUnits\Demo Pool\Windows 11.vm\Base.snapshot",
        "ImageScheme": { "CpuCount": 2 },
    });
    let version = site
        .ok("ImageDefinitionsCreateImageVersion", &["W11"], "", version)
        .await;
    assert_eq!(
        (&version["Number"], &version["ImageDefinition"]["Name"]),
        (&json!(1), &json!("W11"))
    );
    let found = site
        .ok("ImageDefinitionsGetImageDefinition", &["W11"], "", NONE)
        .await;
    assert_eq!(
        (&found["LatestVersion"], &found["Description"]),
        (&json!(1), &json!("Office"))
    );
    let versions = site
        .items(
            "ImageDefinitionsGetImageDefinitionImageVersions",
            &["W11"],
            "",
        )
        .await;
    assert_eq!(versions.len(), 1);
    let first = ["W11", "1"];
    let pools = json!({ "ResourcePools": ["Demo Pool"] });
    site.ok(
        "ImageDefinitionsUpdateImageVersionResourcePools",
        &first,
        "",
        pools,
    )
    .await;
    let id = version["Id"].as_str().unwrap();
    let change = json!({ "Description": "Golden" });
    let changed = site
        .ok("ImageVersionsUpdateImageVersion", &[id], "", change)
        .await;
    assert_eq!(changed["Description"], "Golden");
    site.ok(
        "ImageDefinitionsGetImageDefinitionImageVersion",
        &["W11", id],
        "",
        NONE,
    )
    .await;
    let used = site
        .call("ImageDefinitionsDeleteImageDefinition", &["W11"], "", &NONE)
        .await;
    assert_eq!(used.status, 409);
    site.ok(
        "ImageDefinitionsDeleteImageDefinitionImageVersion",
        &first,
        "",
        NONE,
    )
    .await;
    site.ok("ImageDefinitionsDeleteImageDefinition", &["W11"], "", NONE)
        .await;
}

pub(super) async fn others(site: &Site) {
    let icon = site
        .ok("IconsAddIcon", &[], "", json!({ "RawData": "AAAA" }))
        .await;
    let id = [icon["Id"].as_str().unwrap()];
    assert_eq!(
        site.ok("IconsGetIcon", &id, "", NONE).await["IsBuiltIn"],
        false
    );
    assert_eq!(
        site.items("IconsGetIcons", &[], "builtIn=false")
            .await
            .len(),
        1
    );
    site.ok("IconsRemoveIcon", &id, "", NONE).await;
    assert_eq!(
        site.call("IconsRemoveIcon", &["1"], "", &NONE).await.status,
        403
    );

    let server = json!({ "Name": "Second", "Url": "https://second.example" });
    site.ok("StoreFrontServersCreateStoreFrontServer", &[], "", server)
        .await;
    let change = json!({ "Enabled": false });
    let changed = site
        .ok(
            "StoreFrontServersUpdateStoreFrontServer",
            &["Second"],
            "",
            change,
        )
        .await;
    assert_eq!(
        (&changed["Enabled"], &changed["Url"]),
        (&json!(false), &json!("https://second.example"))
    );
    site.ok(
        "StoreFrontServersGetStoreFrontServer",
        &["Second"],
        "",
        NONE,
    )
    .await;
    site.ok(
        "StoreFrontServersDeleteStoreFrontServer",
        &["Second"],
        "",
        NONE,
    )
    .await;

    let schedule = json!({
        "Name": "Weekly", "StartDate": "2026-09-01", "FrequencyFactor": 1, "Enabled": true, "Frequency": "Weekly",
        "StartTime": "03:00", "TimeZoneId": "UTC",
    });
    let made = site
        .ok(
            "BackupRestoreCreateBackupSchedule",
            &[],
            "",
            schedule.clone(),
        )
        .await;
    let uid = made["Uid"].to_string();
    let mut change = schedule;
    change["Enabled"] = json!(false);
    let changed = site
        .ok("BackupRestoreModifyBackupSchedule", &[&uid], "", change)
        .await;
    assert_eq!(changed["Enabled"], false);
    site.ok("BackupRestoreGetBackupSchedule", &[&uid], "", NONE)
        .await;
    assert_eq!(
        site.items("BackupRestoreGetBackupSchedules", &[], "")
            .await
            .len(),
        2
    );
    site.ok("BackupRestoreDeleteBackupSchedule", &[&uid], "", NONE)
        .await;

    let farm = site
        .items("PvsStreamingGetPvsStreamingSites", &[], "")
        .await;
    let farm = farm[0]["FarmId"].as_str().unwrap();
    site.ok("PvsStreamingGetPvsStreamingStores", &[farm], "", NONE)
        .await;
    assert_eq!(
        site.items("PvsStreamingGetPvsStreamingVDisks", &[], "")
            .await
            .len(),
        2
    );

    let log = site
        .items(
            "ConfigLogGetOperations",
            &[],
            "days=1&text=StoreFront&limit=5",
        )
        .await;
    assert_eq!(log[0]["Text"], "delete StoreFrontServers 'Second'");
    assert_eq!(log.len(), 3);
}

pub(super) async fn jobs(site: &Site) {
    let item = json!({ "Reference": "1", "Method": "POST", "RelativeUrl": "/Tags", "Body": "{\"Name\":\"Batched\"}" });
    let batch = site
        .ok("BatchDoBatchRequest", &[], "", json!({ "Items": [item] }))
        .await;
    assert_eq!(batch["Items"][0]["Code"], 200);
    let tag = json!({ "Name": "Later" });
    let response = site.call("TagsCreateTag", &[], "async=true", &tag).await;
    assert_eq!((response.status, &response.body), (202, &NONE));
    let location = response.location.unwrap();
    let id = [location.rsplit('/').next().unwrap()];
    assert_eq!(
        site.ok("JobsGetJob", &id, "", NONE).await["Type"],
        "CreateTag"
    );
    assert_eq!(
        site.call("TagsGetTag", &["Later"], "", &NONE).await.status,
        404
    );
    site.wait(5);
    assert_eq!(
        site.ok("JobsGetJob", &id, "", NONE).await["Status"],
        "Complete"
    );
    let result = site.ok("JobsGetJobResults", &id, "", NONE).await;
    assert_eq!(result["Name"], "Later");
    site.ok("TagsGetTag", &["Later"], "", NONE).await;
    site.ok("JobsCancelJob", &id, "", NONE).await;
    assert!(!site.items("JobsGetJobs", &[], "").await.is_empty());
    site.ok("JobsDeleteJob", &id, "", NONE).await;
}
