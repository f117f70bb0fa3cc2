//! Queries about connections, images and provisioned machines.

use serde_json::{Value, json};

use super::{HYPERVISOR, NONE, POOL};
use crate::daas::tests::site::Site;
use crate::ids;

const IMAGE: &str = r"XDHyp:\HostingUnits\Demo Pool\Windows 2022.vm\Base.snapshot";
const OTHER_IMAGE: &str = r"XDHyp:\HostingUnits\Demo Pool\Windows 11.vm\Base.snapshot";

pub(super) async fn connections(site: &Site) {
    let types = site
        .items("HypervisorsGetSupportHypervisors", &[], "")
        .await;
    let azure = types
        .iter()
        .find(|it| it["ConnectionType"] == "AzureRM")
        .unwrap();
    assert_eq!(azure["PluginFactoryName"], "AzureRmFactory");
    let networks = site
        .items(
            "HypervisorsGetHypervisorResourcePoolAllAvailableNetworks",
            &[],
            "",
        )
        .await;
    assert_eq!(networks[0]["ResourcePoolName"], POOL);
    let operation = "HypervisorsGetHypervisorDeletePreview";
    let preview = site.ok(operation, &[HYPERVISOR], "", NONE).await;
    assert_eq!(preview["HostsToBeDeleted"], json!([HYPERVISOR, POOL]));
    let operation = "HypervisorsGetHypervisorResourcePoolPatchPreview";
    let gone = json!({ "Networks": [] });
    let preview = site.ok(operation, &[HYPERVISOR, POOL], "", gone).await;
    assert_eq!(preview["NetworksToBeDeleted"], json!(["Desktops"]));
    let kept = json!({ "Networks": ["Desktops.network"] });
    let preview = site.ok(operation, &[HYPERVISOR, POOL], "", kept).await;
    assert_eq!(preview["NetworksToBeDeleted"], json!([]));
    let operation = "HypervisorsGetHypervisorServerHAAddresses";
    let addresses = site.ok(operation, &[HYPERVISOR], "", NONE).await;
    assert_eq!(
        addresses["HAAddresses"],
        json!(["https://hypervisor01.demolab.example"])
    );
    let operation = "HypervisorsGetHypervisorOrphanedResources";
    assert_eq!(
        site.ok(operation, &[HYPERVISOR], "", NONE).await["NumDetected"],
        0
    );
    let body = json!({ "PreferredController": "c1.demolab.example" });
    let operation = "HypervisorsPutBrokerHypervisorConnection";
    site.ok(operation, &[HYPERVISOR], "", body).await;
    let path = format!(r"XDHyp:\Connections\{HYPERVISOR}\Windows 2022.vm");
    let operation = "HypervisorsValidateVmPath";
    let valid = site
        .ok(operation, &[], "", json!({ "VmPaths": [path] }))
        .await;
    assert_eq!(
        valid["Items"][0]["HypervisorConnection"]["Name"],
        HYPERVISOR
    );
    assert_eq!(
        valid["Items"][0]["HypervisorVmResource"]["Name"],
        "Windows 2022"
    );
    let nothing = json!({ "VmPaths": [r"XDHyp:\Connections\x\y.vm"] });
    assert_eq!(site.call(operation, &[], "", &nothing).await.status, 400);
}

pub(super) async fn described(site: &Site) {
    let before = site.items("HypervisorsGetHypervisors", &[], "").await.len();
    let details =
        json!({ "Name": "Maybe", "ConnectionType": "VCenter", "Addresses": ["https://v.example"] });
    let seen = site
        .ok(
            "HypervisorsGetHypervisorWithoutConnection",
            &[],
            "",
            details.clone(),
        )
        .await;
    assert_eq!(
        (&seen["Name"], &seen["PluginId"]),
        (&json!("Maybe"), &json!("VmwareFactory"))
    );
    let operation = "HypervisorsGetHypervisorAllResourcesWithoutConnection";
    let tree = site.ok(operation, &[], "children=1", details.clone()).await;
    assert_eq!(tree["Children"][0]["ResourceType"], "DataCenter");
    let operation = "HypervisorsDoHypervisorAllResourcesSearchWithoutConnection";
    let body = json!({
        "ConnectionDetail": details, "ResourceSearchRequest": { "ResourceTypes": ["Network"] },
    });
    let found = site.ok(operation, &[], "", body).await;
    let found = found["Items"].as_array().unwrap();
    assert!(!found.is_empty() && found.iter().all(|it| it["ResourceType"] == "Network"));
    assert_eq!(
        site.items("HypervisorsGetHypervisors", &[], "").await.len(),
        before
    );
}

pub(super) async fn images(site: &Site) {
    let body = json!({ "Description": "Second", "ResourcePool": POOL, "MasterImagePath": IMAGE, "ImageScheme": {} });
    let definition = "Windows 2022";
    let made = site
        .ok(
            "ImageDefinitionsCreateImageVersion",
            &[definition],
            "",
            body,
        )
        .await;
    let (id, number) = (made["Id"].as_str().unwrap(), made["Number"].to_string());
    let by_number = [definition, number.as_str()];
    let body = json!({ "Description": "Changed" });
    let operation = "ImageDefinitionsUpdateImageDefinitionImageVersion";
    let changed = site.ok(operation, &by_number, "", body).await;
    assert_eq!(
        (&changed["Description"], &changed["Id"]),
        (&json!("Changed"), &made["Id"])
    );
    assert_eq!(
        site.ok("ImageVersionsGetImageVersion", &[id], "", NONE)
            .await,
        changed
    );
    let body = json!({ "Description": "Anew", "ResourcePool": POOL, "MasterImagePath": OTHER_IMAGE, "ImageScheme": {} });
    for (operation, path) in [
        ("ImageVersionsSetImageVersion", &[id][..]),
        ("ImageDefinitionsSetImageDefinitionImageVersion", &by_number),
    ] {
        site.ok(operation, path, "", body.clone()).await;
        let read = site
            .ok("ImageVersionsGetImageVersion", &[id], "", NONE)
            .await;
        assert_eq!(read["Number"], made["Number"]);
        assert_eq!(
            read["ImageVersionSpecs"][0]["MasterImage"]["XDPath"],
            OTHER_IMAGE
        );
    }
    let pools = json!({ "ResourcePools": [POOL] });
    site.ok(
        "ImageVersionsUpdateImageVersionResourcePools",
        &[id],
        "",
        pools,
    )
    .await;
    let body = json!({
        "Name": "Of an image", "ProvisioningType": "MCS", "SessionSupport": "MultiSession",
        "ProvisioningScheme": {
            "ResourcePool": POOL, "NumTotalMachines": 1,
            "AssignImageVersionToProvisioningScheme": {
                "ImageDefinition": definition, "ImageVersion": number,
            },
        },
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", body)
        .await;
    for (operation, path) in [
        ("ImageVersionsGetImageVersionProvisioningSchemes", &[id][..]),
        (
            "ImageDefinitionsGetImageVersionProvisioningSchemes",
            &by_number,
        ),
    ] {
        let users = site.items(operation, path, "").await;
        assert_eq!(users[0]["Name"], "Of an image");
    }
    let delete = "ImageVersionsDeleteImageVersion";
    assert_eq!(site.call(delete, &[id], "", &NONE).await.status, 409);
    site.ok(
        "MachineCatalogsDeleteMachineCatalog",
        &["Of an image"],
        "",
        NONE,
    )
    .await;
    site.ok(delete, &[id], "", NONE).await;
    assert_eq!(site.call(delete, &[id], "", &NONE).await.status, 404);
}

pub(super) async fn provisioned(site: &Site) {
    let catalog = "Provisioned";
    let body = json!({
        "Name": catalog, "ProvisioningType": "MCS", "SessionSupport": "MultiSession",
        "ProvisioningScheme": {
            "ResourcePool": POOL, "MasterImagePath": IMAGE, "NumTotalMachines": 2, "CpuCount": 2, "MemoryMB": 4096,
            "MachineAccountCreationRules": { "NamingScheme": "PRV-##", "NamingSchemeType": "Numeric", "Domain": "demolab.example" },
        },
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", body)
        .await;
    for (operation, path) in [
        ("HypervisorsGetHypervisorMachineCatalogs", &[HYPERVISOR][..]),
        (
            "HypervisorsGetHypervisorResourcePoolMachineCatalogs",
            &[HYPERVISOR, POOL],
        ),
    ] {
        let all = site.items(operation, path, "").await;
        assert_eq!(all[0]["Name"], catalog, "{operation}");
    }
    let last = "MachineCatalogsGetMachineCatalogLastMasterImage";
    let roll_back = "MachineCatalogsRollbackMachineCatalogProvisioningScheme";
    let without = site.ok(roll_back, &[catalog], "", json!({})).await;
    site.wait(60);
    let job = site
        .ok("JobsGetJob", &[without["Id"].as_str().unwrap()], "", NONE)
        .await;
    assert_eq!(job["Status"], "Failed", "there is no image to go back to");
    let operation = "MachineCatalogsUpdateMachineCatalogProvisioningScheme";
    site.ok(
        operation,
        &[catalog],
        "",
        json!({ "MasterImagePath": OTHER_IMAGE }),
    )
    .await;
    for image in [OTHER_IMAGE, IMAGE] {
        let read = site.ok(last, &[catalog], "", NONE).await;
        assert_eq!(read["Image"]["XDPath"], image);
        site.ok(roll_back, &[catalog], "", json!({})).await;
    }
    let exported = site.ok("MachineCatalogsExport", &[catalog], "", NONE).await;
    assert!(
        exported["IdentityPoolData"]
            .as_str()
            .unwrap()
            .contains("PRV-01")
    );
    let operation = "MachineCatalogsExportMachineProfile";
    let profile = site.ok(operation, &[catalog], "", NONE).await;
    assert!(
        profile["Content"]
            .as_str()
            .unwrap()
            .contains("\"CpuCount\":2")
    );
    let operation = "MachineCatalogsRepairMachineCatalogMachineAccounts";
    site.ok(operation, &[catalog], "repairOption=IdentityInfo", NONE)
        .await;
    site.ok(
        "MachineCatalogsGetMachineCatalogEnrollments",
        &[catalog],
        "",
        NONE,
    )
    .await;

    let operation = "MachineCatalogsAddMachineCatalogMachineAccount";
    let body = json!({ "ADAccountName": r"DEMOLAB\PRV-77$" });
    let made = site.ok(operation, &[catalog], "", body).await;
    assert_eq!(made["State"], "Available");
    let list = "MachineCatalogsGetMachineCatalogMachineAccounts";
    let waiting = site.items(list, &[catalog], "accountState=Available").await;
    assert_eq!(waiting[0]["SamName"], made["SamName"]);
    let path = [catalog, r"DEMOLAB\PRV-77"];
    let body = json!({ "ResetPassword": true });
    let operation = "MachineCatalogsUpdateMachineCatalogMachineAccount";
    assert_eq!(
        site.ok(operation, &path, "", body).await["Sid"],
        made["Sid"]
    );
    let operation = "MachineCatalogsRemoveMachineCatalogMachineAccount";
    site.ok(operation, &path, "", NONE).await;
    assert_eq!(site.call(operation, &path, "", &NONE).await.status, 404);
    let used = [catalog, r"DEMOLAB\PRV-01"];
    assert_eq!(site.call(operation, &used, "", &NONE).await.status, 409);

    let machines = site
        .items("MachineCatalogsGetMachineCatalogMachines", &[catalog], "")
        .await;
    let sid = machines[0]["Sid"].as_str().unwrap();
    let operation = "ProvisioningSchemesGetProvisioiningSchemeConfigurations";
    let versions = site.items(operation, &[catalog], "").await;
    assert_eq!(versions[0]["CpuCount"], 2);
    let update = "ProvisionedVirtualMachineUpdateProvisionedVirtualMachine";
    let resultant = "ProvisioningSchemesGetVMConfigurationResultantSet";
    for (body, count) in [
        (json!({ "CpuCount": 8 }), 8),
        (json!({ "RevertToProvSchemeConfiguration": true }), 2),
    ] {
        site.ok(update, &[sid], "", body).await;
        let read = site.ok(resultant, &[catalog, sid], "", NONE).await;
        assert_eq!(
            (&read["CpuCount"], &read["MemoryMB"]),
            (&json!(count), &json!(4096))
        );
    }
    let operation = "ProvisionedVirtualMachineResetProvisionedVirtualMachineOSDisk";
    site.ok(operation, &[sid], "", NONE).await;
    cycles(site, catalog, sid, machines[0]["Name"].as_str().unwrap()).await;
}

async fn cycles(site: &Site, catalog: &str, sid: &str, machine: &str) {
    let create = "MaintenanceCyclesCreateMaintenanceCycle";
    let body = |machines: Value| {
        json!({
            "MaintenanceCycleName": "Patches", "ProvisioningSchemeName": catalog, "Operation": "ImageUpdate",
            "MaxDurationInMinutes": 60, "ScheduledStartTimeInUTC": "2026-09-01T22:00:00Z", "VMNames": machines,
        })
    };
    let refused = site.call(create, &[], "", &body(json!(["nothing"]))).await;
    assert_eq!(refused.status, 400);
    site.ok(create, &[], "", body(json!([machine]))).await;
    let get = "MaintenanceCyclesGetMaintenanceCycle";
    let name = ["Patches"];
    let read = site.ok(get, &name, "", NONE).await;
    assert_eq!(read["ScheduledCompletionTimeInUTC"], "2026-09-01T23:00:00Z");
    assert_eq!(
        (&read["AllVM"], &read["MaintenanceCycleStatus"]),
        (&json!(false), &json!("Queued"))
    );
    let id = read["MaintenanceCycleId"].as_str().unwrap();
    let body = json!({ "MaintenanceCycleUid": id, "MaxDurationInMinutes": 90 });
    site.ok("MaintenanceCyclesUpdateMaintenanceCycle", &[], "", body)
        .await;
    let operation = "ProvisioningSchemesGetMaintenanceCycles";
    let all = site.items(operation, &[catalog], "").await;
    assert_eq!(
        (all.len(), &all[0]["MaxDurationInMinutes"]),
        (1, &json!(90))
    );
    let operation = "MaintenanceCyclesDoMaintenanceCycleSearch";
    let words = json!({ "SearchFilters": [
        { "Property": "CatalogName", "Value": catalog, "Operator": "Equals" },
    ] });
    let found = site.ok(operation, &[], "", words).await;
    assert_eq!(found["Items"][0]["MaintenanceCycleId"], id);
    let operation = "MaintenanceCyclesDoMaintenanceCycleVMOperationJobSearch";
    let by_sid =
        json!({ "SearchFilters": [{ "Property": "VMSid", "Value": sid, "Operator": "Equals" }] });
    let found = site.ok(operation, &[], "", by_sid).await;
    assert_eq!(found["Items"][0]["MachineName"], machine);
    let operation = "ProvisionedVirtualMachineGetMaintenanceCycleVMOperationJobs";
    let jobs = site.items(operation, &[sid], "").await;
    assert_eq!(jobs[0]["MaintenanceCycleId"], id);
    let restart = "MaintenanceCyclesRestartMaintenanceCycle";
    let again =
        json!({ "ScheduledStartTimeInUTC": "2026-09-02T22:00:00Z", "MaxDurationInMinutes": 60 });
    assert_eq!(site.call(restart, &name, "", &again).await.status, 400);
    site.ok("MaintenanceCyclesCancelMaintenanceCycle", &name, "", NONE)
        .await;
    let status = async || site.ok(get, &name, "", NONE).await["MaintenanceCycleStatus"].clone();
    assert_eq!(status().await, "Cancelled");
    site.ok(restart, &name, "", again).await;
    assert_eq!(status().await, "Queued");
    site.ok("MaintenanceCyclesRemoveMaintenanceCycle", &name, "", NONE)
        .await;
    assert_eq!(site.call(get, &name, "", &NONE).await.status, 404);
}

pub(super) async fn upgrades(site: &Site) {
    let packages = site
        .items("SitesGetUpgradePackageVersions", &[ids::SITE_ID], "")
        .await;
    let newest = packages.last().unwrap()["UpgradePackageVersion"].clone();
    for (kind, get, name, versions, parts, validate) in [
        (
            "MachineCatalogsXMachineCatalogUpgradeSchedule",
            "MachineCatalogsGetMachineCatalog",
            ids::CATALOG_NAME,
            "MachineCatalogsGetMachineCatalogVDAUpgradeVersions",
            "MachineCatalogsGetMachineCatalogVDAComponentsAndFeatures",
            "MachineCatalogsValidateMachineCatalogVDAComponentsAndFeaturesSelection",
        ),
        (
            "MachinesXMachineUpgradeSchedule",
            "MachinesGetMachine",
            ids::KESTREL_ID,
            "MachinesGetMachineUpgradeVersions",
            "MachinesGetVDAComponentsAndFeatures",
            "MachinesValidateVDAComponentsAndFeaturesSelection",
        ),
    ] {
        let all = site.ok(versions, &[name], "", NONE).await;
        assert_eq!(all.as_array().unwrap().last(), Some(&newest));
        let known = site.ok(parts, &[name], "", NONE).await;
        let component = &known["AvailableComponents"][0]["ComponentId"];
        for (part, valid) in [(component, true), (&json!("nothing"), false)] {
            let body = json!({ "IncludedAdditionalComponents": [{ "ComponentId": part }] });
            let response = site.ok(validate, &[name], "", body).await;
            assert_eq!(response["IsValid"], valid, "{part}");
        }
        let [create, update, remove] =
            ["Create", "Update", "Remove"].map(|it| kind.replace('X', it));
        let body = json!({ "StartDateTimeUtc": "2026-09-05T20:00:00Z", "DurationInHours": 4 });
        site.ok(&create, &[name], "", body.clone()).await;
        assert_eq!(site.call(&create, &[name], "", &body).await.status, 400);
        let body = json!({ "StartDateTimeUtc": "2026-09-06T20:00:00Z", "DurationInHours": 6 });
        site.ok(&update, &[name], "", body).await;
        let detail = site.ok(get, &[name], "", NONE).await["UpgradeDetail"].clone();
        assert_eq!(detail["ScheduledTimeUtc"], "2026-09-06T20:00:00Z");
        assert_eq!(
            (&detail["DurationInHours"], &detail["TargetPackageVersion"]),
            (&json!(6), &newest)
        );
        site.ok(&remove, &[name], "", NONE).await;
        let detail = site.ok(get, &[name], "", NONE).await["UpgradeDetail"].clone();
        assert_eq!(detail["ScheduleStatus"], "UpgradeCancelled");
        assert_eq!(site.call(&remove, &[name], "", &NONE).await.status, 404);
    }
}
