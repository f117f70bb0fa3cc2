//! How an object reads after other objects have changed.

use serde_json::{Value, json};

use super::site::Site;
use crate::ids;

const NONE: Value = Value::Null;
const POOL: &str = r"XDHyp:\HostingUnits\Demo Pool";

async fn catalog(site: &Site, name: &str) -> Value {
    site.ok("MachineCatalogsGetMachineCatalog", &[name], "", NONE)
        .await
}

#[tokio::test]
async fn an_image_that_is_updated_leaves_its_trace() {
    let site = Site::new().await;
    let image = |name: &str| format!(r"{POOL}\{name}.vm\Base.snapshot");
    let rules = json!({ "NamingScheme": "MCS-##", "NamingSchemeType": "Numeric", "Domain": "demolab.example" });
    let scheme = json!({
        "ResourcePool": "Demo Pool", "MasterImagePath": image("Windows 2022"), "MasterImageNote": "First",
        "NumTotalMachines": 1, "MachineAccountCreationRules": rules, "WorkGroupMachines": false,
    });
    let body = json!({
        "Name": "Made", "ProvisioningType": "MCS", "SessionSupport": "MultiSession",
        "ProvisioningScheme": scheme,
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", body)
        .await;
    let made = catalog(&site, "Made").await;
    let scheme = &made["ProvisioningScheme"];
    assert_eq!(scheme["MasterImage"]["XDPath"], image("Windows 2022"));
    assert_eq!(
        scheme["CurrentDiskImage"]["Image"]["XDPath"],
        image("Windows 2022")
    );
    assert_eq!(
        scheme["CurrentDiskImage"]["Image"]["RelativePath"],
        "Windows 2022.vm/Base.snapshot"
    );
    assert_eq!(scheme["CurrentDiskImage"]["MasterImageNote"], "First");
    assert_eq!(
        scheme["MachineAccountCreationRules"]["Domain"]["Name"],
        "demolab.example"
    );
    assert_eq!(scheme["WorkgroupMachines"], false);
    assert_eq!(made["IsPowerManaged"], true);
    let update = json!({ "MasterImagePath": image("Windows 11"), "MasterImageNote": "Second" });
    let operation = "MachineCatalogsUpdateMachineCatalogProvisioningScheme";
    site.ok(operation, &["Made"], "", update).await;
    let made = catalog(&site, "Made").await;
    let scheme = &made["ProvisioningScheme"];
    assert_eq!(scheme["MasterImage"]["XDPath"], image("Windows 11"));
    assert_eq!(scheme["CurrentDiskImage"]["MasterImageNote"], "Second");
    assert_eq!(
        scheme["HistoricalDiskImages"][0]["MasterImageNote"],
        "First"
    );
    for query in ["", "async=true"] {
        let update = json!({ "MasterImagePath": image("Nowhere") });
        let response = site.call(operation, &["Made"], query, &update).await;
        let job = match response.location {
            Some(location) => location.rsplit('/').next().unwrap().to_owned(),
            None => response.body["Id"].as_str().unwrap().to_owned(),
        };
        site.wait(60);
        let job = site.ok("JobsGetJob", &[&job], "", NONE).await;
        assert_eq!(job["Status"], "Failed");
        assert!(
            job["ErrorString"].as_str().unwrap().contains("Nowhere"),
            "{job}"
        );
    }
    let made = catalog(&site, "Made").await;
    assert_eq!(
        made["ProvisioningScheme"]["MasterImage"]["XDPath"],
        image("Windows 11")
    );
    let sizes = json!({ "CpuCount": 3, "ServiceOfferingPath": "big", "MemoryMB": 5120 });
    site.ok("MachineCatalogsUpdateMachineCatalog", &["Made"], "", sizes)
        .await;
    let scheme = catalog(&site, "Made").await["ProvisioningScheme"].take();
    assert_eq!(
        (&scheme["CpuCount"], &scheme["MemoryMB"]),
        (&json!(3), &json!(5120))
    );
    assert_eq!(scheme["ServiceOffering"], "big");
    assert_eq!(scheme["MasterImage"]["XDPath"], image("Windows 11"));
}

#[tokio::test]
async fn machines_that_no_hypervisor_holds_have_no_power() {
    let site = Site::new().await;
    let body = json!({
        "Name": "Desks", "ProvisioningType": "Manual", "SessionSupport": "SingleSession",
        "MachineType": "Physical", "IsRemotePC": true,
        "Machines": [{ "MachineName": r"DEMOLAB\DESK1" }],
        "RemotePCEnrollmentScopes": [
            { "OU": "OU=Desks,DC=demolab,DC=example", "IsOrganizationalUnit": true, "IncludeSubfolders": true },
            { "OU": r"DEMOLAB\DESK2", "IsOrganizationalUnit": false },
        ],
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", body)
        .await;
    let desks = catalog(&site, "Desks").await;
    assert_eq!(
        (&desks["IsPowerManaged"], &desks["TotalCount"]),
        (&json!(false), &json!(2))
    );
    for name in [r"DEMOLAB\DESK1", r"DEMOLAB\DESK2", "desk2.demolab.example"] {
        let machine = site.ok("MachinesGetMachine", &[name], "", NONE).await;
        assert_eq!(machine["Hosting"], NONE, "{name}");
    }
}

#[tokio::test]
async fn a_resource_location_becomes_a_zone_after_a_moment() {
    let site = Site::new().await;
    let customer = ids::CUSTOMER_ID;
    let locations = async |method: &str, path: &str, body: Value| {
        site.platform(
            method,
            &format!("/{customer}/resourcelocations{path}"),
            &body,
        )
        .await
    };
    let names = async || {
        let zones = site.items("ZonesGetZones", &[], "").await.into_iter();
        zones
            .map(|it| it["Name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let made = locations("POST", "", json!({ "name": "Oslo" })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(names().await, ["My Resource Location"]);
    site.wait(31);
    assert_eq!(names().await, ["My Resource Location", "Oslo"]);
    let zone = site.ok("ZonesGetZone", &["Oslo"], "", NONE).await;
    assert_eq!(zone["ResourceLocation"]["Id"], id);
    locations("PUT", &format!("/{id}"), json!({ "name": "Bergen" })).await;
    site.wait(31);
    assert_eq!(names().await, ["My Resource Location", "Bergen"]);
    locations("DELETE", &format!("/{id}"), NONE).await;
    site.wait(31);
    assert_eq!(names().await, ["My Resource Location"]);
}

#[tokio::test]
async fn the_directory_knows_whom_it_has_named() {
    let site = Site::new().await;
    let users = site
        .items("IdentityGetUsers", &[], "user=OTHER%5Ceve")
        .await;
    let sid = users[0]["Sid"].as_str().unwrap().to_owned();
    let application = json!({
        "NewApplications": [{
            "Name": "Eve's", "ApplicationFolder": "", "IncludedUserFilterEnabled": true,
            "IncludedUsers": [sid], "InstalledAppProperties": { "CommandLineExecutable": r"C:\a.exe" },
        }],
        "DeliveryGroups": [{ "Item": "Demo Desktops" }],
    });
    site.ok("ApplicationsAddApplications", &[], "", application)
        .await;
    let application = site
        .ok("ApplicationsGetApplication", &["Eve's"], "", NONE)
        .await;
    assert_eq!(application["IncludedUsers"][0]["SamName"], r"OTHER\eve");
    assert_eq!(
        application["HomeZone"]["Id"],
        "00000000-0000-0000-0000-000000000000"
    );
    let machines = site
        .items("IdentityGetMachines", &[], "machine=OTHER%5CPC7")
        .await;
    assert_eq!(machines[0]["SamName"], r"OTHER\PC7$");
    let unit = "OU=Sales,OU=Europe,DC=demolab,DC=example";
    let container = site.ok("IdentityGetContainer", &[unit], "", NONE).await;
    assert_eq!(
        (&container["DistinguishedName"], &container["Name"]),
        (&json!(unit), &json!("Sales"))
    );
    let nothing = site
        .call("IdentityGetContainer", &["Sales"], "", &NONE)
        .await;
    assert_eq!(nothing.status, 404);
}

#[tokio::test]
async fn every_type_of_hypervisor_has_its_own_tree() {
    let site = Site::new().await;
    for (kind, at_root, below) in [
        ("XenServer", "Desktops", ""),
        (
            "VCenter",
            "Datacenter 1",
            r"Datacenter 1.datacenter\Cluster 1.cluster\Windows 11.vm",
        ),
        (
            "AzureRM",
            "West Europe",
            r"West Europe.region\image.folder\Office.resourcegroup",
        ),
    ] {
        let details =
            json!({ "Name": kind, "ConnectionType": kind, "Addresses": ["https://h.example"] });
        let body = json!({ "ConnectionDetails": details });
        site.ok("HypervisorsCreateHypervisor", &[], "", body).await;
        let root = format!(r"XDHyp:\Connections\{kind}");
        for query in [String::new(), format!("path={root}").replace('\\', "%5C")] {
            let tree = site
                .ok(
                    "HypervisorsGetHypervisorAllResources",
                    &[kind],
                    &query,
                    NONE,
                )
                .await;
            let children = tree["Children"].as_array().unwrap();
            assert!(
                children.iter().any(|it| it["Name"] == at_root),
                "{kind} {query}: {tree}"
            );
        }
        let path = format!("path={root}\\{below}")
            .replace('\\', "%5C")
            .replace(' ', "%20");
        let found = site
            .ok("HypervisorsGetHypervisorAllResources", &[kind], &path, NONE)
            .await;
        assert!(
            found["XDPath"].as_str().unwrap().ends_with(below),
            "{found}"
        );
    }
}

#[tokio::test]
async fn omitted_and_abbreviated_values_are_read_in_full() {
    let site = Site::new().await;
    let schedules = json!({ "RebootSchedules": [{ "Name": "Nightly", "Frequency": "Daily", "StartTime": "03:00" }] });
    site.ok(
        "DeliveryGroupsPatchDeliveryGroup",
        &["Demo Desktops"],
        "",
        schedules,
    )
    .await;
    let operation = "DeliveryGroupsGetDeliveryGroupRebootSchedules";
    let schedules = site.items(operation, &["Demo Desktops"], "").await;
    assert_eq!(schedules[0]["StartDate"], "2026-08-31");
    assert_eq!(schedules[0]["FrequencyFactor"], 1);
    let backup = json!({
        "Name": "Weekly", "StartDate": "2026-01-05", "FrequencyFactor": 1, "Enabled": true,
        "Frequency": "Weekly", "StartTime": "01:30", "TimeZoneId": "UTC",
    });
    let backup = site
        .ok("BackupRestoreCreateBackupSchedule", &[], "", backup)
        .await;
    assert_eq!(backup["StartTime"], "01:30:00");
    let scope = site.ok("AdminGetAdminScope", &["Office"], "", NONE).await;
    let set = json!({ "name": "Sales", "policySetType": "DeliveryGroupPolicies", "scopes": [scope["Id"]] });
    let set = site.ok("GpoCreateGpoPolicySet", &[], "", set).await;
    assert_eq!(set["scopes"], json!(["Office"]));
    let site = site.ok("SitesGetSite", &[ids::SITE_ID], "", NONE).await;
    assert!(site["OrchestationApiVersion"].as_u64().unwrap() > 126);
}

/// Goes from a connection to a pool like the official provider, by the response of each step.
#[tokio::test]
async fn a_pool_shows_names_of_resources_given_by_path_and_id() {
    let site = Site::new().await;
    let look = async |hypervisor: &str, path: &str, kind: &str, name: &str| {
        let query = format!("path={path}&type={kind}&children=1");
        let query = query.replace('\\', "%5C").replace(' ', "%20");
        let operation = "HypervisorsGetHypervisorAllResources";
        let tree = site.ok(operation, &[hypervisor], &query, NONE).await;
        let children = tree["Children"].as_array().unwrap();
        let found = children.iter().find(|it| it["Name"] == name);
        found
            .unwrap_or_else(|| panic!("{name} is not in {tree}"))
            .clone()
    };
    for kind in ["VCenter", "AzureRM"] {
        let details =
            json!({ "Name": kind, "ConnectionType": kind, "Addresses": ["https://h.example"] });
        let body = json!({ "ConnectionDetails": details });
        site.ok("HypervisorsCreateHypervisor", &[], "", body).await;
    }
    let text = |it: &Value, field: &str| it[field].as_str().unwrap().to_owned();
    let root = r"XDHyp:\Connections\VCenter";
    let datacenter = look("VCenter", root, "datacenter", "Datacenter 1").await;
    let cluster = look(
        "VCenter",
        &text(&datacenter, "XDPath"),
        "cluster",
        "Cluster 1",
    )
    .await;
    let cluster_path = text(&cluster, "XDPath");
    let network = look("VCenter", &cluster_path, "Network", "Desktops").await;
    let storage = look("VCenter", &cluster_path, "Storage", "Shared").await;
    let pool = json!({
        "Name": "Clustered", "ConnectionType": "VCenter", "RootPath": cluster["RelativePath"],
        "Networks": [network["RelativePath"]], "Storage": [storage["Id"]],
    });
    let pool = site
        .ok("HypervisorsCreateResourcePool", &["VCenter"], "", pool)
        .await;
    assert_eq!(
        pool["RootPath"]["RelativePath"],
        "Datacenter 1.datacenter/Cluster 1.cluster"
    );
    assert_eq!(pool["Networks"][0]["Name"], "Desktops");
    assert_eq!(pool["Storage"][0]["Name"], "Shared");
    let path = ["VCenter", "Clustered"];
    let operation = "HypervisorsGetHypervisorResourcePoolResources";
    let tree = site.ok(operation, &path, "", NONE).await;
    let children = tree["Children"].as_array().unwrap().iter();
    let image = children
        .into_iter()
        .find(|it| it["Name"] == "Windows 11")
        .unwrap();
    assert_eq!(
        image["XDPath"],
        r"XDHyp:\HostingUnits\Clustered\Windows 11.vm"
    );
    let region = look("AzureRM", "", "Region", "West Europe").await;
    let folder = format!(
        "{}/virtualprivatecloud.folder",
        text(&region, "RelativePath")
    );
    let network = look("AzureRM", &folder, "VirtualPrivateCloud", "Office").await;
    assert_eq!(network["Id"], "Office/Office");
    let below = format!("{folder}/{}", text(&network, "RelativePath"));
    let subnet = look("AzureRM", &below, "Network", "Desktops").await;
    let pool = json!({
        "Name": "Regional", "ConnectionType": "AzureRM", "Region": region["RelativePath"],
        "VirtualNetwork": network["RelativePath"], "Subnets": [subnet["RelativePath"]],
    });
    let pool = site
        .ok("HypervisorsCreateResourcePool", &["AzureRM"], "", pool)
        .await;
    assert_eq!(pool["Region"]["Name"], "West Europe");
    assert_eq!(pool["VirtualNetwork"]["Name"], "Office");
    assert_eq!(pool["Subnets"][0]["Name"], "Desktops");
}

#[tokio::test]
async fn null_clears_a_field_and_an_absent_field_is_kept() {
    let site = Site::new().await;
    for (update, get, name) in [
        ("TagsPatchTag", "TagsGetTag", "Pilot"),
        ("ZonesEditZone", "ZonesGetZone", "My Resource Location"),
        (
            "DeliveryGroupsPatchDeliveryGroup",
            "DeliveryGroupsGetDeliveryGroup",
            "Demo Desktops",
        ),
        (
            "MachineCatalogsUpdateMachineCatalog",
            "MachineCatalogsGetMachineCatalog",
            "Demo Catalog",
        ),
    ] {
        let described = async || site.ok(get, &[name], "", NONE).await["Description"].clone();
        let body = json!({ "Name": name, "Description": "A text" });
        site.ok(update, &[name], "", body).await;
        site.ok(update, &[name], "", json!({ "Name": name })).await;
        assert_eq!(described().await, "A text", "{update}");
        let body = json!({ "Name": name, "description": null });
        site.ok(update, &[name], "", body).await;
        let after = described().await;
        assert!(after.is_null() || after == "", "{update}: {after}");
    }
}

#[tokio::test]
async fn machines_are_held_by_the_connection_of_their_catalog() {
    let site = Site::new().await;
    let details = json!({
        "Name": "Second", "ConnectionType": "XenServer", "Addresses": ["https://second.example"],
        "UserName": "u", "Password": "p",
    });
    let body = json!({ "ConnectionDetails": details });
    let made = site.ok("HypervisorsCreateHypervisor", &[], "", body).await;
    let body =
        json!({ "Name": "There", "ConnectionType": "XenServer", "Networks": ["Desktops.network"] });
    site.ok("HypervisorsCreateResourcePool", &["Second"], "", body)
        .await;
    let image = r"XDHyp:\HostingUnits\There\Windows 2022.vm\Base.snapshot";
    let body = json!({
        "Name": "Held", "ProvisioningType": "MCS", "SessionSupport": "MultiSession",
        "ProvisioningScheme": {
            "ResourcePool": "There", "MasterImagePath": image, "NumTotalMachines": 1,
        },
    });
    site.ok("MachineCatalogsCreateMachineCatalog", &[], "", body)
        .await;
    let machines = site
        .items("MachineCatalogsGetMachineCatalogMachines", &["Held"], "")
        .await;
    let connection = &machines[0]["Hosting"]["HypervisorConnection"];
    assert_eq!(
        (&connection["Id"], &connection["Name"]),
        (&made["Id"], &json!("Second"))
    );
}
