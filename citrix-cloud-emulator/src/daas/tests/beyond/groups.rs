//! The parts of delivery groups and the applications they publish, one by one.

use serde_json::{Value, json};

use super::{GROUP, NONE};
use crate::daas::tests::site::Site;
use crate::ids;

fn names(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|it| it["Name"].as_str().unwrap())
        .collect()
}

pub(super) async fn parts(site: &Site) {
    let cases = [
        (
            ["RebootSchedule", "RebootSchedules"],
            json!({ "Name": "Fridays", "Frequency": "Weekly", "DaysInWeek": ["Friday"], "StartTime": "03:00",
                    "RebootDurationMinutes": 60, "Enabled": true, "RestrictToTag": "Pilot" }),
            json!({ "StartTime": "04:00" }),
        ),
        (
            ["PowerTimeScheme", "PowerTimeSchemes"],
            json!({ "Name": "Weekend", "DaysOfWeek": ["Weekend"], "PeakTimeRanges": ["10:00-12:00"] }),
            json!({ "PeakTimeRanges": ["10:00-14:00"] }),
        ),
        (
            ["AdvancedAccessPolicy", "AdvancedAccessPolicies"],
            json!({ "Name": "Night", "AllowedConnection": "ViaAG", "Enabled": true }),
            json!({ "Description": "At night" }),
        ),
    ];
    for ([one, many], body, change) in cases {
        let list = format!("DeliveryGroupsGetDeliveryGroup{many}");
        let before = site.items(&list, &[GROUP], "").await.len();
        let create = format!("DeliveryGroupsCreateDeliveryGroup{one}");
        let made = site.ok(&create, &[GROUP], "", body.clone()).await;
        let twice = site.call(&create, &[GROUP], "", &body).await;
        assert_eq!(twice.status, 409, "{one}: {}", twice.body);
        let id = made["Id"].as_str().unwrap();
        let get = format!("DeliveryGroupsGetDeliveryGroup{one}");
        for name in [id, body["Name"].as_str().unwrap()] {
            let read = site.ok(&get, &[GROUP, name], "", NONE).await;
            assert_eq!(read, made, "{one}");
        }
        let (field, value) = change.as_object().unwrap().iter().next().unwrap();
        let patch = format!("DeliveryGroupsPatchDeliveryGroup{one}");
        site.ok(&patch, &[GROUP, id], "", change.clone()).await;
        let read = site.ok(&get, &[GROUP, id], "", NONE).await;
        assert_eq!((&read[field], &read["Name"]), (value, &made["Name"]));
        let all = site.items(&list, &[GROUP], "").await;
        assert_eq!(all.len(), before + 1);
        assert_eq!(all.last().unwrap()[field], *value);
        let delete = format!("DeliveryGroupsDeleteDeliveryGroup{one}");
        site.ok(&delete, &[GROUP, id], "", NONE).await;
        for operation in [&get, &delete] {
            let gone = site.call(operation, &[GROUP, id], "", &NONE).await;
            assert_eq!(gone.status, 404, "{operation}");
        }
    }
    // The built-in policies stay.
    let policies = site
        .items(
            "DeliveryGroupsGetDeliveryGroupAdvancedAccessPolicies",
            &[GROUP],
            "",
        )
        .await;
    let path = [GROUP, policies[0]["Id"].as_str().unwrap()];
    let operation = "DeliveryGroupsDeleteDeliveryGroupAdvancedAccessPolicy";
    assert_eq!(site.call(operation, &path, "", &NONE).await.status, 403);
    let all = site
        .items("RebootSchedulesGetRebootSchedules", &[], "")
        .await;
    assert_eq!(names(&all), ["Sunday night"]);
    assert_eq!(all[0]["DeliveryGroup"]["Name"], GROUP);
    let templates = site
        .items(
            "DeliveryGroupsGetAutoscalePluginTemplates",
            &["Holiday"],
            "",
        )
        .await;
    assert_eq!(names(&templates), ["Winter"]);
}

pub(super) async fn publishing(site: &Site) {
    let of_group = async || {
        let operation = "DeliveryGroupsGetDeliveryGroupApplications";
        let all = site.items(operation, &[GROUP], "").await;
        names(&all)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    // Paint is published through the application group.
    assert_eq!(of_group().await, ["Notepad", "Paint"]);
    let new = |name: &str| json!({ "Name": name, "InstalledAppProperties": { "CommandLineExecutable": "x.exe" }, "ApplicationType": "HostedOnDesktop" });
    let body = json!({
        "NewApplications": [new("Writer")], "ExistingApplications": [{ "Item": "Paint", "Priority": 1 }],
    });
    site.ok("DeliveryGroupsDoAddApplications", &[GROUP], "", body)
        .await;
    assert_eq!(of_group().await, ["Notepad", "Paint", "Writer"]);
    let operation = "DeliveryGroupsDoRemoveApplications";
    site.ok(operation, &[GROUP, "Writer"], "", NONE).await;
    assert_eq!(
        site.call(operation, &[GROUP, "Writer"], "", &NONE)
            .await
            .status,
        404
    );
    assert_eq!(of_group().await, ["Notepad", "Paint"]);
    let tools = "Office Tools";
    let body = json!({ "ExistingApplications": ["Writer"], "NewApplications": [new("Reader")] });
    site.ok("ApplicationGroupsAddApplications", &[tools], "", body)
        .await;
    let operation = "ApplicationGroupsGetApplicationGroupApplications";
    let all = site.items(operation, &[tools], "").await;
    assert_eq!(names(&all), ["Paint", "Writer", "Reader"]);
    site.ok(
        "ApplicationGroupsRemoveApplication",
        &[tools, "Writer"],
        "",
        NONE,
    )
    .await;
    assert_eq!(site.items(operation, &[tools], "").await.len(), 2);
    let operation = "DeliveryGroupsDoRemoveApplicationGroups";
    site.ok(operation, &[GROUP, tools], "", NONE).await;
    let operation = "ApplicationGroupsGetApplicationGroupDeliveryGroups";
    assert!(site.items(operation, &[tools], "").await.is_empty());

    let copy = site
        .ok(
            "ApplicationsGetApplicationRecommendName",
            &["Notepad"],
            "",
            NONE,
        )
        .await;
    assert_eq!(copy, "Notepad - Copy");
    let body = json!({ "CreateDisabled": true });
    let made = site
        .ok("ApplicationsDuplicateApplication", &["Notepad"], "", body)
        .await;
    assert_eq!((&made["Name"], &made["Enabled"]), (&copy, &json!(false)));
    assert_eq!(
        made["AssociatedDeliveryGroupUuids"][0],
        ids::DELIVERY_GROUP_ID
    );
    assert_eq!(
        made["InstalledAppProperties"]["CommandLineExecutable"],
        r"C:\Windows\notepad.exe"
    );
    let operation = "ApplicationsGetApplicationSessions";
    assert!(site.items(operation, &["Notepad"], "").await.is_empty());
    let all = site
        .items("MachinesGetMachineApplications", &[ids::KESTREL_ID], "")
        .await;
    assert_eq!(all[0]["Published"], true);
    let desktop = site
        .ok("MachinesGetMachineDesktop", &[ids::KESTREL_ID], "", NONE)
        .await;
    assert_eq!(desktop["PublishedName"], "Demo Desktop");
}

pub(super) async fn catalogs(site: &Site) {
    let body = json!({
        "Name": "Spare", "ProvisioningType": "Manual", "SessionSupport": "MultiSession",
        "Machines": [{ "MachineName": r"DEMOLAB\SPARE1" }],
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", body)
        .await;
    let of_group = async || {
        let operation = "DeliveryGroupsGetDeliveryGroupsMachineCatalogs";
        let all = site.items(operation, &[GROUP], "").await;
        names(&all)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let before = of_group().await;
    let body = json!({ "Item": "Spare", "Priority": 2 });
    let group = site
        .ok(
            "DeliveryGroupsAddDeliveryGroupMachineCatalog",
            &[GROUP],
            "",
            body,
        )
        .await;
    assert_eq!(group["Name"], GROUP);
    assert_eq!(of_group().await.len(), before.len() + 1);
    let operation = "DeliveryGroupsGetDeliveryGroupsMachineCatalogDetails";
    assert_eq!(
        site.ok(operation, &[GROUP, "Spare"], "", NONE).await["Name"],
        "Spare"
    );
    let operation = "MachinesGetMachineDeliveryGroup";
    assert_eq!(
        site.ok(operation, &[r"DEMOLAB\SPARE1"], "", NONE).await["Name"],
        GROUP
    );
    let operation = "MachineCatalogsGetMachineCatalogDeliveryGroupAssociations";
    let all = site.items(operation, &["Spare"], "").await;
    assert_eq!(
        (&all[0]["Associated"], &all[0]["Priority"]),
        (&json!(true), &json!(2))
    );
    let operation = "DeliveryGroupsRemoveDeliveryGroupMachineCatalog";
    site.ok(operation, &[GROUP, "Spare"], "", NONE).await;
    assert_eq!(of_group().await, before);
    assert_eq!(
        site.call(operation, &[GROUP, "Spare"], "", &NONE)
            .await
            .status,
        404
    );
    let operation = "MachineCatalogsRemoveMachineCatalogMachine";
    let path = ["Spare", r"DEMOLAB\SPARE1"];
    site.ok(operation, &path, "", NONE).await;
    assert_eq!(site.call(operation, &path, "", &NONE).await.status, 404);
    let operation = "AdminFoldersGetAdminFolderMachineCatalogs";
    assert!(site.items(operation, &["Office"], "").await.is_empty());
    let moved = json!({ "AdminFolder": "Office" });
    site.ok("MachineCatalogsUpdateMachineCatalog", &["Spare"], "", moved)
        .await;
    assert_eq!(
        names(&site.items(operation, &["Office"], "").await),
        ["Spare"]
    );
}

pub(super) async fn restarts(site: &Site) {
    let reboots = || {
        site.emulator.read(|world| {
            let machines = world.first_site().unwrap().machines.iter();
            machines.map(crate::Machine::reboots).sum::<usize>()
        })
    };
    let before = reboots();
    let body = json!({ "RebootDurationMinutes": 30, "WarningDurationMinutes": 5 });
    site.ok(
        "DeliveryGroupsStartDeliveryGroupRebootCycle",
        &[GROUP],
        "",
        body,
    )
    .await;
    let after = reboots();
    assert!(after > before);
    let nobody = json!({ "RebootDurationMinutes": 30, "RestrictToTag": "Pilot" });
    site.ok(
        "DeliveryGroupsStartDeliveryGroupRebootCycle",
        &[GROUP],
        "",
        nobody,
    )
    .await;
    assert_eq!(reboots(), after, "no machine has the tag");
    let body = json!({ "RebootDuration": 0 });
    let catalog = [ids::CATALOG_NAME];
    site.ok(
        "MachineCatalogsRebootMachineCatalogMachines",
        &catalog,
        "",
        body,
    )
    .await;
    assert!(reboots() > after);
}

pub(super) async fn file_types_and_start_menus(site: &Site) {
    let get = "ApplicationsGetApplicationFta";
    let known = site.ok(get, &["Notepad", "txt"], "", NONE).await;
    assert_eq!(
        (&known["Enabled"], &known["ContentType"]),
        (&json!(false), &json!("text/plain"))
    );
    let body = json!({ "ExtensionName": ".log", "HandlerName": "logfile" });
    site.ok("ApplicationsEnableApplicationFta", &["Notepad"], "", body)
        .await;
    let read = site.ok(get, &["Notepad", ".log"], "", NONE).await;
    assert_eq!(
        (&read["Enabled"], &read["HandlerName"]),
        (&json!(true), &json!("logfile"))
    );
    let list = "ApplicationsGetApplicationFtas";
    assert_eq!(site.items(list, &["Notepad"], "").await.len(), 4);
    site.ok(
        "ApplicationsDisableApplicationFta",
        &["Notepad", "log"],
        "",
        NONE,
    )
    .await;
    assert_eq!(
        site.call(get, &["Notepad", "log"], "", &NONE).await.status,
        404
    );
    site.ok("ApplicationsImportFileTypes", &["Notepad"], "", NONE)
        .await;
    let imported = site
        .ok("MachinesImportFileTypes", &[ids::KESTREL_ID], "", NONE)
        .await;
    assert_eq!(imported["Items"][0]["IsImported"], true);
    let groups = json!({ "DeliveryGroups": [GROUP] });
    site.ok(
        "DeliveryGroupsGetDeliveryGroupFtas",
        &[],
        "",
        groups.clone(),
    )
    .await;

    let menu = site
        .items(
            "MachinesGetMachineStartMenuShortcuts",
            &[ids::KESTREL_ID],
            "",
        )
        .await;
    assert_eq!(menu[0]["Machine"]["Id"], ids::KESTREL_ID);
    let shortcut = menu[0]["ShortcutPath"].as_str().unwrap();
    let query: String = shortcut.bytes().map(|it| format!("%{it:02X}")).collect();
    let operation = "MachinesGetMachineStartMenuShortcutIcon";
    let path = [ids::KESTREL_ID];
    site.ok(operation, &path, &format!("shortcutPath={query}"), NONE)
        .await;
    assert_eq!(
        site.call(operation, &path, "shortcutPath=x", &NONE)
            .await
            .status,
        404
    );
    let found = site
        .ok("ApplicationsSearchStartMenuApplications", &[], "", groups)
        .await;
    assert_eq!(found["Items"].as_array().unwrap().len(), menu.len());
    for (operation, name) in [
        (
            "MachineCatalogsGetMachineCatalogStartMenuApplications",
            ids::CATALOG_NAME,
        ),
        ("DeliveryGroupsGetDeliveryGroupStartMenuApplications", GROUP),
    ] {
        assert_eq!(site.items(operation, &[name], "").await.len(), menu.len());
    }
    let operation = "DeliveryGroupsGetDeliveryGroupStartMenuApplications";
    assert!(
        site.items(operation, &[GROUP], "tagRestriction=Pilot")
            .await
            .is_empty()
    );
}
