//! All operations in daily use, one after another on one site.

use serde_json::{Value, json};

use super::site::{Site, daily};
use crate::ids;

/// Shorthand for a call without a body.
const NONE: Value = Value::Null;

#[tokio::test]
async fn every_operation_in_daily_use_works_and_answers_its_model() {
    let site = Site::new().await;
    sites(&site).await;
    administration(&site).await;
    folders_and_applications(&site).await;
    tags_and_zones(&site).await;
    machines(&site).await;
    catalogs(&site).await;
    delivery_groups(&site).await;
    autoscale(&site).await;
    policies(&site).await;
    hypervisors(&site).await;
    images(&site).await;
    directory(&site).await;
    sessions(&site).await;
    others(&site).await;
    jobs(&site).await;
    let called = site.called();
    let left: Vec<_> = daily()
        .map(|it| it.name)
        .filter(|it| !called.contains(it))
        .collect();
    assert_eq!(left, Vec::<&str>::new(), "operations that nobody called");
    assert_eq!(daily().count(), 197);
}

async fn sites(site: &Site) {
    let id = [ids::SITE_ID];
    site.ok("MeGetMe", &[], "", NONE).await;
    site.ok("SitesGetSites", &[], "", NONE).await;
    site.ok("SitesGetSite", &id, "", NONE).await;
    site.ok("SitesGetSiteStatus", &id, "", NONE).await;
    let change = json!({ "DnsResolutionEnabled": true, "SupportedAuthenticators": "smartcard" });
    site.ok("SitesPatchSiteSettings", &id, "", change).await;
    let settings = site.ok("SitesGetSiteSettings", &id, "", NONE).await;
    assert_eq!(settings["DnsResolutionEnabled"], true);
    assert_eq!(settings["SupportedAuthenticators"], "SmartCard");
    site.ok(
        "SitesPatchMultipleRemotePCAssignments",
        &id,
        "allow=false",
        NONE,
    )
    .await;
    let allowed = site
        .ok("SitesGetMultipleRemotePCAssignments", &id, "", NONE)
        .await;
    assert_eq!(allowed, false);
    let span = "startDate=2026-08-31T00:00:00Z&endDate=2026-08-31T02:00:00Z&intervalLength=60";
    let trend = site.ok("SitesGetSessionsTrend", &id, span, NONE).await;
    assert_eq!(trend["Items"].as_array().unwrap().len(), 3);
    assert_eq!(trend["Items"][0]["ConcurrentSessions"], 2);
}

async fn administration(site: &Site) {
    let permissions = site.items("AdminGetPredefinedPermissions", &[], "").await;
    let role = json!({ "Name": "Operators", "Permissions": [permissions[0]["Id"]] });
    site.ok("AdminCreateAdminRole", &[], "", role).await;
    let role = site.ok("AdminGetAdminRole", &["operators"], "", NONE).await;
    assert_eq!(role["Permissions"][0]["Name"], permissions[0]["Name"]);
    site.ok(
        "AdminUpdateAdminRole",
        &["Operators"],
        "",
        json!({ "Name": "Night" }),
    )
    .await;
    let object = json!({ "ObjectType": "MachineCatalog", "Object": ids::CATALOG_NAME });
    let scope = json!({ "Name": "East", "ScopedObjects": [object] });
    site.ok("AdminCreateAdminScope", &[], "", scope).await;
    assert_eq!(site.items("AdminGetAdminScopes", &[], "").await.len(), 3);
    site.ok("AdminGetAdminScope", &["East"], "", NONE).await;
    let held = site
        .items("AdminGetAdminScopedObjects", &["East"], "")
        .await;
    assert_eq!(held[0]["Object"]["Name"], ids::CATALOG_NAME);
    site.ok(
        "AdminUpdateAdminScope",
        &["East"],
        "",
        json!({ "ScopedObjects": [] }),
    )
    .await;
    assert!(
        site.items("AdminGetAdminScopedObjects", &["East"], "")
            .await
            .is_empty()
    );
    let rights = json!([{ "Role": "Night", "Scope": "East" }]);
    let administrator = json!({ "User": r"DEMOLAB\jay", "Rights": rights });
    site.ok("AdminCreateAdminAdministrator", &[], "", administrator)
        .await;
    let jay = site
        .ok("AdminGetAdminAdministrator", &[r"DEMOLAB\jay"], "", NONE)
        .await;
    assert_eq!(jay["User"]["DisplayName"], "Jay Blue");
    assert_eq!(jay["ScopesAndRoles"][0]["Role"]["Name"], "Night");
    let change = json!({ "Enabled": false });
    site.ok(
        "AdminUpdateAdminAdministrator",
        &[r"DEMOLAB\jay"],
        "",
        change,
    )
    .await;
    let all = site.items("AdminGetAdminAdministrators", &[], "").await;
    assert_eq!(all[1]["Enabled"], false);
    assert_eq!(
        site.call("AdminDeleteAdminRole", &["Night"], "", &NONE)
            .await
            .status,
        409
    );
    site.ok("AdminDeleteAdminAdministrator", &[r"DEMOLAB\jay"], "", NONE)
        .await;
    site.ok("AdminDeleteAdminRole", &["Night"], "", NONE).await;
    site.ok("AdminDeleteAdminScope", &["East"], "", NONE).await;
}

async fn folders_and_applications(site: &Site) {
    let folder = json!({ "Name": "Finance", "Path": "Office\\", "ObjectIdentifiers": ["ContainsApplications"] });
    let folder = site
        .ok("AdminFoldersCreateAdminFolder", &[], "", folder)
        .await;
    assert_eq!(folder["Path"], "Office\\Finance\\");
    assert_eq!(folder["Parent"]["Name"], "Office\\");
    let group = json!({ "Name": "Ledgers", "DeliveryGroups": [{ "Item": "Demo Desktops", "Priority": 2 }] });
    let group = site
        .ok("ApplicationGroupsCreateApplicationGroup", &[], "", group)
        .await;
    assert_eq!(group["TotalMachines"], 8);
    let new = json!({
        "NewApplications": [{
            "Name": "Ledger",
            "ApplicationFolder": "Office\\Finance",
            "InstalledAppProperties": { "CommandLineExecutable": "ledger.exe" },
            "IncludedUsers": [r"DEMOLAB\robin", r"DEMOLAB\stranger"],
        }],
        "ExistingApplications": ["Office\\Notepad"],
        "ApplicationGroups": ["Ledgers"],
        "DeliveryGroups": [{ "Item": "Demo Desktops" }],
    });
    site.ok("ApplicationsAddApplications", &[], "", new).await;
    assert_eq!(
        site.items("ApplicationsGetApplications", &[], "")
            .await
            .len(),
        3
    );
    let found = site
        .items(
            "ApplicationsGetApplications",
            &[],
            "applicationFolder=Office%7CFinance",
        )
        .await;
    assert_eq!(found[0]["Name"], "Ledger");
    let found = site
        .items(
            "AdminFoldersGetAdminFolderApplications",
            &["Office|Finance"],
            "",
        )
        .await;
    assert_eq!(found.len(), 1);
    let ledger = site
        .ok(
            "ApplicationsGetApplication",
            &["Office|Finance|Ledger"],
            "",
            NONE,
        )
        .await;
    assert_eq!(ledger["ApplicationFolder"]["Name"], "Office\\Finance\\");
    assert_eq!(ledger["IncludedUsers"][1]["SamName"], r"DEMOLAB\stranger");
    let groups = site
        .items(
            "ApplicationsGetApplicationApplicationGroups",
            &["Ledger"],
            "",
        )
        .await;
    assert_eq!(groups[0]["NumApplications"], 2);
    let groups = site
        .items("ApplicationsGetApplicationDeliveryGroups", &["Ledger"], "")
        .await;
    assert_eq!(groups[0]["Priority"], 0);
    site.ok("ApplicationsGetApplicationTags", &["Ledger"], "", NONE)
        .await;
    site.ok(
        "ApplicationsPatchApplication",
        &["Ledger"],
        "",
        json!({ "Enabled": false }),
    )
    .await;
    let move_up = json!({ "Name": "Money", "Parent": "" });
    let moved = site
        .ok(
            "AdminFoldersUpdateAdminFolder",
            &["Office|Finance|"],
            "",
            move_up,
        )
        .await;
    assert_eq!(moved["Path"], "Money\\");
    site.ok("AdminFoldersGetAdminFolder", &["Money"], "", NONE)
        .await;
    site.ok(
        "ApplicationFoldersCheckApplicationFolderPathExists",
        &["Money"],
        "",
        NONE,
    )
    .await;
    site.ok(
        "ApplicationGroupsGetApplicationGroup",
        &["Ledgers"],
        "",
        NONE,
    )
    .await;
    let groups = site
        .items(
            "ApplicationGroupsGetApplicationGroupDeliveryGroups",
            &["Ledgers"],
            "",
        )
        .await;
    assert_eq!(groups[0]["Priority"], 2);
    let tags = json!({ "Items": ["Pilot"], "CreateTags": [{ "Name": "Slow" }] });
    site.ok(
        "ApplicationGroupsSetApplicationGroupTags",
        &["Ledgers"],
        "",
        tags,
    )
    .await;
    let tags = site
        .items("ApplicationGroupsGetApplicationGroupTags", &["Ledgers"], "")
        .await;
    assert_eq!(
        (&tags[0]["Name"], &tags[1]["Name"]),
        (&json!("Pilot"), &json!("Slow"))
    );
    let change = json!({ "Description": "Books", "RestrictToTag": "Slow" });
    site.ok(
        "ApplicationGroupsUpdateApplicationGroup",
        &["Ledgers"],
        "",
        change,
    )
    .await;
    let in_use = site
        .call("AdminFoldersDeleteAdminFolder", &["Money"], "", &NONE)
        .await;
    assert_eq!(in_use.status, 409);
    site.ok("ApplicationsDeleteApplication", &["Ledger"], "", NONE)
        .await;
    site.ok("AdminFoldersDeleteAdminFolder", &["Money"], "", NONE)
        .await;
    site.ok(
        "ApplicationGroupsDeleteApplicationGroup",
        &["Ledgers"],
        "",
        NONE,
    )
    .await;
    let notepad = site
        .ok("ApplicationsGetApplication", &["Notepad"], "", NONE)
        .await;
    assert_eq!(notepad["NumAssociatedApplicationGroups"], 0);
}

async fn tags_and_zones(site: &Site) {
    let tag = json!({ "Name": "Blue", "Scopes": ["Office"] });
    let tag = site.ok("TagsCreateTag", &[], "", tag).await;
    assert_eq!(tag["ScopeReferences"][0]["ScopeName"], "Office");
    site.ok("TagsPatchTag", &["Blue"], "", json!({ "Name": "Navy" }))
        .await;
    let all = site.items("TagsGetTags", &[], "limit=1").await;
    assert_eq!(all.len(), 1);
    let osprey = [ids::OSPREY_ID, "Navy"];
    assert_eq!(
        site.ok("MachinesAddMachineTags", &osprey, "", NONE).await["Items"][0]["Name"],
        "Navy"
    );
    let machine = site
        .ok("MachinesGetMachine", &[ids::OSPREY_ID], "", NONE)
        .await;
    assert_eq!(machine["Tags"], json!(["Navy"]));
    assert_eq!(
        site.ok("TagsGetTag", &["Navy"], "", NONE).await["NumMachines"],
        1
    );
    assert_eq!(
        site.items("MachinesGetMachineTags", &osprey[..1], "")
            .await
            .len(),
        1
    );
    site.ok("MachinesRemoveMachineTags", &osprey, "", NONE)
        .await;
    site.ok(
        "MachinesSetMachineTags",
        &osprey[..1],
        "",
        json!({ "Items": ["Navy"] }),
    )
    .await;
    let catalog = [ids::CATALOG_ID];
    site.ok(
        "MachineCatalogsSetMachineCatalogTags",
        &catalog,
        "",
        json!({ "Items": ["Navy"] }),
    )
    .await;
    assert_eq!(
        site.items("MachineCatalogsGetMachineCatalogTags", &catalog, "")
            .await
            .len(),
        1
    );
    assert_eq!(
        site.call("TagsDeleteTag", &["Navy"], "", &NONE)
            .await
            .status,
        409
    );
    site.ok("TagsDeleteTag", &["Navy"], "force=true", NONE)
        .await;
    let machine = site
        .ok("MachinesGetMachine", &[ids::OSPREY_ID], "", NONE)
        .await;
    assert_eq!(machine["Tags"], json!([]));

    site.ok(
        "ZonesCreateZone",
        &[],
        "",
        json!({ "Name": "West", "Description": "Far" }),
    )
    .await;
    site.ok(
        "ZonesEditZone",
        &["West"],
        "",
        json!({ "Name": "Far West" }),
    )
    .await;
    let item = json!({ "Id": "", "Name": ids::EDGE_CATALOG_NAME, "ItemType": "MachineCatalog" });
    site.ok(
        "ZonesMoveItemsIntoZone",
        &["Far West"],
        "",
        json!({ "Items": [item] }),
    )
    .await;
    let harrier = site
        .ok("MachinesGetMachine", &[ids::HARRIER_ID], "", NONE)
        .await;
    assert_eq!(harrier["Zone"]["Name"], "Far West");
    assert_eq!(
        site.call("ZonesDeleteZone", &["Far West"], "", &NONE)
            .await
            .status,
        409
    );
    let back = json!({ "Zone": "Primary" });
    site.ok(
        "MachineCatalogsUpdateMachineCatalog",
        &[ids::EDGE_CATALOG_ID],
        "",
        back,
    )
    .await;
    assert_eq!(
        site.ok("ZonesGetZone", &["Far West"], "", NONE).await["IsPrimary"],
        false
    );
    site.ok("ZonesDeleteZone", &["Far West"], "", NONE).await;
    assert_eq!(site.items("ZonesGetZones", &[], "").await.len(), 1);
}

async fn machines(site: &Site) {
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

async fn catalogs(site: &Site) {
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

async fn delivery_groups(site: &Site) {
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

async fn autoscale(site: &Site) {
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

async fn policies(site: &Site) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let set = json!({ "name": "Mine", "policySetType": "DeliveryGroupPolicies" });
    let set = text(&site.ok("GpoCreateGpoPolicySet", &[], "", set).await["policySetGuid"]);
    assert_eq!(site.items("GpoReadGpoPolicySets", &[], "").await.len(), 2);
    let of_set = format!("policySetGuid={set}");
    let mut policies = Vec::new();
    for name in ["First", "Second"] {
        let policy =
            json!({ "name": name, "settings": [{ "settingName": "UsbDeviceRedirection" }] });
        let policy = site.ok("GpoCreateGpoPolicy", &[], &of_set, policy).await;
        assert_eq!(policy["settings"][0]["settingName"], "UsbDeviceRedirection");
        policies.push(text(&policy["policyGuid"]));
    }
    let order = json!([policies[1], policies[0]]);
    assert_eq!(
        site.ok("GpoRankGpoPolicies", &[], &of_set, order).await,
        true
    );
    let listed = site
        .items(
            "GpoReadGpoPolicies",
            &[],
            &format!("{of_set}&withSettings=true"),
        )
        .await;
    assert_eq!(
        (&listed[0]["policyName"], &listed[0]["priority"]),
        (&json!("Second"), &json!(0))
    );
    let first = [policies[0].as_str()];
    site.ok(
        "GpoUpdateGpoPolicy",
        &first,
        "",
        json!({ "isEnabled": false, "name": "Last" }),
    )
    .await;
    let policy = site
        .ok("GpoReadGpoPolicy", &first, "withFilters=true", NONE)
        .await;
    assert_eq!(
        (&policy["isEnabled"], &policy["policyName"]),
        (&json!(false), &json!("Last"))
    );
    let of_policy = format!("policyGuid={}", policies[0]);
    let setting = json!({ "settingName": "PrinterAutoCreation", "settingValue": "true" });
    let setting = site
        .ok("GpoCreateGpoSetting", &[], &of_policy, setting)
        .await;
    let id = text(&setting["settingGuid"]);
    let change = json!({ "settingName": "PrinterAutoCreation", "settingValue": "false" });
    site.ok("GpoUpdateGpoSetting", &[&id], "", change).await;
    assert_eq!(
        site.ok("GpoReadGpoSetting", &[&id], "", NONE).await["settingValue"],
        "false"
    );
    assert_eq!(
        site.items("GpoReadGpoSettings", &[], &of_policy)
            .await
            .len(),
        2
    );
    site.ok("GpoDeleteGpoSetting", &[&id], "", NONE).await;
    let filter = json!({ "filterType": "DesktopGroup", "filterData": "{}" });
    let id = text(&site.ok("GpoCreateGpoFilter", &[], &of_policy, filter).await["filterGuid"]);
    site.ok(
        "GpoUpdateGpoFilter",
        &[&id],
        "",
        json!({ "isAllowed": false }),
    )
    .await;
    assert_eq!(
        site.ok("GpoReadGpoFilter", &[&id], "", NONE).await["isAllowed"],
        false
    );
    assert_eq!(
        site.items("GpoReadGpoFilters", &[], &of_policy).await.len(),
        1
    );
    site.ok("GpoDeleteGpoFilter", &[&id], "", NONE).await;
    let other = site
        .ok("GpoCreateGpoPolicySet", &[], "", json!({ "name": "Other" }))
        .await;
    let other = text(&other["policySetGuid"]);
    site.ok(
        "GpoMoveGpoPolicies",
        &[],
        &format!("toPolicySet={other}"),
        json!([policies[0]]),
    )
    .await;
    let set_now = site
        .ok("GpoReadGpoPolicySet", &[&other], "withPolicies=true", NONE)
        .await;
    assert_eq!(set_now["policies"][0]["policyName"], "Last");
    site.ok(
        "GpoUpdateGpoPolicySet",
        &[&other],
        "",
        json!({ "description": "Moved" }),
    )
    .await;
    site.ok("GpoDeleteGpoPolicy", &first, "", NONE).await;
    site.ok("GpoDeleteGpoPolicySet", &[&set], "", NONE).await;
    assert_eq!(
        site.call("GpoReadGpoPolicy", &[&policies[1]], "", &NONE)
            .await
            .status,
        404
    );
    let settings = site
        .items(
            "GpoGetSettingDefinitions",
            &[],
            "isUserSetting=true&limit=2",
        )
        .await;
    assert_eq!(settings.len(), 2);
}

async fn hypervisors(site: &Site) {
    let connection = json!({
        "ConnectionDetails": {
            "Name": "Second", "ConnectionType": "VCenter", "Addresses": ["https://vcenter"], "UserName": "svc",
            "Password": "hush", "Zone": "Primary",
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
        "passwords are not kept"
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

async fn images(site: &Site) {
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
    let version = json!({ "ResourcePool": "Demo Pool", "ImageScheme": { "CpuCount": 2 } });
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

async fn directory(site: &Site) {
    let users = site
        .items("IdentityGetUsers", &[], "startsWith=ro&userType=User")
        .await;
    assert_eq!(
        (users.len(), &users[0]["DisplayName"]),
        (1, &json!("Robin Red"))
    );
    let users = site
        .items("IdentityGetUsers", &[], "user=DEMOLAB%5Cnobody")
        .await;
    assert_eq!(users[0]["SamName"], r"DEMOLAB\nobody");
    let machines = site
        .items("IdentityGetMachines", &[], "contains=kest")
        .await;
    assert_eq!(machines[0]["SamName"], r"DEMOLAB\KESTREL$");
    site.ok("IdentityGetContainer", &["Desktops"], "", NONE)
        .await;
    let account = json!({
        "IdentityProviderType": "ActiveDirectory", "IdentityProviderIdentifier": "demolab.example",
        "AccountId": "svc", "AccountSecret": "hush", "SecretExpiryTime": "2027-01-01", "Capabilities": ["ADMachineManagement"],
        "DisplayName": "Second",
    });
    let made = site
        .ok("IdentityCreateServiceAccount", &[], "", account)
        .await;
    assert_eq!(made["Capabilities"][0]["Name"], "ADMachineManagement");
    assert!(!format!("{:?}", site.emulator.world()).contains("hush"));
    let id = [made["ServiceAccountUid"].as_str().unwrap()];
    let changed = site
        .ok(
            "IdentitySetServiceAccount",
            &id,
            "",
            json!({ "Description": "For tests" }),
        )
        .await;
    assert_eq!(changed["Description"], "For tests");
    site.ok("IdentityGetServiceAccount", &id, "", NONE).await;
    assert_eq!(
        site.items("IdentityGetServiceAccounts", &[], "")
            .await
            .len(),
        2
    );
    site.ok("IdentityDeleteServiceAccount", &id, "", NONE).await;
}

async fn sessions(site: &Site) {
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

async fn others(site: &Site) {
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

async fn jobs(site: &Site) {
    let item = json!({ "Reference": "1", "Method": "POST", "RelativeUrl": "/Tags", "Body": "{\"Name\":\"Batched\"}" });
    let batch = site
        .ok("BatchDoBatchRequest", &[], "", json!({ "Items": [item] }))
        .await;
    assert_eq!(batch["Items"][0]["Code"], 200);
    let tag = json!({ "Name": "Later" });
    let answer = site.call("TagsCreateTag", &[], "async=true", &tag).await;
    assert_eq!((answer.status, &answer.body), (202, &NONE));
    let location = answer.location.unwrap();
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
