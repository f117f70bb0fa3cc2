//! Parts of a machine's response that are the same for all machines.

use std::sync::LazyLock;

use serde_json::{Value, json};

pub(in crate::daas) static SCOPES: LazyLock<Value> = LazyLock::new(|| {
    let all = json!({
        "Id": "00000000-0000-0000-0000-000000000000",
        "Uid": null,
        "Name": "All",
        "Description": "All objects",
        "IsBuiltIn": true,
        "IsAllScope": true,
        "IsTenantScope": false,
        "TenantId": null,
        "TenantName": null,
    });
    json!([
        { "Scopes": [all], "ScopeType": "MachineCatalog" },
        { "Scopes": [all], "ScopeType": "DeliveryGroup" },
    ])
});

pub(in crate::daas) static UPGRADE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "Uuid": null,
        "ScheduleStatus": "Unknown",
        "StatusMessage": null,
        "LastStateChangeTimeUtc": null,
        "ScheduledTimeUtc": null,
        "DurationInHours": null,
        "TargetPackageVersion": null,
    })
});

pub(in crate::daas) static CONTAINER_METADATA: LazyLock<Value> =
    LazyLock::new(|| json!({ "Metadata": [], "ContainerType": "MachineCatalog" }));

pub(in crate::daas) static METADATA: LazyLock<Value> = LazyLock::new(|| {
    json!([
        { "Name": "Citrix_DesktopStudio_Provisioning", "Value": "Manual" },
        { "Name": "Citrix_DesktopStudio_LastCheck", "Value": "2026-01-05T08:30:00Z" },
        { "Name": "Origin", "Value": "This machine exists only in an emulated cloud." },
    ])
});
