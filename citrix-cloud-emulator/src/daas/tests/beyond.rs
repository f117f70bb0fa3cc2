//! Operations that public programs use beyond those in daily use.

mod groups;
mod hosting;
mod people;
mod policies;
mod records;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::site::{Site, daily};
use crate::daas::dispatch::is_emulated;
use crate::ids;
use crate::operations::all_of_daas;

const NONE: Value = Value::Null;
pub(super) const GROUP: &str = "Demo Desktops";
pub(super) const HYPERVISOR: &str = ids::HYPERVISOR_NAME;
pub(super) const POOL: &str = "Demo Pool";

#[tokio::test]
async fn every_other_emulated_operation_returns_its_model() {
    let site = Site::new().await;
    lists_and_checks(&site).await;
    searches(&site).await;
    tags_and_folders(&site).await;
    backups(&site).await;
    configuration_log(&site).await;
    groups::parts(&site).await;
    groups::publishing(&site).await;
    groups::catalogs(&site).await;
    groups::file_types_and_start_menus(&site).await;
    people::administrators(&site).await;
    people::directory(&site).await;
    policies::together(&site).await;
    policies::simulated_and_checked(&site).await;
    hosting::connections(&site).await;
    hosting::described(&site).await;
    hosting::images(&site).await;
    hosting::provisioned(&site).await;
    hosting::upgrades(&site).await;
    records::log(&site).await;
    records::library(&site).await;
    records::small_things(&site).await;
    groups::restarts(&site).await;
    let daily: BTreeSet<_> = daily().map(|it| it.name).collect();
    let called = site.called();
    let emulated = all_of_daas().iter().filter(|it| is_emulated(it));
    let names = emulated.map(|it| it.name);
    let left: Vec<_> = names
        .filter(|it| !daily.contains(it) && !called.contains(it))
        .collect();
    assert_eq!(left, [""; 0], "operations that nobody called by `site.ok`");
}

async fn lists_and_checks(site: &Site) {
    for (operation, path) in [
        ("AdminFoldersGetAdminFolders", &[][..]),
        ("AdminGetAdminRoles", &[]),
        ("MachineCatalogsGetMachineCatalogsV2", &[]),
        ("MachinesGetMachinesV2", &[]),
        ("SessionsGetSessionsV2", &[]),
        (
            "MachineCatalogsCheckMachineCatalogExists",
            &[ids::CATALOG_NAME],
        ),
        ("MachinesCheckMachineExists", &[ids::KESTREL_ID]),
        ("AboutGetAbout", &[]),
        ("HealthCheckHealthCheck", &[]),
        ("TimeZonesGetTimeZones", &[]),
        ("ApplicationFoldersGetApplicationFolders", &[]),
        ("ApplicationGroupsGetApplicationGroups", &[]),
        ("ApplicationGroupsGetApplicationGroupsV2", &[]),
        ("ApplicationsGetApplicationsV2", &[]),
        ("DeliveryGroupsGetDeliveryGroupsV2", &[]),
        ("DeliveryGroupsGetDeliveryGroupsApplicationGroups", &[GROUP]),
        ("HypervisorsGetHypervisorAllResourcePools", &[]),
        ("HypervisorsGetHypervisorResourcePools", &[HYPERVISOR]),
        ("ImageDefinitionsGetImageDefinitions", &[]),
        ("StoreFrontServersGetStoreFrontServers", &[]),
        ("SitesTestSite", &[ids::SITE_ID]),
        ("SitesGetSiteTestReport", &[ids::SITE_ID]),
        ("DeliveryGroupsTestDeliveryGroup", &[GROUP]),
        ("DeliveryGroupsGetDeliveryGroupTestReport", &[GROUP]),
        ("HypervisorsTestHypervisor", &[HYPERVISOR]),
        ("HypervisorsGetHypervisorTestReport", &[HYPERVISOR]),
        ("HypervisorsTestHypervisorResourcePool", &[HYPERVISOR, POOL]),
        (
            "HypervisorsGetHypervisorResourcePoolTestReport",
            &[HYPERVISOR, POOL],
        ),
        ("HypervisorsResetBrokerHypervisorConnection", &[HYPERVISOR]),
        ("MachineCatalogsTestMachineCatalog", &[ids::CATALOG_NAME]),
        (
            "MachineCatalogsGetMachineCatalogTestReport",
            &[ids::CATALOG_NAME],
        ),
        (
            "MachineCatalogsGetMachineCatalogMasterImageHistory",
            &[ids::CATALOG_NAME],
        ),
        ("AdminCheckRoleNameExists", &["Full Administrator"]),
        ("AdminCheckScopeNameExists", &["Office"]),
        (
            "ApplicationGroupsCheckApplicationGroupExists",
            &["Office Tools"],
        ),
        ("ApplicationsCheckApplicationExists", &["Notepad"]),
        ("DeliveryGroupsCheckDeliveryGroupExists", &[GROUP]),
        (
            "DeliveryGroupsCheckRebootScheduleNameExists",
            &[GROUP, "Sunday night"],
        ),
        ("HypervisorsCheckHypervisorExists", &[HYPERVISOR]),
        (
            "HypervisorsCheckHypervisorResourcePoolExists",
            &[HYPERVISOR, POOL],
        ),
        (
            "ImageDefinitionsCheckImageDefinitionExist",
            &["Windows 2022"],
        ),
        ("TagsCheckTagExists", &["Pilot"]),
    ] {
        site.ok(operation, path, "", NONE).await;
        let missing: Vec<_> = path.iter().map(|_| "nothing").collect();
        if !path.is_empty() {
            let response = site.call(operation, &missing, "", &NONE).await;
            assert_eq!(response.status, 404, "{operation}: {}", response.body);
        }
    }
    let there = json!({ "Name": "demo collection" });
    let operation = "PvsStreamingTestDeviceCollectionExists";
    site.ok(operation, &[], "", there).await;
    for (body, status) in [
        (json!({ "Name": "Blue" }), 404),
        (json!({ "Name": "Blue", "PvsSiteId": "nothing" }), 404),
        (json!({ "Name": "" }), 400),
    ] {
        let response = site.call(operation, &[], "", &body).await;
        assert_eq!(response.status, status, "{body}: {}", response.body);
    }
    let desks = json!({
        "Name": "Desks", "ProvisioningType": "Manual", "SessionSupport": "SingleSession",
        "RemotePCEnrollmentScopes": [{ "OU": "OU=Desks,DC=demolab,DC=example" }],
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", desks)
        .await;
    let added = json!({ "MachineName": r"DEMOLAB\DESK9" });
    site.ok(
        "MachineCatalogsAddMachineCatalogMachine",
        &["Desks"],
        "",
        added,
    )
    .await;
    let scope = ["Desks", "OU=Desks,DC=demolab,DC=example"];
    site.ok(
        "MachineCatalogsCheckRemotePCEnrollmentScopeExists",
        &scope,
        "",
        NONE,
    )
    .await;
    for (operation, name) in [
        (
            "ApplicationGroupsTestApplicationGroupExists",
            "Office Tools",
        ),
        ("DeliveryGroupsTestDeliveryGroupExists", GROUP),
    ] {
        site.ok(operation, &[], "", json!({ "Name": name })).await;
        let response = site
            .call(operation, &[], "", &json!({ "Name": "nothing" }))
            .await;
        assert_eq!(response.status, 404, "{operation}");
    }
    let accounts = site.items("IdentityGetServiceAccounts", &[], "").await;
    let account = [accounts[0]["ServiceAccountUid"].as_str().unwrap()];
    site.ok("IdentityTestServiceAccount", &account, "", NONE)
        .await;
    site.ok("IdentityGetServiceAccountTestReport", &account, "", NONE)
        .await;
    let user = json!({ "UserName": "robin", "Domain": "DEMOLAB", "Password": "hush" });
    let user = site.ok("IdentityValidateUser", &[], "", user).await;
    assert_eq!(user["SamName"], r"DEMOLAB\robin");
}

async fn searches(site: &Site) {
    let by_name = |name: &str| {
        let filter = json!({ "Property": "Name", "Value": name, "Operator": "Equals" });
        json!({ "SearchFilters": [filter] })
    };
    for (operation, name) in [
        ("ApplicationGroupsDoApplicationGroupSearch", "Office Tools"),
        ("ApplicationsDoApplicationSearch", "Notepad"),
        ("DeliveryGroupsDoDeliveryGroupSearch", GROUP),
        ("MachineCatalogsDoMachineCatalogSearch", ids::CATALOG_NAME),
    ] {
        let found = site.ok(operation, &[], "", by_name(name)).await;
        assert_eq!(
            found["Items"].as_array().unwrap().len(),
            1,
            "{operation}: {found}"
        );
        assert_eq!(found["Items"][0]["Name"], name);
        let none = site.ok(operation, &[], "", by_name("nothing")).await;
        assert_eq!(none["Items"], json!([]), "{operation}");
    }
    let words = json!({ "BasicSearchString": "windows" });
    let operation = "ImageDefinitionsDoImageDefinitionAndImageVersionSearch";
    let found = site.ok(operation, &[], "", words).await;
    assert_eq!(
        found["Items"][0]["ImageVersions"].as_array().unwrap().len(),
        1
    );
    for operation in [
        "GpoSearchFilters",
        "GpoSearchPolicies",
        "GpoSearchPolicySets",
        "GpoSearchSettings",
    ] {
        let found = site.ok(operation, &[], "", json!({})).await;
        assert_eq!(
            found["items"].as_array().unwrap().len(),
            1,
            "{operation}: {found}"
        );
    }
    let in_zone = json!({ "ZoneId": ids::ZONE_ID, "ItemType": "MachineCatalog" });
    let found = site.ok("ZonesDoZoneSearch", &[], "", in_zone).await;
    assert_eq!(found["Items"][0]["ZoneName"], "My Resource Location");
    let images = json!({ "NameContains": "base", "ResourceType": "Snapshot" });
    let all = site
        .ok(
            "HypervisorsDoHypervisorAllResourcesSearch",
            &[HYPERVISOR],
            "",
            images.clone(),
        )
        .await;
    let of_pool = site
        .ok(
            "HypervisorsDoHypervisorResourceSearch",
            &[HYPERVISOR, POOL],
            "",
            images,
        )
        .await;
    assert_eq!(all["Items"].as_array().unwrap().len(), 2);
    assert_eq!(of_pool["Items"].as_array().unwrap().len(), 2);
}

async fn tags_and_folders(site: &Site) {
    for (set, add, remove, name, list) in [
        (
            "ApplicationsSetApplicationTags",
            "ApplicationsAddApplicationTags",
            "ApplicationsRemoveApplicationTags",
            "Notepad",
            "TagsGetTagApplications",
        ),
        (
            "ApplicationGroupsSetApplicationGroupTags",
            "ApplicationGroupsAddApplicationGroupTag",
            "ApplicationGroupsRemoveApplicationGroupTag",
            "Office Tools",
            "TagsGetTagApplicationGroups",
        ),
        (
            "DeliveryGroupsSetDeliveryGroupTags",
            "DeliveryGroupsAddDeliveryGroupTags",
            "DeliveryGroupsRemoveDeliveryGroupTags",
            GROUP,
            "TagsGetTagDeliveryGroups",
        ),
        (
            "MachineCatalogsSetMachineCatalogTags",
            "MachineCatalogsAddMachineCatalogTags",
            "MachineCatalogsRemoveMachineCatalogTags",
            ids::CATALOG_NAME,
            "TagsGetTagMachineCatalogs",
        ),
    ] {
        site.ok(set, &[name], "", json!({ "Items": [] })).await;
        assert_eq!(site.items(list, &["Pilot"], "").await.len(), 0, "{list}");
        site.ok(add, &[name, "Pilot"], "", NONE).await;
        let members = site.items(list, &["Pilot"], "").await;
        assert_eq!(members[0]["Name"], name);
        site.ok(remove, &[name, "Pilot"], "", NONE).await;
        assert_eq!(site.items(list, &["Pilot"], "").await.len(), 0, "{list}");
    }
    site.ok("TagsGetTagMachines", &["Pilot"], "", NONE).await;
    for (operation, name, list) in [
        ("TagsSetTagApplications", "Paint", "TagsGetTagApplications"),
        (
            "TagsSetTagDeliveryGroups",
            GROUP,
            "TagsGetTagDeliveryGroups",
        ),
    ] {
        for wanted in [&[name][..], &[]] {
            site.ok(operation, &["Pilot"], "", json!({ "Items": wanted }))
                .await;
            let members = site.items(list, &["Pilot"], "").await;
            let names: Vec<_> = members
                .iter()
                .map(|it| it["Name"].as_str().unwrap())
                .collect();
            assert_eq!(names, wanted, "{operation}");
        }
    }
    let folder = json!({ "Name": "Inner", "Path": "Office" });
    let made = site
        .ok("ApplicationFoldersCreateApplicationFolder", &[], "", folder)
        .await;
    assert_eq!(made["Path"], r"Office\Inner\");
    let path = [r"Office\Inner"];
    site.ok("ApplicationFoldersGetApplicationFolder", &path, "", NONE)
        .await;
    let operation = "ApplicationFoldersGetApplicationFolderApplications";
    site.ok(operation, &["Office"], "", NONE).await;
    let renamed = json!({ "Name": "Other" });
    site.ok(
        "ApplicationFoldersUpdateApplicationFolder",
        &path,
        "",
        renamed,
    )
    .await;
    let path = [r"Office\Other"];
    site.ok("ApplicationFoldersDeleteApplicationFolder", &path, "", NONE)
        .await;
    let gone = site
        .call("ApplicationFoldersGetApplicationFolder", &path, "", &NONE)
        .await;
    assert_eq!(gone.status, 404);
}

async fn backups(site: &Site) {
    // The times are valid even though nothing has happened yet.
    site.ok("BackupRestoreGetCurrentActionStatus", &[], "", NONE)
        .await;
    let made = site
        .ok(
            "BackupRestoreDoBackup",
            &[],
            "",
            json!({ "Notes": "Before the update" }),
        )
        .await;
    assert_eq!(made["Result"], "Success");
    let backups = site.items("BackupRestoreGetBackups", &[], "").await;
    let name = backups[0]["BackupName"].as_str().unwrap().to_owned();
    assert_eq!(
        (&backups[0]["Notes"], &backups[0]["Pinned"]),
        (&json!("Before the update"), &json!(false))
    );
    let path = [name.as_str()];
    let status = site
        .ok("BackupRestoreGetCurrentActionStatus", &[], "", NONE)
        .await;
    assert_eq!(
        (&status["Action"], &status["Status"]),
        (&json!("Backup"), &json!("InProgress"))
    );
    site.wait(3);
    let status = site
        .ok("BackupRestoreGetCurrentActionStatus", &[], "", NONE)
        .await;
    assert_eq!(status["Status"], "Complete");
    let stalled = json!({
        "Action": "Backup", "ExecutionId": made["ExecutionId"], "Duration": 9, "Status": "Stalled",
        "StartTime": "2026-08-31T17:50:19Z", "CurrentTime": "2026-08-31T17:50:28Z",
    });
    let status = site
        .ok("BackupRestoreSetCurrentActionStatus", &[], "", stalled)
        .await;
    assert_eq!(
        (&status["Status"], &status["Duration"]),
        (&json!("Stalled"), &json!(9))
    );
    site.ok("BackupRestorePinSingleBackup", &path, "", NONE)
        .await;
    assert_eq!(
        site.items("BackupRestoreGetBackups", &[], "").await[0]["Pinned"],
        true
    );
    site.ok("BackupRestoreUnpinSingleBackup", &path, "", NONE)
        .await;
    site.ok("BackupRestoreDownloadSingleBackup", &path, "", NONE)
        .await;
    site.ok("BackupRestoreGetResultLog", &path, "", NONE).await;
    let members = json!({ "Component": "Tags" });
    let members = site
        .ok("BackupRestoreGetComponentMembers", &path, "", members)
        .await;
    assert_eq!(members["Items"][0]["Name"], "Pilot");
    let restore = json!({ "BackupName": name, "HistoryUid": 1, "Component": "All" });
    site.ok("BackupRestoreRestoreBackupToSite", &path, "", restore)
        .await;
    let history = site
        .items("BackupRestoreGetHistoryForSpecificBackup", &path, "")
        .await;
    let actions: Vec<_> = history
        .iter()
        .map(|it| it["Action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["Backup", "Restore"]);
    assert_eq!(
        site.items("BackupRestoreGetAllBackupHistory", &[], "")
            .await
            .len(),
        2
    );
    let notes = json!({ "Notes": "After it" });
    site.ok("BackupRestoreUpdateBckRstrHistoryNotes", &["2"], "", notes)
        .await;
    let entry = site
        .ok(
            "BackupRestoreGetBackupHistoryForSpecificHistory",
            &["2"],
            "",
            NONE,
        )
        .await;
    assert_eq!(entry["Notes"], "After it");
    let set = json!({ "OneScheduledBackupPerDay": true, "AutoPinScheduleName": "Nightly" });
    site.ok("BackupRestoreSetBackupRestoreOptions", &[], "", set)
        .await;
    let options = site
        .ok("BackupRestoreGetBackupRestoreOptions", &[], "", NONE)
        .await;
    assert_eq!(options["AutoPinScheduleName"], "Nightly");
    let storage = json!({ "MaximumBackups": 7 });
    site.ok("BackupRestoreSetBlobStorage", &[], "", storage)
        .await;
    let storage = site.ok("BackupRestoreGetBlobStorage", &[], "", NONE).await;
    assert_eq!(storage["MaximumBackups"], 7);
    site.ok("BackupRestoreValidateStorage", &[], "", NONE).await;
    site.ok("BackupRestoreGetInformation", &[], "", NONE).await;
    for (operation, enabled) in [
        ("BackupRestoreDisableSingleBackupSchedule", false),
        ("BackupRestoreEnableSingleBackupSchedule", true),
    ] {
        site.ok(operation, &["1"], "", NONE).await;
        let schedule = site
            .ok("BackupRestoreGetBackupSchedule", &["1"], "", NONE)
            .await;
        assert_eq!(schedule["Enabled"], enabled, "{operation}");
    }
    site.ok("BackupRestoreDeleteBackup", &path, "", NONE).await;
    assert_eq!(
        site.items("BackupRestoreGetBackups", &[], "").await.len(),
        0
    );
}

async fn configuration_log(site: &Site) {
    let words = json!({ "BasicSearchString": "TimeForALog" });
    let operation = "ConfigLogDoConfigLogSearch";
    let none = site.ok(operation, &[], "", words.clone()).await;
    assert_eq!(none["Items"], json!([]));
    site.ok("TagsCreateTag", &[], "", json!({ "Name": "Logged" }))
        .await;
    site.ok("TagsDeleteTag", &["Logged"], "", NONE).await;
    let words = json!({ "BasicSearchString": "Logged" });
    let found = site.ok(operation, &[], "", words).await;
    let id = found["Items"][0]["Id"].as_str().unwrap().to_owned();
    let entry = site.ok("ConfigLogGetOperation", &[&id], "", NONE).await;
    assert_eq!(entry["Text"], "delete Tags 'Logged'");
    let low = site
        .items("ConfigLogGetLowLevelOperations", &[&id], "")
        .await;
    assert_eq!(low[0]["OperationId"], id);
    site.ok("ConfigLogGetFirstLogDate", &[], "", NONE).await;
}
