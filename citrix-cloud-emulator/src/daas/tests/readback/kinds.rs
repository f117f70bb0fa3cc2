//! The kinds that are written and read back, and the fields of them that are not shown.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::ids;

/// How to create, read, change and delete a kind of object, and the fields that every body needs.
pub(super) struct TestedKind {
    pub(super) name: &'static str,
    pub(super) create: Option<&'static str>,
    pub(super) read: &'static str,
    pub(super) update: Option<&'static str>,
    pub(super) delete: Option<&'static str>,
    /// The path's parameters before the object.
    pub(super) within: &'static [&'static str],
    pub(super) query: &'static str,
    pub(super) base: fn(&str) -> Value,
    /// Further fields that the bodies of updates need.
    pub(super) always: fn() -> Value,
    /// The object's name in paths: the name it was given, or a field of the response to its creation.
    pub(super) named_by: &'static str,
}

pub(super) const PLAIN: TestedKind = TestedKind {
    name: "",
    create: None,
    read: "",
    update: None,
    delete: None,
    within: &[],
    query: "",
    base: |name| json!({ "Name": name }),
    always: || json!({}),
    named_by: "",
};

pub(super) const KINDS: &[TestedKind] = &[
    TestedKind {
        name: "Tag",
        create: Some("TagsCreateTag"),
        read: "TagsGetTag",
        update: Some("TagsPatchTag"),
        delete: Some("TagsDeleteTag"),
        ..PLAIN
    },
    TestedKind {
        name: "Scope",
        create: Some("AdminCreateAdminScope"),
        read: "AdminGetAdminScope",
        update: Some("AdminUpdateAdminScope"),
        delete: Some("AdminDeleteAdminScope"),
        base: |name| json!({ "Name": name }),
        ..PLAIN
    },
    TestedKind {
        name: "Role",
        create: Some("AdminCreateAdminRole"),
        read: "AdminGetAdminRole",
        update: Some("AdminUpdateAdminRole"),
        delete: Some("AdminDeleteAdminRole"),
        base: |name| json!({ "Name": name, "Permissions": ["Catalog_Read"] }),
        ..PLAIN
    },
    TestedKind {
        name: "Zone",
        create: Some("ZonesCreateZone"),
        read: "ZonesGetZone",
        update: Some("ZonesEditZone"),
        delete: Some("ZonesDeleteZone"),
        ..PLAIN
    },
    TestedKind {
        name: "AdminFolder",
        create: Some("AdminFoldersCreateAdminFolder"),
        read: "AdminFoldersGetAdminFolder",
        update: Some("AdminFoldersUpdateAdminFolder"),
        delete: Some("AdminFoldersDeleteAdminFolder"),
        named_by: "Id",
        ..PLAIN
    },
    TestedKind {
        name: "MachineCatalog",
        create: Some("MachineCatalogsCreateMachineCatalog"),
        read: "MachineCatalogsGetMachineCatalog",
        update: Some("MachineCatalogsUpdateMachineCatalog"),
        delete: Some("MachineCatalogsDeleteMachineCatalog"),
        base: |name| {
            json!({
                "Name": name, "ProvisioningType": "Manual", "SessionSupport": "MultiSession",
            })
        },
        ..PLAIN
    },
    TestedKind {
        name: "MachineCatalog by MCS",
        create: Some("MachineCatalogsCreateMachineCatalog"),
        read: "MachineCatalogsGetMachineCatalog",
        update: Some("MachineCatalogsUpdateMachineCatalog"),
        delete: Some("MachineCatalogsDeleteMachineCatalog"),
        base: |name| {
            json!({
                "Name": name, "ProvisioningType": "MCS", "SessionSupport": "MultiSession",
                "ProvisioningScheme": { "ResourcePool": "Demo Pool", "MasterImagePath": IMAGE },
            })
        },
        ..PLAIN
    },
    TestedKind {
        name: "DeliveryGroup",
        create: Some("DeliveryGroupsCreateDeliveryGroup"),
        read: "DeliveryGroupsGetDeliveryGroup",
        update: Some("DeliveryGroupsPatchDeliveryGroup"),
        delete: Some("DeliveryGroupsDeleteDeliveryGroup"),
        ..PLAIN
    },
    TestedKind {
        name: "Application",
        create: Some("ApplicationsAddApplications"),
        read: "ApplicationsGetApplication",
        update: Some("ApplicationsPatchApplication"),
        delete: Some("ApplicationsDeleteApplication"),
        base: |name| {
            json!({
                "Name": name, "ApplicationFolder": "",
                "InstalledAppProperties": { "CommandLineExecutable": r"C:\a.exe" },
            })
        },
        ..PLAIN
    },
    TestedKind {
        name: "ApplicationGroup",
        create: Some("ApplicationGroupsCreateApplicationGroup"),
        read: "ApplicationGroupsGetApplicationGroup",
        update: Some("ApplicationGroupsUpdateApplicationGroup"),
        delete: Some("ApplicationGroupsDeleteApplicationGroup"),
        ..PLAIN
    },
    TestedKind {
        name: "Hypervisor",
        create: Some("HypervisorsCreateHypervisor"),
        read: "HypervisorsGetHypervisor",
        update: Some("HypervisorsPatchHypervisor"),
        delete: Some("HypervisorsDeleteHypervisor"),
        base: |name| {
            json!({ "ConnectionDetails": {
                "ConnectionType": "XenServer", "Name": name, "Addresses": ["https://h.example"],
                "UserName": "u", "Password": "p",
            } })
        },
        always: || json!({ "ConnectionType": "XenServer" }),
        ..PLAIN
    },
    TestedKind {
        name: "ResourcePool",
        create: Some("HypervisorsCreateResourcePool"),
        read: "HypervisorsGetHypervisorResourcePool",
        update: Some("HypervisorsPatchHypervisorResourcePool"),
        delete: Some("HypervisorsDeleteHypervisorResourcePool"),
        within: &[ids::HYPERVISOR_ID],
        base: |name| json!({ "Name": name, "ConnectionType": "XenServer" }),
        always: || json!({ "ConnectionType": "XenServer" }),
        ..PLAIN
    },
    TestedKind {
        name: "ImageDefinition",
        create: Some("ImageDefinitionsCreateImageDefinition"),
        read: "ImageDefinitionsGetImageDefinition",
        update: Some("ImageDefinitionsUpdateImageDefinition"),
        delete: Some("ImageDefinitionsDeleteImageDefinition"),
        base: |name| json!({ "Name": name, "OsType": "Windows", "VDASessionSupport": "MultiSession" }),
        ..PLAIN
    },
    TestedKind {
        name: "BackupSchedule",
        create: Some("BackupRestoreCreateBackupSchedule"),
        read: "BackupRestoreGetBackupSchedule",
        update: Some("BackupRestoreModifyBackupSchedule"),
        delete: Some("BackupRestoreDeleteBackupSchedule"),
        named_by: "Uid",
        always: || {
            json!({
                "Name": "Again", "StartDate": "2026-01-05", "FrequencyFactor": 1, "Enabled": true,
                "Frequency": "Daily", "StartTime": "01:00", "TimeZoneId": "UTC",
            })
        },
        ..PLAIN
    },
    TestedKind {
        name: "ServiceAccount",
        create: Some("IdentityCreateServiceAccount"),
        read: "IdentityGetServiceAccount",
        update: Some("IdentitySetServiceAccount"),
        delete: Some("IdentityDeleteServiceAccount"),
        named_by: "ServiceAccountUid",
        base: |name| {
            json!({
                "DisplayName": name, "IdentityProviderType": "ActiveDirectory",
                "IdentityProviderIdentifier": "demolab.example", "AccountId": r"DEMOLAB\svc",
                "AccountSecret": "s", "AccountSecretFormat": "PlainText",
            })
        },
        ..PLAIN
    },
    TestedKind {
        name: "StoreFrontServer",
        create: Some("StoreFrontServersCreateStoreFrontServer"),
        read: "StoreFrontServersGetStoreFrontServer",
        update: Some("StoreFrontServersUpdateStoreFrontServer"),
        delete: Some("StoreFrontServersDeleteStoreFrontServer"),
        base: |name| json!({ "Name": name, "Url": "https://s.example/Citrix/Store" }),
        ..PLAIN
    },
    TestedKind {
        name: "PolicySet",
        create: Some("GpoCreateGpoPolicySet"),
        read: "GpoReadGpoPolicySet",
        update: Some("GpoUpdateGpoPolicySet"),
        delete: Some("GpoDeleteGpoPolicySet"),
        named_by: "policySetGuid",
        base: |name| json!({ "name": name, "policySetType": "DeliveryGroupPolicies" }),
        ..PLAIN
    },
    TestedKind {
        name: "RebootSchedule",
        create: Some("DeliveryGroupsCreateDeliveryGroupRebootSchedule"),
        read: "DeliveryGroupsGetDeliveryGroupRebootSchedule",
        update: Some("DeliveryGroupsPatchDeliveryGroupRebootSchedule"),
        delete: Some("DeliveryGroupsDeleteDeliveryGroupRebootSchedule"),
        within: &["Demo Desktops"],
        named_by: "Id",
        ..PLAIN
    },
    TestedKind {
        name: "PowerTimeScheme",
        create: Some("DeliveryGroupsCreateDeliveryGroupPowerTimeScheme"),
        read: "DeliveryGroupsGetDeliveryGroupPowerTimeScheme",
        update: Some("DeliveryGroupsPatchDeliveryGroupPowerTimeScheme"),
        delete: Some("DeliveryGroupsDeleteDeliveryGroupPowerTimeScheme"),
        within: &["Demo Desktops"],
        named_by: "Id",
        ..PLAIN
    },
    TestedKind {
        name: "AdvancedAccessPolicy",
        create: Some("DeliveryGroupsCreateDeliveryGroupAdvancedAccessPolicy"),
        read: "DeliveryGroupsGetDeliveryGroupAdvancedAccessPolicy",
        update: Some("DeliveryGroupsPatchDeliveryGroupAdvancedAccessPolicy"),
        delete: Some("DeliveryGroupsDeleteDeliveryGroupAdvancedAccessPolicy"),
        within: &["Demo Desktops"],
        named_by: "Id",
        ..PLAIN
    },
    TestedKind {
        name: "AppVIsolationGroup",
        create: Some("AppVIsolationGroupsCreateAppVIsolationGroup"),
        read: "AppVIsolationGroupsGetAppVIsolationGroup",
        update: Some("AppVIsolationGroupsUpdateAppVIsolationGroup"),
        delete: Some("AppVIsolationGroupsDeleteAppVIsolationGroup"),
        ..PLAIN
    },
    TestedKind {
        name: "DiscoveryProfile",
        create: Some("AppLibPackageDiscoveryCreateAppLibPackageDiscoveryProfile"),
        read: "AppLibPackageDiscoveryGetAppLibPackageDiscoveryProfile",
        update: Some("AppLibPackageDiscoveryUpdateAppLibPackageDiscoveryProfile"),
        delete: Some("AppLibPackageDiscoveryRemoveAppLibPackageDiscoveryProfile"),
        named_by: "Uid",
        base: |name| json!({ "Name": name, "DiscoveryType": "NetworkShareDiscovery", "DesktopGroupUid": 1 }),
        ..PLAIN
    },
    TestedKind {
        name: "Machine",
        read: "MachinesGetMachine",
        update: Some("MachinesUpdateMachineCatalogMachine"),
        ..PLAIN
    },
];

/// Returns the operations compared here.
pub(in crate::daas) fn operations() -> BTreeSet<&'static str> {
    let all = KINDS.iter().flat_map(|it| {
        let others = [it.create, it.update, it.delete];
        others.into_iter().flatten().chain([it.read])
    });
    all.collect()
}

pub(super) const IMAGE: &str = r"XDHyp:\HostingUnits\Demo Pool\Windows 2022.vm\Base.snapshot";

/// Fields whose names differ between bodies and responses.
pub(super) const RENAMED: &[(&str, &str)] = &[
    ("AzureADSecurityGroupName", "AzureAdSecurityGroupName"),
    ("DefaultDesktopIcon", "DefaultDesktopIconId"),
    ("FileTypes", "ConfiguredFtas"),
    ("Icon", "IconId"),
    ("IncludedUserFilterEnabled", "IncludedUsersFilterEnabled"),
    ("MachineProfilePath", "MachineProfile"),
    ("MasterImagePath", "MasterImage"),
    ("NetworkMapping", "NetworkMaps"),
    ("NetworkPath", "Network"),
    ("PersistUserChanges", "PersistChanges"),
    ("SecureIcaEnabled", "SecureIcaRequired"),
    ("ServiceAccountFingerprint", "Fingerprint"),
    ("ServiceOfferingPath", "ServiceOffering"),
    ("VmTagging", "VMTaggingEnabled"),
    ("WorkGroupMachines", "WorkgroupMachines"),
];

/// Fields that are not read back: the service shows the folder's own path, and assigns the ids.
pub(super) const NOT_READ: &[&str] = &[
    "AdminFolder create Path",
    "AdvancedAccessPolicy create Id",
    "AdvancedAccessPolicy update Id",
    "RebootSchedule create Id",
    "RebootSchedule update Id",
    "StoreFrontServer create Id",
    "StoreFrontServer update Id",
];

/// Fields of bodies that responses do not have: instructions, secrets, and values shown elsewhere.
pub(super) const NOT_SHOWN: &str = include_str!("../not_shown.txt");
