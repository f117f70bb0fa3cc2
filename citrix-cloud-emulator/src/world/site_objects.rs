//! The default site's objects besides its machines: a small set of every kind, linked with one another.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::resource::{Resource, ResourceKind, Resources};
use crate::ids;

/// A one-color square, the smallest possible icon.
const ICON: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Returns the id that stands for an id of the walkthrough's site, or for a named object, in another site.
pub(super) fn own(site: &str, id: &str) -> String {
    // The scope of all objects has the same id everywhere.
    if site.eq_ignore_ascii_case(ids::SITE_ID) || id == ids::ALL_SCOPE_ID {
        return id.to_owned();
    }
    let text = format!("{}/{id}", site.to_lowercase());
    Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string()
}

/// The objects of one site. Ids are derived from names, so that the same description always creates the same world.
struct Objects<'a> {
    site: &'a str,
}

pub(super) fn site_objects(site: &str) -> Resources {
    let mut all = Resources::default();
    let mut uids: HashMap<ResourceKind, u32> = HashMap::new();
    let objects = Objects { site };
    let objects = [
        objects.administration(),
        objects.places(),
        objects.images(),
        objects.groups(),
        objects.policies(),
        objects.others(),
    ];
    for (kind, resource) in objects.into_iter().flatten() {
        let uid = uids.entry(kind).or_default();
        *uid += 1;
        all.push(kind, resource.with("Uid", *uid));
    }
    all
}

fn document(name: &str, id: &str, fields: Value) -> Resource {
    let mut it = Resource::new(name).with_id(id);
    if let Value::Object(fields) = fields {
        it.fields = fields;
    }
    it
}

fn icon(id: &str) -> (ResourceKind, Resource) {
    let fields = json!({ "IsBuiltIn": true, "RawData": ICON });
    (ResourceKind::Icon, document("", id, fields))
}

impl Objects<'_> {
    fn own(&self, id: &str) -> String {
        own(self.site, id)
    }

    fn id(&self, kind: ResourceKind, name: &str) -> String {
        let text = format!("{kind:?}/{name}");
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string();
        self.own(&id)
    }

    fn object(&self, kind: ResourceKind, name: &str, fields: Value) -> (ResourceKind, Resource) {
        (kind, document(name, &self.id(kind, name), fields))
    }

    fn administration(&self) -> Vec<(ResourceKind, Resource)> {
        let role = |name: &str, permissions: &[&str]| {
            let fields = json!({
                "IsBuiltIn": true,
                "Description": format!("{name} of the site"),
                "Permissions": permissions,
            });
            self.object(ResourceKind::Role, name, fields)
        };
        let user = |name: &str, words: &str| {
            self.object(ResourceKind::User, name, json!({ "DisplayName": words }))
        };
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
        let administrator =
            json!({ "User": self.id(ResourceKind::User, pat), "ScopesAndRoles": rights });
        let all = json!({
            "IsBuiltIn": true,
            "IsAllScope": true,
            "Description": "All objects",
        });
        vec![
            (ResourceKind::Scope, document("All", ids::ALL_SCOPE_ID, all)),
            self.object(
                ResourceKind::Scope,
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
            user(pat, "Pat Patterson"),
            user(r"DEMOLAB\robin", "Robin Red"),
            user(r"DEMOLAB\jay", "Jay Blue"),
            user(r"DEMOLAB\Domain Users", "Domain Users"),
            self.object(ResourceKind::Administrator, pat, administrator),
        ]
    }

    fn places(&self) -> Vec<(ResourceKind, Resource)> {
        let primary = json!({
            "Description": "Where everything begins",
            "IsPrimary": true,
        });
        let hypervisor = json!({
            "ConnectionType": "XenServer",
            "Addresses": ["https://hypervisor01.demolab.example"],
            "UserName": "svc-citrix",
            "Scopes": [ids::ALL_SCOPE_ID],
            "Zone": self.own(ids::ZONE_ID),
        });
        let pool = json!({
            "HypervisorConnection": self.own(ids::HYPERVISOR_ID),
            "Networks": ["Desktops.network"],
            "Storage": ["Shared.storage"],
        });
        let pool = document("Demo Pool", &self.own(ids::RESOURCE_POOL_ID), pool)
            .within(self.own(ids::HYPERVISOR_ID));
        vec![
            (
                ResourceKind::Zone,
                document("Primary", &self.own(ids::ZONE_ID), primary),
            ),
            (
                ResourceKind::Hypervisor,
                document(
                    ids::HYPERVISOR_NAME,
                    &self.own(ids::HYPERVISOR_ID),
                    hypervisor,
                ),
            ),
            (ResourceKind::ResourcePool, pool),
            self.object(ResourceKind::AdminFolder, "Office", json!({})),
            self.object(
                ResourceKind::Tag,
                "Pilot",
                json!({ "Description": "Gets changes first" }),
            ),
        ]
    }

    fn images(&self) -> Vec<(ResourceKind, Resource)> {
        let name = "Windows 2022";
        let definition = self.id(ResourceKind::ImageDefinition, name);
        let spec = json!({
            "Id": self.id(ResourceKind::ImageVersion, "spec"),
            "ImageVersionSpecStatus": "Success",
            "PreparationType": "Mcs",
            "ResourcePool": self.own(ids::RESOURCE_POOL_ID),
        });
        let version = json!({
            "Number": 1,
            "ImageDefinition": definition,
            "Description": "As it was installed",
            "ImageVersionSpecs": [spec],
        });
        let (kind, version) = self.object(ResourceKind::ImageVersion, "1", version);
        vec![
            self.object(
                ResourceKind::ImageDefinition,
                name,
                json!({ "Description": "For shared desktops" }),
            ),
            (kind, version.within(definition)),
        ]
    }

    fn groups(&self) -> Vec<(ResourceKind, Resource)> {
        let part = |list: &str| json!(self.id(ResourceKind::DeliveryGroup, list));
        let desktops = json!({
            "Description": "Everybody's desktop",
            "Scopes": [ids::ALL_SCOPE_ID],
            "Tags": [self.id(ResourceKind::Tag, "Pilot")],
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
        let tools = self.id(ResourceKind::ApplicationGroup, "Office Tools");
        let group = json!([{ "Id": self.own(ids::DELIVERY_GROUP_ID), "Priority": 0 }]);
        let application = |name: &str, path: &str, more: (&str, Value)| {
            let mut fields = json!({
                "ApplicationFolder": self.id(ResourceKind::AdminFolder, "Office"),
                "BrowserName": name,
                "PublishedName": name,
                "InstalledAppProperties": { "CommandLineExecutable": path },
            });
            fields[more.0] = more.1;
            self.object(ResourceKind::Application, name, fields)
        };
        vec![
            (
                ResourceKind::DeliveryGroup,
                document("Demo Desktops", &self.own(ids::DELIVERY_GROUP_ID), desktops),
            ),
            self.object(
                ResourceKind::ApplicationGroup,
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
            // Clients request the default icon by either number.
            icon("0"),
            icon("1"),
        ]
    }

    fn policies(&self) -> Vec<(ResourceKind, Resource)> {
        let set =
            json!({ "policySetType": "SitePolicies", "description": "For all delivery groups" });
        let set = self.object(ResourceKind::PolicySet, "DefaultSitePolicies", set);
        let policy = json!({ "isEnabled": true, "place": 0 });
        let (_, policy) = self.object(ResourceKind::Policy, "Unfiltered", policy);
        let policy = policy.within(set.1.id());
        let setting = json!({ "settingValue": "false", "useDefault": false });
        let (_, setting) =
            self.object(ResourceKind::PolicySetting, "ClipboardRedirection", setting);
        let filter = json!({ "filterData": "S-1-1-0" });
        let (_, filter) = self.object(ResourceKind::PolicyFilter, "User", filter);
        vec![
            (ResourceKind::PolicySetting, setting.within(policy.id())),
            (ResourceKind::PolicyFilter, filter.within(policy.id())),
            (ResourceKind::Policy, policy),
            set,
        ]
    }

    fn others(&self) -> Vec<(ResourceKind, Resource)> {
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
        let (_, holidays) = self.object(ResourceKind::AutoscalePluginTemplate, "Winter", holidays);
        vec![
            self.object(ResourceKind::StoreFrontServer, "StoreFront", store),
            self.object(ResourceKind::ServiceAccount, "Machine accounts", account),
            self.object(ResourceKind::BackupSchedule, "Nightly", backup),
            (
                ResourceKind::AutoscalePluginTemplate,
                holidays.within("Holiday"),
            ),
        ]
    }
}
