//! The requests of declarative clients, which compare what they read with what was declared: connections and pools of
//! every type, catalogs of every kind, groups with policies, image versions.

use serde_json::{Value, json};

use super::site::Site;

const NONE: Value = Value::Null;

/// Encodes a path for a query.
fn escaped(path: &str) -> String {
    let escapes = [('%', "%25"), ('\\', "%5C"), (' ', "%20"), ('/', "%2F")];
    escapes.iter().fold(path.to_owned(), |path, (sign, code)| {
        path.replace(*sign, code)
    })
}

/// Finds a resource on a connection by its name, as clients do before they use it in a body.
async fn found(site: &Site, connection: &str, below: &str, kind: &str, name: &str) -> Value {
    let query = format!("children=1&path={}&type={kind}", escaped(below));
    let operation = "HypervisorsGetHypervisorAllResources";
    let seen = site.ok(operation, &[connection], &query, NONE).await;
    let all = seen["Children"].as_array().unwrap();
    let it = all
        .iter()
        .find(|it| it["ResourceType"] == kind && it["Name"] == name);
    it.unwrap_or_else(|| panic!("{connection} has no {kind} {name} below '{below}': {seen}"))
        .clone()
}

async fn connect(site: &Site, mut details: Value) -> Value {
    details["Zone"] = json!("My Resource Location");
    let body = json!({ "ConnectionDetails": details });
    site.ok("HypervisorsCreateHypervisor", &[], "", body).await
}

/// Creates a pool, renames it, and deletes it and its connection.
async fn pool(site: &Site, connection: &str, body: Value) -> Value {
    let kind = body["ConnectionType"].clone();
    let made = site
        .ok("HypervisorsCreateResourcePool", &[connection], "", body)
        .await;
    let id = made["Id"].as_str().unwrap();
    let path = [connection, id];
    let operation = "HypervisorsPatchHypervisorResourcePool";
    let renamed = json!({ "ConnectionType": kind, "Name": "renamed" });
    site.ok(operation, &path, "", renamed).await;
    let operation = "HypervisorsGetHypervisorResourcePool";
    let read = site.ok(operation, &path, "", NONE).await;
    assert_eq!(read["Name"], "renamed");
    let operation = "HypervisorsDeleteHypervisorResourcePool";
    site.ok(operation, &path, "", NONE).await;
    site.ok("HypervisorsDeleteHypervisor", &[connection], "", NONE)
        .await;
    let gone = site
        .call("HypervisorsGetHypervisor", &[connection], "", &NONE)
        .await;
    assert_eq!(gone.status, 404);
    read
}

#[tokio::test]
async fn amazons_pools_name_a_network_with_a_slash() {
    let site = Site::new().await;
    for (kind, plugin) in [
        ("AWS", "AWSMachineManagerFactory"),
        (
            "AmazonWorkSpacesCore",
            "AmazonWorkSpacesCoreMachineManagerFactory",
        ),
    ] {
        let details = json!({
            "Name": kind, "ConnectionType": kind, "ApiKey": "AKIA", "SecretKey": "hunter2",
            "SecretKeyFormat": "PlainText", "Region": "us-east-1",
        });
        let made = connect(&site, details).await;
        assert_eq!(
            (&made["ApiKey"], &made["PluginId"]),
            (&json!("AKIA"), &json!(plugin))
        );
        assert!(!made.to_string().contains("hunter2"));
        let zone = "Office.virtualprivatecloud/us-east-1a.availabilityzone";
        let name = "10.0.1.0/24 (desktops)";
        let network = found(&site, kind, zone, "Network", name).await;
        let path = network["XDPath"].as_str().unwrap();
        assert!(
            path.ends_with(r"us-east-1a.availabilityzone\10.0.1.0`/24 (desktops).network"),
            "{path}"
        );
        let body = json!({
            "Name": "pool", "ConnectionType": kind, "VirtualPrivateCloud": "Office.virtualprivatecloud",
            "AvailabilityZone": zone, "Networks": [path],
        });
        let read = pool(&site, kind, body).await;
        assert_eq!(read["Networks"][0]["Name"], name);
        assert_eq!(read["VirtualPrivateCloud"]["Name"], "Office");
        assert_eq!(read["AvailabilityZone"]["Name"], "us-east-1a");
    }
}

#[tokio::test]
async fn azures_networks_are_listed_together_and_named_with_their_group() {
    let site = Site::new().await;
    let kind = "AzureRM";
    let details = json!({
        "Name": kind, "ConnectionType": kind, "ApplicationId": "a", "ApplicationSecret": "hunter2",
        "ApplicationSecretFormat": "PlainText", "SubscriptionId": "s", "ActiveDirectoryId": "t",
    });
    let made = connect(&site, details).await;
    assert_eq!(made["PluginId"], "AzureRmFactory");
    let folder = "West Europe.region/virtualprivatecloud.folder";
    let network = found(&site, kind, folder, "VirtualPrivateCloud", "Office").await;
    assert_eq!(network["Id"], "Office/Office");
    let relative = "Office.resourcegroup/Office.virtualprivatecloud";
    assert_eq!(network["RelativePath"], relative);
    let network = format!("{folder}/{relative}");
    let subnet = found(&site, kind, &network, "Network", "Desktops").await;
    let machine = found(
        &site,
        kind,
        "West Europe.region/vm.folder",
        "Vm",
        "Desktop 1",
    )
    .await;
    assert_eq!(machine["Id"], "Office/Desktop 1");
    let body = json!({
        "Name": "pool", "ConnectionType": kind, "Region": "West Europe.region", "VirtualNetwork": network,
        "Subnets": [subnet["RelativePath"]],
    });
    let read = pool(&site, kind, body).await;
    assert_eq!(read["VirtualNetwork"]["Id"], "Office/Office");
    assert_eq!(read["Region"]["Name"], "West Europe");
    assert_eq!(read["Subnets"][0]["Name"], "Desktops");
}

#[tokio::test]
async fn other_pools_show_project_namespace_and_host() {
    let site = Site::new().await;
    let region = "demolab.project/europe-west3.region";
    let cases = [
        (
            "GoogleCloudPlatform",
            format!("{region}/office.virtualprivatecloud"),
            json!({ "Region": region, "VirtualPrivateCloud": format!("{region}/office.virtualprivatecloud") }),
            vec![
                ("Project", "demolab"),
                ("Region", "europe-west3"),
                ("VirtualPrivateCloud", "office"),
            ],
        ),
        (
            "OpenShift",
            "desktops.namespace".to_owned(),
            json!({ "RootPath": "desktops.namespace" }),
            vec![("RootPath", "desktops")],
        ),
        (
            "SCVMM",
            "Host 1.host".to_owned(),
            json!({ "RootPath": "Host 1.host" }),
            vec![("RootPath", "Host 1")],
        ),
    ];
    for (kind, below, more, shown) in cases {
        let details =
            json!({ "Name": kind, "ConnectionType": kind, "Addresses": ["https://h.example"] });
        connect(&site, details).await;
        let name = if kind == "SCVMM" {
            "Desktops"
        } else {
            "desktops"
        };
        let network = found(&site, kind, &below, "Network", name).await;
        let mut body = json!({
            "Name": "pool", "ConnectionType": kind, "Networks": [network["XDPath"]],
        });
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        let read = pool(&site, kind, body).await;
        assert_eq!(read["Networks"][0]["Name"], name, "{kind}");
        for (field, name) in shown {
            assert_eq!(read[field]["Name"], name, "{kind}");
        }
    }
}

#[tokio::test]
async fn machines_of_a_catalog_are_held_where_the_body_says() {
    let site = Site::new().await;
    let details = json!({
        "Name": "Xen", "ConnectionType": "XenServer", "Addresses": ["http://h.example"],
        "UserName": "root", "Password": "hunter2", "PasswordFormat": "PlainText",
    });
    let made = connect(&site, details).await;
    let machine = found(&site, "Xen", "", "Vm", "Windows 11").await;
    let body = json!({
        "Name": "Held", "ProvisioningType": "Manual", "SessionSupport": "MultiSession", "MachineType": "Virtual",
        "AllocationType": "Random",
        "Machines": [{
            "MachineName": r"demolab\m1", "HostedMachineId": machine["Id"], "HypervisorConnection": made["Id"],
        }],
    });
    let held = site
        .ok("MachineCatalogsCreateMachineCatalog", &[], "", body)
        .await;
    assert_eq!(held["IsPowerManaged"], true);
    let operation = "MachineCatalogsGetMachineCatalogMachines";
    let machines = site.items(operation, &["Held"], "").await;
    let hosting = &machines[0]["Hosting"];
    assert_eq!(hosting["HypervisorConnection"]["Id"], made["Id"]);
    assert_eq!(hosting["HostedMachineId"], machine["Id"]);
    assert_eq!(hosting["HostedMachineName"], "Windows 11");
}

#[tokio::test]
async fn a_catalog_for_remote_pcs_shows_units_alone() {
    let site = Site::new().await;
    let unit = "OU=Desks,DC=demolab,DC=example";
    let body = json!({
        "Name": "Desks", "ProvisioningType": "Manual", "SessionSupport": "SingleSession", "MachineType": "Physical",
        "IsRemotePC": true, "AllocationType": "Static",
        "RemotePCEnrollmentScopes": [
            { "OU": unit, "IsOrganizationalUnit": true, "IncludeSubfolders": true },
            { "OU": r"demolab\desk1", "IsOrganizationalUnit": false },
        ],
    });
    let operation = "MachineCatalogsCreateMachineCatalog";
    let desks = site.ok(operation, &[], "", body).await;
    let units = desks["RemotePCEnrollmentScopes"].as_array().unwrap();
    assert_eq!((units.len(), &units[0]["OU"]), (1, &json!(unit)));
    assert_eq!(desks["TotalCount"], 1);
}

#[tokio::test]
async fn a_zone_keeps_its_location_when_it_is_described() {
    let site = Site::new().await;
    let customer = crate::ids::CUSTOMER_ID;
    let path = format!("/{customer}/resourcelocations");
    let made = site
        .platform("POST", &path, &json!({ "name": "Oslo" }))
        .await;
    site.wait(31);
    let body = json!({ "Name": "Oslo", "Description": "By the fjord", "Metadata": [] });
    site.ok("ZonesEditZone", &["Oslo"], "", body).await;
    let zone = site.ok("ZonesGetZone", &["Oslo"], "", NONE).await;
    assert_eq!(zone["ResourceLocation"]["Id"], made["id"]);
    assert_eq!(zone["Description"], "By the fjord");
}

#[tokio::test]
async fn a_delivery_group_has_two_policies_that_stay() {
    let site = Site::new().await;
    let body = json!({ "Name": "Own", "MachineCatalogs": [] });
    let made = site
        .ok("DeliveryGroupsCreateDeliveryGroup", &[], "", body)
        .await;
    let id = made["Id"].as_str().unwrap().to_owned();
    let policies = async || {
        let read = site
            .ok("DeliveryGroupsGetDeliveryGroup", &[&id], "", NONE)
            .await;
        read["AdvancedAccessPolicy"].as_array().unwrap().clone()
    };
    let change = async |list: Value| {
        let body = json!({ "AdvancedAccessPolicy": list });
        site.ok("DeliveryGroupsPatchDeliveryGroup", &[&id], "", body)
            .await;
        policies().await
    };
    let before = policies().await;
    let of =
        |all: &[Value], field: &str| all.iter().map(|it| it[field].clone()).collect::<Vec<_>>();
    assert_eq!(of(&before, "AllowedConnection"), ["ViaAG", "NotViaAG"]);
    assert_eq!(of(&before, "IsBuiltIn"), [true, true]);
    // An existing one, with its id and its changes, and a new one.
    let own = json!({ "Name": "Mine", "AllowedConnection": "ViaAG", "Enabled": true });
    let after = change(json!([{ "Id": before[1]["Id"], "Enabled": false }, own])).await;
    assert_eq!(of(&after, "Id")[..2], of(&before, "Id"));
    assert_eq!(of(&after, "Enabled"), [true, false, true]);
    assert_eq!(of(&after, "IsBuiltIn"), [true, true, false]);
    assert_eq!(after[1]["Name"], before[1]["Name"]);
    assert_eq!(after[2]["Name"], "Mine");
    let after = change(json!([])).await;
    assert_eq!(of(&after, "Id"), of(&before, "Id"));
    assert_eq!(after[1]["Enabled"], false);
}

#[tokio::test]
async fn an_image_version_names_its_source() {
    let site = Site::new().await;
    let body = json!({
        "Name": "Golden", "OsType": "Windows", "VDASessionSupport": "MultiSession",
        "AssignedHypervisorConnection": {
            "HypervisorConnection": "Demo Hypervisor", "CustomProperties": [{ "Name": "a", "Value": "b" }],
        },
    });
    let body = with_first_hypervisor(&site, body).await;
    let operation = "ImageDefinitionsCreateImageDefinition";
    let definition = site.ok(operation, &[], "", body).await;
    let connection = &definition["HypervisorConnections"][0];
    assert_eq!(connection["PluginFactoryName"], "XenFactory");
    let path = r"XDHyp:\HostingUnits\Demo Pool\Windows 2022.vm\Base.snapshot";
    let body = json!({
        "Description": "First", "ResourcePool": "Demo Pool", "MasterImagePath": path,
        "ImageScheme": {
            "CpuCount": 2, "MemoryMB": 4096, "ServiceOfferingPath": r"serviceoffering.folder\Big.serviceoffering",
        },
    });
    let operation = "ImageDefinitionsCreateImageVersion";
    let version = site.ok(operation, &["Golden"], "", body.clone()).await;
    let spec = &version["ImageVersionSpecs"][0];
    assert_eq!(spec["MasterImage"]["XDPath"], path);
    assert_eq!(spec["Context"]["PluginFactoryName"], "XenFactory");
    assert_eq!(spec["Context"]["ImageScheme"]["ServiceOffering"], "Big");
    assert_eq!(spec["Context"]["ImageScheme"]["MemoryMB"], 4096);
    assert_eq!(
        spec["ImageRuntimeEnvironment"]["OperatingSystem"]["Type"],
        "Windows"
    );
    let mut nowhere = body;
    nowhere["MasterImagePath"] = json!(r"XDHyp:\HostingUnits\Demo Pool\Nothing.vm");
    let refused = site.call(operation, &["Golden"], "", &nowhere).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
}

async fn with_first_hypervisor(site: &Site, mut body: Value) -> Value {
    let all = site.items("HypervisorsGetHypervisors", &[], "").await;
    body["AssignedHypervisorConnection"]["HypervisorConnection"] = all[0]["Id"].clone();
    body
}
