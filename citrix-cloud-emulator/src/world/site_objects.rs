//! The objects of the default site next to its machines: a small set of every kind, connected with one another.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Kind, Resource, Resources};
use crate::ids;

/// A square of one colour, as small as an icon can be.
const ICON: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

pub(super) fn site_objects() -> Resources {
    let mut all = Resources::default();
    let mut uids: HashMap<Kind, u32> = HashMap::new();
    let objects = [
        administration(),
        places(),
        images(),
        groups(),
        policies(),
        others(),
    ];
    for (kind, resource) in objects.into_iter().flatten() {
        let uid = uids.entry(kind).or_default();
        *uid += 1;
        all.push(kind, resource.with("Uid", *uid));
    }
    all
}

/// An object whose id follows from its name, so that every default world is the same.
fn object(kind: Kind, name: &str, fields: Value) -> (Kind, Resource) {
    let id = id(kind, name);
    (kind, document(name, &id, fields))
}

fn document(name: &str, id: &str, fields: Value) -> Resource {
    let mut it = Resource::new(name).with_id(id);
    if let Value::Object(fields) = fields {
        it.fields = fields;
    }
    it
}

fn id(kind: Kind, name: &str) -> String {
    let text = format!("{kind:?}/{name}");
    Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string()
}

fn administration() -> Vec<(Kind, Resource)> {
    let role = |name: &str, permissions: &[&str]| {
        let fields = json!({
            "IsBuiltIn": true,
            "Description": format!("{name} of the site"),
            "Permissions": permissions,
        });
        object(Kind::Role, name, fields)
    };
    let user = |name: &str, words: &str| object(Kind::User, name, json!({ "DisplayName": words }));
    let full = role(
        "Full Administrator",
        &[
            "AppGroup_Manage",
            "Applications_Manage",
            "Catalog_Manage",
            "DesktopGroup_Manage",
            "Hosts_Manage",
        ],
    );
    let rights = json!([{ "Scope": ids::ALL_SCOPE_ID, "Role": full.1.id() }]);
    let pat = r"DEMOLAB\pat";
    let administrator = json!({ "User": id(Kind::User, pat), "ScopesAndRoles": rights });
    let all = json!({
        "IsBuiltIn": true,
        "IsAllScope": true,
        "Description": "All objects",
    });
    vec![
        (Kind::Scope, document("All", ids::ALL_SCOPE_ID, all)),
        object(
            Kind::Scope,
            "Office",
            json!({ "Description": "What the office works with" }),
        ),
        full,
        role(
            "Read Only Administrator",
            &["Catalog_Read", "DesktopGroup_Read", "Logging_Read"],
        ),
        role(
            "Help Desk Administrator",
            &["DesktopGroup_Read", "Machine_PowerManagement"],
        ),
        (
            Kind::CloudAdministrator,
            document(
                "pat.patterson@citrix.com",
                ids::ADMINISTRATOR_ID,
                cloud_administrator(),
            ),
        ),
        user(pat, "Pat Patterson"),
        user(r"DEMOLAB\robin", "Robin Red"),
        user(r"DEMOLAB\jay", "Jay Blue"),
        user(r"DEMOLAB\Domain Users", "Domain Users"),
        object(Kind::Administrator, pat, administrator),
    ]
}

fn cloud_administrator() -> Value {
    json!({
        "customerId": ids::CUSTOMER_ID,
        "type": "AdministratorUser",
        "accessType": "Full",
        "firstName": "Pat",
        "lastName": "Patterson",
        "displayName": "Pat Patterson",
        "email": "pat.patterson@citrix.com",
        "providerType": "CitrixSts",
        "pending": false,
        "createdDate": "2026-01-05T08:30:00Z",
        "updatedDate": "2026-01-05T08:30:00Z",
    })
}

fn places() -> Vec<(Kind, Resource)> {
    let primary = json!({
        "Description": "Where everything begins",
        "IsPrimary": true,
        "ResourceLocation": ids::RESOURCE_LOCATION_ID,
    });
    let hypervisor = json!({
        "ConnectionType": "XenServer",
        "Addresses": ["https://hypervisor01.demolab.example"],
        "UserName": "svc-citrix",
        "Scopes": [ids::ALL_SCOPE_ID],
        "Zone": ids::ZONE_ID,
    });
    let pool = json!({
        "HypervisorConnection": ids::HYPERVISOR_ID,
        "Networks": ["Cluster 1.cluster/Desktops.network"],
        "Storage": ["Cluster 1.cluster/Shared.storage"],
    });
    let pool = document("Demo Pool", ids::RESOURCE_POOL_ID, pool).within(ids::HYPERVISOR_ID);
    vec![
        (Kind::Zone, document("Primary", ids::ZONE_ID, primary)),
        (
            Kind::Hypervisor,
            document(ids::HYPERVISOR_NAME, ids::HYPERVISOR_ID, hypervisor),
        ),
        (Kind::ResourcePool, pool),
        object(Kind::AdminFolder, "Office", json!({})),
        object(
            Kind::Tag,
            "Pilot",
            json!({ "Description": "Gets changes first" }),
        ),
    ]
}

fn images() -> Vec<(Kind, Resource)> {
    let name = "Windows 2022";
    let definition = id(Kind::ImageDefinition, name);
    let spec = json!({
        "Id": id(Kind::ImageVersion, "spec"),
        "ImageVersionSpecStatus": "Success",
        "PreparationType": "Mcs",
        "ResourcePool": ids::RESOURCE_POOL_ID,
    });
    let version = json!({
        "Number": 1,
        "ImageDefinition": definition,
        "Description": "As it was installed",
        "ImageVersionSpecs": [spec],
    });
    let (kind, version) = object(Kind::ImageVersion, "1", version);
    vec![
        object(
            Kind::ImageDefinition,
            name,
            json!({ "Description": "For shared desktops" }),
        ),
        (kind, version.within(definition)),
    ]
}

fn groups() -> Vec<(Kind, Resource)> {
    let part = |list: &str| json!(id(Kind::DeliveryGroup, list));
    let desktops = json!({
        "Description": "Everybody's desktop",
        "Scopes": [ids::ALL_SCOPE_ID],
        "Tags": [id(Kind::Tag, "Pilot")],
        "Desktops": [{ "Id": part("desktop"), "Uid": 1, "Name": "Demo Desktop", "PublishedName": "Demo Desktop" }],
        "PowerTimeSchemes": [{
            "Id": part("times"), "Uid": 1, "Name": "Weekdays", "DisplayName": "Weekdays",
            "DaysOfWeek": ["Weekdays"], "PeakTimeRanges": ["08:00-18:00"], "PoolUsingPercentage": false,
        }],
        "RebootSchedules": [{
            "Id": part("reboots"), "Uid": 1, "Name": "Sunday night", "Frequency": "Weekly", "DaysInWeek": ["Sunday"],
            "StartTime": "02:00", "RebootDurationMinutes": 120, "Enabled": true,
        }],
    });
    let tools = id(Kind::ApplicationGroup, "Office Tools");
    let group = json!([{ "Id": ids::DELIVERY_GROUP_ID, "Priority": 0 }]);
    let application = |name: &str, path: &str, more: (&str, Value)| {
        let mut fields = json!({
            "ApplicationFolder": id(Kind::AdminFolder, "Office"),
            "BrowserName": name,
            "PublishedName": name,
            "InstalledAppProperties": { "CommandLineExecutable": path },
        });
        fields[more.0] = more.1;
        object(Kind::Application, name, fields)
    };
    vec![
        (
            Kind::DeliveryGroup,
            document("Demo Desktops", ids::DELIVERY_GROUP_ID, desktops),
        ),
        object(
            Kind::ApplicationGroup,
            "Office Tools",
            json!({ "DeliveryGroups": group }),
        ),
        application(
            "Notepad",
            r"C:\Windows\notepad.exe",
            ("DeliveryGroups", group.clone()),
        ),
        application(
            "Paint",
            r"C:\Windows\mspaint.exe",
            ("ApplicationGroups", json!([tools])),
        ),
        (
            Kind::Icon,
            document("", "1", json!({ "IsBuiltIn": true, "RawData": ICON })),
        ),
    ]
}

fn policies() -> Vec<(Kind, Resource)> {
    let set = json!({ "policySetType": "SitePolicies", "description": "For all delivery groups" });
    let set = object(Kind::PolicySet, "Site Policies", set);
    let policy = json!({ "isEnabled": true, "place": 0 });
    let (_, policy) = object(Kind::Policy, "Unfiltered", policy);
    let policy = policy.within(set.1.id());
    let setting = json!({ "settingValue": "false", "useDefault": false });
    let (_, setting) = object(Kind::PolicySetting, "ClipboardRedirection", setting);
    let filter = json!({ "filterData": "S-1-1-0" });
    let (_, filter) = object(Kind::PolicyFilter, "User", filter);
    vec![
        (Kind::PolicySetting, setting.within(policy.id())),
        (Kind::PolicyFilter, filter.within(policy.id())),
        (Kind::Policy, policy),
        set,
    ]
}

fn others() -> Vec<(Kind, Resource)> {
    let store = json!({ "Url": "https://storefront.demolab.example/Citrix/StoreWeb" });
    let account = json!({
        "IdentityProviderType": "ActiveDirectory",
        "IdentityProviderIdentifier": "demolab.example",
        "AccountId": r"DEMOLAB\svc-citrix",
        "Capabilities": ["ADMachineManagement"],
    });
    let backup = json!({
        "Description": "Every night",
        "Enabled": true,
        "Frequency": "Daily",
        "FrequencyFactor": 1,
        "StartDate": "2026-01-05",
        "StartTime": "01:00",
        "TimeZoneId": "GMT Standard Time",
    });
    let holidays = json!({ "Type": "Holiday", "Dates": ["2026-12-25", "2026-12-26"] });
    let (_, holidays) = object(Kind::AutoscalePluginTemplate, "Winter", holidays);
    vec![
        object(Kind::StoreFrontServer, "StoreFront", store),
        object(Kind::ServiceAccount, "Machine accounts", account),
        object(Kind::BackupSchedule, "Nightly", backup),
        (Kind::AutoscalePluginTemplate, holidays.within("Holiday")),
    ]
}
