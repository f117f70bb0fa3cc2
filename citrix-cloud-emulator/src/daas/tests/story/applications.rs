//! Published applications, their tags, and the policies that apply.

use serde_json::{Value, json};

use super::NONE;
use crate::daas::tests::site::Site;
use crate::ids;

pub(super) async fn folders_and_applications(site: &Site) {
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
    let folders = site.items("AdminFoldersGetAdminFolders", &[], "").await;
    assert!(folders.iter().any(|it| it["Path"] == "Money\\"));
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

pub(super) async fn tags_and_zones(site: &Site) {
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
    let back = json!({ "Zone": "My Resource Location" });
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

pub(super) async fn policies(site: &Site) {
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
