//! How one operation affects the responses of others.

use serde_json::{Value, json};

use super::site::Site;
use crate::ids;

#[tokio::test]
async fn a_deleted_machine_disappears_everywhere() {
    let site = Site::new().await;
    let busy = site
        .call("MachinesRemoveMachine", &[ids::OSPREY_ID], "", &Value::Null)
        .await;
    assert_eq!(busy.status, 409);
    site.ok(
        "MachinesLogoffMachineSessions",
        &[ids::OSPREY_ID],
        "",
        Value::Null,
    )
    .await;
    site.ok("MachinesRemoveMachine", &[ids::OSPREY_ID], "", Value::Null)
        .await;
    let group = site
        .ok(
            "DeliveryGroupsGetDeliveryGroup",
            &[ids::DELIVERY_GROUP_ID],
            "",
            Value::Null,
        )
        .await;
    assert_eq!(
        (&group["TotalMachines"], &group["SessionCount"]),
        (&json!(7), &json!(0))
    );
    let catalog = site
        .ok(
            "MachineCatalogsGetMachineCatalog",
            &[ids::CATALOG_ID],
            "",
            Value::Null,
        )
        .await;
    assert_eq!(
        (
            &catalog["TotalCount"],
            &catalog["DeliveryGroups"][0]["Total"]
        ),
        (&json!(2), &json!(2))
    );
    assert!(site.items("SessionsGetSessions", &[], "").await.is_empty());
}

#[tokio::test]
async fn a_new_name_shows_in_all_that_point_to_it() {
    let site = Site::new().await;
    let named = json!({ "Name": "Everybody" });
    site.ok(
        "DeliveryGroupsPatchDeliveryGroup",
        &["Demo Desktops"],
        "",
        named,
    )
    .await;
    let machine = site
        .ok("MachinesGetMachine", &[ids::KESTREL_ID], "", Value::Null)
        .await;
    assert_eq!(machine["DeliveryGroup"]["Name"], "Everybody");
    let groups = site
        .items("ApplicationsGetApplicationDeliveryGroups", &["Notepad"], "")
        .await;
    assert_eq!(groups[0]["Name"], "Everybody");
    let old = site
        .call(
            "DeliveryGroupsGetDeliveryGroup",
            &["Demo Desktops"],
            "",
            &Value::Null,
        )
        .await;
    assert_eq!(old.status, 404);
}

#[tokio::test]
async fn fields_and_pages_work_on_every_list() {
    let site = Site::new().await;
    let group = site
        .call(
            "DeliveryGroupsGetDeliveryGroup",
            &["Demo Desktops"],
            "fields=Name",
            &Value::Null,
        )
        .await;
    assert_eq!(
        (&group.body["Name"], &group.body["Id"]),
        (&json!("Demo Desktops"), &Value::Null)
    );
    for name in ["A", "B", "C"] {
        site.ok("TagsCreateTag", &[], "", json!({ "Name": name }))
            .await;
    }
    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let page = site
            .ok(
                "TagsGetTags",
                &[],
                &format!("limit=3&continuationToken={token}"),
                Value::Null,
            )
            .await;
        let items = page["Items"].as_array().unwrap();
        names.extend(
            items
                .iter()
                .map(|it| it["Name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["ContinuationToken"].as_str() else {
            break;
        };
        token = next.bytes().map(|byte| format!("%{byte:02X}")).collect();
        // A deletion between pages does not shift the rest.
        let _ = site.call("TagsDeleteTag", &["A"], "", &Value::Null).await;
    }
    assert_eq!(names, ["Pilot", "A", "B", "C"]);
}

#[tokio::test]
async fn a_refused_call_leaves_no_entry_in_the_log() {
    let site = Site::new().await;
    let before = site.items("ConfigLogGetOperations", &[], "").await.len();
    site.call("TagsCreateTag", &[], "", &json!({ "Name": "Pilot" }))
        .await;
    site.call(
        "TagsCreateTag",
        &[],
        "async=true",
        &json!({ "Name": "Pilot" }),
    )
    .await;
    site.wait(5);
    site.ok("MachinesRebootMachine", &[ids::KESTREL_ID], "", Value::Null)
        .await;
    let log = site.items("ConfigLogGetOperations", &[], "").await;
    assert_eq!(log.len(), before + 1);
    assert_eq!(log[0]["OperationType"], "AdminActivity");
    assert_eq!(log[0]["User"], "Pat Patterson");
}

#[tokio::test]
async fn creations_are_in_the_log_with_the_objects_name() {
    let site = Site::new().await;
    let newest = async || {
        let log = site.items("ConfigLogGetOperations", &[], "").await;
        log[0]["Text"].as_str().unwrap().to_owned()
    };
    let pilot = json!({ "Name": "Pilot 2" });
    site.ok("TagsCreateTag", &[], "", pilot).await;
    assert_eq!(newest().await, "create Tags 'Pilot 2'");
    let body = json!({ "AllowChangesWhileDatabaseDown": true });
    site.ok("ConfigLogSetLogSite", &[], "", body).await;
    let text = newest().await;
    assert!(
        text.starts_with("update ") && !text.contains('\''),
        "{text}"
    );
}

#[tokio::test]
async fn a_search_finds_sorts_and_pages() {
    let site = Site::new().await;
    let search = json!({
        "SearchFilters": [{ "Property": "SessionCount", "Operator": "Equals", "Value": "0" }],
        "SortCriteria": { "Property": "MachineName", "SortDirection": "Descending" },
    });
    let first = site
        .ok("MachinesDoMachineSearch", &[], "limit=2", search.clone())
        .await;
    assert_eq!(first["TotalItems"], 6);
    assert_eq!(first["Items"][0]["Name"], r"DEMOLAB\KITE");
    for (property, value, count) in [
        ("ZoneName", "My Resource Location", 8),
        ("HypervisorConnection", ids::HYPERVISOR_NAME, 7),
        ("SummaryState", "off", 1),
        ("DnsName", "kite.demolab.example", 1),
    ] {
        let filter = json!({ "Property": property, "Operator": "Equals", "Value": value });
        let search = json!({ "SearchFilters": [filter] });
        let found = site.ok("MachinesDoMachineSearch", &[], "", search).await;
        assert_eq!(found["TotalItems"], count, "{property}");
    }
    let token = first["ContinuationToken"].as_str().unwrap();
    let token: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let query = format!("limit=2&continuationToken={token}");
    let next = site
        .ok("MachinesDoMachineSearch", &[], &query, search)
        .await;
    assert_eq!(next["Items"][0]["Name"], r"DEMOLAB\HARRIER");
    let other = site
        .call("MachinesDoMachineSearch", &[], &query, &json!({}))
        .await;
    assert_eq!(
        other.status, 400,
        "a token is good for the same search only"
    );
}

#[tokio::test]
async fn a_policy_set_in_use_stays_and_restrictions_show_on_the_tag() {
    let site = Site::new().await;
    let set = site.items("GpoReadGpoPolicySets", &[], "").await[0]["policySetGuid"].clone();
    let change = json!({ "PolicySetGuid": set, "RestrictAutoscaleTag": "Pilot" });
    site.ok(
        "DeliveryGroupsPatchDeliveryGroup",
        &["Demo Desktops"],
        "",
        change,
    )
    .await;
    let used = site
        .call(
            "GpoDeleteGpoPolicySet",
            &[set.as_str().unwrap()],
            "",
            &Value::Null,
        )
        .await;
    assert_eq!(used.status, 409);
    let tag = site.ok("TagsGetTag", &["Pilot"], "", Value::Null).await;
    assert_eq!(tag["RestrictedAutoscale"][0]["Name"], "Demo Desktops");
    let change = json!({ "RestrictAutoscaleTag": "" });
    site.ok(
        "DeliveryGroupsPatchDeliveryGroup",
        &["Demo Desktops"],
        "",
        change,
    )
    .await;
    let group = site
        .ok(
            "DeliveryGroupsGetDeliveryGroup",
            &["Demo Desktops"],
            "",
            Value::Null,
        )
        .await;
    assert_eq!(group["RestrictAutoscaleTag"], Value::Null);
}

#[tokio::test]
async fn the_update_of_a_scheme_is_a_job_with_progress() {
    let site = Site::new().await;
    let catalog = json!({
        "Name": "Pooled", "ProvisioningType": "MCS", "SessionSupport": "MultiSession",
        "ProvisioningScheme": { "ResourcePool": "Demo Pool", "NumTotalMachines": 1 },
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", catalog)
        .await;
    let update = "MachineCatalogsUpdateMachineCatalogProvisioningScheme";
    let job = site
        .ok(update, &["Pooled"], "", json!({ "CpuCount": 8 }))
        .await;
    let id = [job["Id"].as_str().unwrap()];
    assert_eq!(
        (&job["Status"], &job["OverallProgressPercent"]),
        (&json!("NotStarted"), &json!(0))
    );
    site.wait(1);
    let job = site.ok("JobsGetJob", &id, "", Value::Null).await;
    assert_eq!(
        (&job["Status"], &job["OverallProgressPercent"]),
        (&json!("InProgress"), &json!(50))
    );
    site.wait(1);
    let job = site.ok("JobsGetJob", &id, "", Value::Null).await;
    assert_eq!(
        (&job["Status"], &job["OverallProgressPercent"]),
        (&json!("Complete"), &json!(100))
    );
    let plain = site
        .call(update, &[ids::CATALOG_ID], "", &json!({ "CpuCount": 8 }))
        .await;
    assert_eq!(plain.status, 400, "a catalog without a scheme");
}

#[tokio::test]
async fn reads_leave_no_entry_in_the_log() {
    let site = Site::new().await;
    let entries = || {
        site.emulator.read(|world| {
            let site = world.first_site().unwrap();
            site.resources(crate::ResourceKind::ConfigurationLogEntry)
                .len()
        })
    };
    let hypervisor = [ids::HYPERVISOR_NAME];
    let details = json!({ "Name": "Maybe", "ConnectionType": "XenServer" });
    for (operation, path, body) in [
        (
            "HypervisorsGetHypervisorWithoutConnection",
            &[][..],
            details.clone(),
        ),
        (
            "HypervisorsGetHypervisorAllResourcesWithoutConnection",
            &[],
            details,
        ),
        (
            "HypervisorsGetHypervisorResourcePoolPatchPreview",
            &[hypervisor[0], "Demo Pool"],
            json!({}),
        ),
        ("ConfigLogFetchExistingOperationLabels", &[], Value::Null),
        (
            "ConfigLogExportReportData",
            &[],
            json!({ "CustomReportFormat": "Csv", "CustomReportDateRange": "All" }),
        ),
        (
            "MachinesGroupMachine",
            &[],
            json!({ "MachinePropertyName": "PowerState" }),
        ),
        (
            "SitesCheckObjectNameExists",
            &[],
            json!({ "ObjectType": "Tag", "NameOrPath": "Pilot" }),
        ),
        ("DeliveryGroupsGetDeliveryGroupFtas", &[], json!({})),
        ("MachinesTestMachine", &[ids::KESTREL_ID], Value::Null),
    ] {
        site.ok(operation, path, "", body).await;
        assert_eq!(entries(), 0, "{operation}");
    }
    site.ok(
        "DeliveryGroupsStartDeliveryGroupRebootCycle",
        &["Demo Desktops"],
        "",
        json!({}),
    )
    .await;
    let entry = &site.items("ConfigLogGetOperations", &[], "").await[0];
    assert_eq!(entry["OperationType"], "AdminActivity");
}
