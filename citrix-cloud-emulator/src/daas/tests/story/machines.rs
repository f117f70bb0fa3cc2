//! Machines, their catalogs and groups, and their users.

use serde_json::json;

use super::NONE;
use crate::daas::tests::site::Site;
use crate::ids;

pub(super) async fn machines(site: &Site) {
    assert_eq!(site.items("MachinesGetMachines", &[], "").await.len(), 8);
    let filter = json!({ "Property": "PowerState", "Operator": "Equals", "Value": "Off" });
    let search = json!({ "SearchFilters": [filter] });
    let found = site.ok("MachinesDoMachineSearch", &[], "", search).await;
    assert_eq!(
        (found["TotalItems"].as_u64(), &found["Items"][0]["Name"]),
        (Some(1), &json!(r"DEMOLAB\HARRIER"))
    );
    let kestrel = [ids::KESTREL_ID];
    let change = json!({
        "InMaintenanceMode": true,
        "AssignedUsers": [r"DEMOLAB\robin"],
        "PublishedName": "Robin's",
    });
    site.ok("MachinesUpdateMachineCatalogMachine", &kestrel, "", change)
        .await;
    let machine = site.ok("MachinesGetMachine", &kestrel, "", NONE).await;
    assert_eq!(machine["AssignedUsers"][0]["SamName"], r"DEMOLAB\robin");
    assert_eq!(
        (&machine["IsAssigned"], &machine["PublishedName"]),
        (&json!(true), &json!("Robin's"))
    );
    site.ok("MachinesGetMachineMachineCatalog", &kestrel, "", NONE)
        .await;
    let group = site
        .ok("MachinesGetMachineDeliveryGroup", &kestrel, "", NONE)
        .await;
    assert_eq!(
        (&group["TotalMachines"], &group["UnassignedMachines"]),
        (&json!(8), &json!(7))
    );
    site.ok("MachinesGetMachineSessions", &kestrel, "", NONE)
        .await;
    for action in ["Reboot", "Shutdown", "Start", "Suspend", "Resume"] {
        site.ok(&format!("Machines{action}Machine"), &kestrel, "", NONE)
            .await;
        site.wait(5);
    }
    site.ok("MachinesDisconnectSessions", &kestrel, "", NONE)
        .await;
    site.ok("MachinesLogoffMachineSessions", &kestrel, "", NONE)
        .await;
}

pub(super) async fn catalogs(site: &Site) {
    let scheme = json!({
        "ResourcePool": "Demo Pool",
        "NumTotalMachines": 3,
        "AssignImageVersionToProvisioningScheme": { "ImageDefinition": "Windows 2022", "ImageVersion": "1" },
        "MachineAccountCreationRules": { "Domain": "demolab.example", "NamingScheme": "W22-##" },
        "AvailableMachineAccounts": [{ "ADAccountName": "W22-99", "Password": "secret" }],
    });
    let catalog = json!({
        "Name": "Pooled",
        "ProvisioningType": "mcs",
        "SessionSupport": "SingleSession",
        "AllocationType": "Random",
        "ProvisioningScheme": scheme,
    });
    let catalog = site
        .ok("MachineCatalogsCreateMachineCatalog", &[], "", catalog)
        .await;
    assert_eq!(catalog["TotalCount"], 3);
    assert_eq!(
        catalog["ProvisioningScheme"]["ResourcePool"]["Name"],
        "Demo Pool"
    );
    assert_eq!(
        catalog["HypervisorConnection"]["Name"],
        ids::HYPERVISOR_NAME
    );
    assert!(!catalog.to_string().contains("secret"));
    let pooled = ["Pooled"];
    let machines = site
        .items("MachineCatalogsGetMachineCatalogMachines", &pooled, "")
        .await;
    assert_eq!(machines[2]["Name"], r"DEMOLAB\W22-03");
    assert_eq!(machines[2]["ProvisioningType"], "MCS");
    let accounts = site
        .items(
            "MachineCatalogsGetMachineCatalogMachineAccounts",
            &pooled,
            "",
        )
        .await;
    assert_eq!(accounts[0]["SamName"], r"DEMOLAB\W22-01$");
    let job = site
        .ok(
            "MachineCatalogsUpdateMachineCatalogProvisioningScheme",
            &pooled,
            "",
            json!({ "NumTotalMachines": 5 }),
        )
        .await;
    assert_eq!(job["Type"], "UpdateMachineCatalogProvisioningScheme");
    let sid = machines[0]["Sid"].as_str().unwrap();
    let update = "ProvisionedVirtualMachineApplyProvisionedVirtualMachineConfigurationUpdate";
    site.ok(update, &[sid], "", NONE).await;
    site.ok(
        "MachinesRemoveMachine",
        &[r"DEMOLAB\W22-01"],
        "deleteVm=true",
        NONE,
    )
    .await;
    let catalog = site
        .ok("MachineCatalogsGetMachineCatalog", &pooled, "", NONE)
        .await;
    assert_eq!(catalog["TotalCount"], 4);
    one_more(site).await;
    let change = json!({ "Name": "Shared", "CpuCount": 4 });
    let catalog = site
        .ok("MachineCatalogsUpdateMachineCatalog", &pooled, "", change)
        .await;
    assert_eq!(catalog["ProvisioningScheme"]["CpuCount"], 4);
    site.ok(
        "MachineCatalogsTestMachineCatalogExists",
        &[],
        "",
        json!({ "Name": "shared" }),
    )
    .await;
    assert_eq!(
        site.items("MachineCatalogsGetMachineCatalogs", &[], "")
            .await
            .len(),
        3
    );
    let version = ["Windows 2022", "1"];
    let used = "ImageDefinitionsDeleteImageDefinitionImageVersion";
    assert_eq!(site.call(used, &version, "", &NONE).await.status, 409);
    site.ok(
        "MachineCatalogsDeleteMachineCatalog",
        &["Shared"],
        "deleteAccount=Delete",
        NONE,
    )
    .await;
    assert_eq!(site.items("MachinesGetMachines", &[], "").await.len(), 8);
}

/// Adds a machine by its name, or creates one if the catalog has a provisioning scheme. The response is a job.
async fn one_more(site: &Site) {
    let add = "MachineCatalogsAddMachineCatalogMachine";
    let job = site.ok(add, &["Pooled"], "", json!({})).await;
    assert_eq!(job["Type"], "AddMachineCatalogMachine");
    let made = [r"DEMOLAB\W22-01"];
    assert_eq!(
        site.ok("MachinesGetMachine", &made, "", NONE).await["PowerState"],
        "Off"
    );
    site.ok("MachinesRemoveMachine", &made, "", NONE).await;

    let heron = json!({ "MachineName": r"DEMOLAB\HERON", "AssignedUsers": [r"DEMOLAB\robin"] });
    let demo = [ids::CATALOG_ID];
    let response = site.call(add, &demo, "async=true", &heron).await;
    assert_eq!((response.status, &response.body), (202, &NONE));
    site.wait(5);
    let machine = site
        .ok("MachinesGetMachine", &[r"DEMOLAB\HERON"], "", NONE)
        .await;
    assert_eq!(machine["MachineCatalog"]["Name"], ids::CATALOG_NAME);
    assert_eq!(machine["AssignedUsers"][0]["SamName"], r"DEMOLAB\robin");
    assert_eq!(site.call(add, &demo, "", &heron).await.status, 409);
    assert_eq!(site.call(add, &demo, "", &json!({})).await.status, 400);
    site.ok("MachinesRemoveMachine", &[r"DEMOLAB\HERON"], "", NONE)
        .await;
}

pub(super) async fn delivery_groups(site: &Site) {
    let catalog = json!({
        "Name": "Spare",
        "ProvisioningType": "Manual",
        "SessionSupport": "SingleSession",
        "Machines": [{ "MachineName": r"DEMOLAB\SWIFT" }, { "MachineName": r"DEMOLAB\CROW" }],
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", catalog)
        .await;
    let group = json!({
        "Name": "Team",
        "MachineCatalogs": [{
            "MachineCatalog": "Spare",
            "AssignMachinesToUsers": [{ "Machine": r"DEMOLAB\CROW", "Users": [r"DEMOLAB\jay"] }],
        }],
        "Desktops": [{ "PublishedName": "Team desktop", "RestrictToTag": "Pilot" }],
        "PowerTimeSchemes": [{ "DisplayName": "Days", "DaysOfWeek": ["Weekdays"] }],
        "RebootSchedules": [{ "Name": "Weekly", "Frequency": "Weekly", "StartTime": "02:00" }],
        "SimpleAccessPolicy": { "IncludedUserFilterEnabled": true, "IncludedUsers": [r"DEMOLAB\jay"] },
        "Applications": { "ExistingApplications": [{ "Item": "Notepad" }] },
    });
    let group = site
        .ok("DeliveryGroupsCreateDeliveryGroup", &[], "", group)
        .await;
    assert_eq!(
        (&group["TotalMachines"], &group["TotalApplications"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(group["SessionSupport"], "SingleSession");
    assert_eq!(
        group["SimpleAccessPolicy"]["IncludedUsers"][0]["DisplayName"],
        "Jay Blue"
    );
    let team = ["Team"];
    let more = json!({ "MachineCatalog": "Spare", "Count": 1 });
    let group = site
        .ok("DeliveryGroupsDoAddMachines", &team, "", more.clone())
        .await;
    assert_eq!(group["TotalMachines"], 2);
    assert_eq!(
        site.call("DeliveryGroupsDoAddMachines", &team, "", &more)
            .await
            .status,
        400
    );
    assert_eq!(
        site.items("DeliveryGroupsGetDeliveryGroupMachines", &team, "")
            .await
            .len(),
        2
    );
    let desktops = site
        .items("DeliveryGroupsGetDeliveryGroupsDesktops", &team, "")
        .await;
    assert_eq!(desktops[0]["RestrictToTag"]["Name"], "Pilot");
    assert_eq!(
        site.items("DeliveryGroupsGetDeliveryGroupPowerTimeSchemes", &team, "")
            .await
            .len(),
        1
    );
    let reboots = site
        .items("DeliveryGroupsGetDeliveryGroupRebootSchedules", &team, "")
        .await;
    assert_eq!(reboots[0]["DeliveryGroup"]["Name"], "Team");
    site.ok(
        "DeliveryGroupsSetDeliveryGroupTags",
        &team,
        "",
        json!({ "Items": ["Pilot"] }),
    )
    .await;
    assert_eq!(
        site.items("DeliveryGroupsGetDeliveryGroupTags", &team, "")
            .await
            .len(),
        1
    );
    let change = json!({ "Name": "Crew", "InMaintenanceMode": true, "AutoScaleEnabled": true, "PeakBufferSizePercent": 20 });
    site.ok("DeliveryGroupsPatchDeliveryGroup", &team, "", change)
        .await;
    let group = site
        .ok("DeliveryGroupsGetDeliveryGroup", &["Crew"], "", NONE)
        .await;
    assert_eq!(
        (&group["InMaintenanceMode"], &group["PeakBufferSizePercent"]),
        (&json!(true), &json!(20))
    );
    let crow = site
        .ok("MachinesGetMachine", &[r"DEMOLAB\CROW"], "", NONE)
        .await;
    assert_eq!(crow["DeliveryGroup"]["Name"], "Crew");
    assert_eq!(crow["AssignedUsers"][0]["SamName"], r"DEMOLAB\jay");
    let used = site
        .call("MachineCatalogsDeleteMachineCatalog", &["Spare"], "", &NONE)
        .await;
    assert_eq!(used.status, 409);
    site.ok(
        "DeliveryGroupsDoRemoveMachines",
        &["Crew", r"DEMOLAB\SWIFT"],
        "",
        NONE,
    )
    .await;
    assert_eq!(
        site.items("DeliveryGroupsGetDeliveryGroups", &[], "").await[1]["TotalDesktops"],
        1
    );
    let busy = site
        .call(
            "DeliveryGroupsDeleteDeliveryGroup",
            &["Demo Desktops"],
            "",
            &NONE,
        )
        .await;
    assert_eq!(busy.status, 409);
    site.ok("DeliveryGroupsDeleteDeliveryGroup", &["Crew"], "", NONE)
        .await;
    let crow = site
        .ok("MachinesGetMachine", &[r"DEMOLAB\CROW"], "", NONE)
        .await;
    assert_eq!(crow["DeliveryGroup"], NONE);
    site.ok("MachineCatalogsDeleteMachineCatalog", &["Spare"], "", NONE)
        .await;
}

pub(super) async fn autoscale(site: &Site) {
    let template = ["holiday", "Spring"];
    let body = json!({ "Name": "Spring", "Dates": ["2026-04-06"] });
    site.ok(
        "DeliveryGroupsCreateAutoscalePluginTemplate",
        &template[..1],
        "",
        body,
    )
    .await;
    let change = json!({ "Dates": ["2026-04-03", "2026-04-06"] });
    site.ok(
        "DeliveryGroupsUpdateAutoscalePluginTemplate",
        &template,
        "",
        change,
    )
    .await;
    let found = site
        .ok(
            "DeliveryGroupsGetAutoscalePluginTemplate",
            &template,
            "",
            NONE,
        )
        .await;
    assert_eq!(
        (&found["Type"], found["Dates"].as_array().unwrap().len()),
        (&json!("Holiday"), 2)
    );
    site.ok(
        "DeliveryGroupsDeleteAutoscalePluginTemplate",
        &template,
        "",
        NONE,
    )
    .await;
    let group = ["Demo Desktops", "1"];
    let plugin = json!({ "Name": "Closed", "Type": "Holiday", "Dates": ["2026-12-24"] });
    site.ok(
        "DeliveryGroupsCreateDeliveryGroupAutoscaleGroupPlugin",
        &group[..1],
        "",
        plugin,
    )
    .await;
    let change = json!({ "Enabled": false, "Priority": 3 });
    site.ok(
        "DeliveryGroupsUpdateDeliveryGroupAutoscaleGroupPlugin",
        &group,
        "",
        change,
    )
    .await;
    let list = "DeliveryGroupsGetDeliveryGroupAutoscaleGroupPlugins";
    let plugins = site.items(list, &group[..1], "type=Holiday").await;
    assert_eq!(
        (&plugins[0]["Priority"], &plugins[0]["DesktopGroupUid"]),
        (&json!(3), &json!(1))
    );
    site.ok(
        "DeliveryGroupsDeleteDeliveryGroupAutoscaleGroupPlugin",
        &group,
        "",
        NONE,
    )
    .await;
    assert!(site.items(list, &group[..1], "").await.is_empty());
}

pub(super) async fn sessions(site: &Site) {
    let all = site.items("SessionsGetSessions", &[], "").await;
    assert_eq!(all.len(), 2);
    let filter =
        json!({ "Property": "SessionState", "Operator": "Equals", "Value": "Disconnected" });
    let search = json!({ "SearchFilters": [filter] });
    assert_eq!(
        site.ok("SessionsDoSessionSearch", &[], "", search).await["TotalItems"],
        1
    );
    let id = [ids::ACTIVE_SESSION_ID];
    site.ok("SessionsGetSession", &id, "", NONE).await;
    site.ok("SessionsGetSessionApplications", &id, "", NONE)
        .await;
    site.ok("SessionsGetSessionMachine", &id, "", NONE).await;
    let message = json!({ "Style": "information", "Title": "Soon", "Text": "Please save" });
    site.ok("SessionsSendSessionMessage", &id, "", message)
        .await;
    site.ok("SessionsHideSession", &id, "", NONE).await;
    site.ok("SessionsUnhideSession", &id, "", NONE).await;
    site.ok("SessionsDisconnectSession", &id, "", NONE).await;
    site.ok("SessionsLogoffSession", &id, "", NONE).await;
    assert_eq!(site.items("SessionsGetSessions", &[], "").await.len(), 1);
}
