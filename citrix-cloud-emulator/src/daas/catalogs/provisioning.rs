//! The provisioning scheme of a catalog, and its image.

use serde_json::{Value, json};

use crate::daas::context::Context;
use crate::daas::hypervisors;
use crate::daas::resource::{self, Fields};
use crate::daas::times::spoken;
use crate::http::Reply;
use crate::http::errors::{common, orchestration};
use crate::world::{ResourceKind, Site};

/// The maximum length of a machine's name without its domain.
const LONGEST_NAME: usize = 15;

/// Fields whose names differ between bodies and responses.
const RENAMED: [(&str, &str); 4] = [
    ("AzureADSecurityGroupName", "AzureAdSecurityGroupName"),
    ("NetworkMapping", "NetworkMaps"),
    ("ServiceOfferingPath", "ServiceOffering"),
    ("WorkGroupMachines", "WorkgroupMachines"),
];

/// The fields of a catalog update that belong to its scheme.
pub(in crate::daas) const OF_THE_SCHEME: [&str; 13] = [
    "AzureADSecurityGroupName",
    "AzureADTenantId",
    "CoresPerCpuCount",
    "CpuCount",
    "CustomProperties",
    "MachineProfilePath",
    "MemoryMB",
    "NetworkMapping",
    "SecurityGroups",
    "ServiceAccountUid",
    "ServiceOfferingPath",
    "WriteBackCacheDiskSizeGB",
    "WriteBackCacheMemorySizeMB",
];

/// Resolves a scheme's references, and stores them as responses show them.
pub(in crate::daas) fn complete(
    context: &Context<'_>,
    scheme: &mut Fields,
    catalog: &mut Fields,
) -> Result<(), Reply> {
    let site = &*context.site;
    if let Some(pool) = scheme.get("ResourcePool").and_then(Value::as_str) {
        let pool = resource::lookup(site, ResourceKind::ResourcePool, pool)
            .ok_or_else(|| orchestration::no_such("ResourcePool", pool, "ResourcePool"))?;
        scheme.insert("ResourcePool".to_owned(), json!(pool.id()));
        let hypervisor = pool.parents.first().cloned().unwrap_or_default();
        catalog
            .entry("HypervisorConnection")
            .or_insert_with(|| json!(hypervisor));
    }
    if let Some(Value::Object(image)) =
        scheme.shift_remove("AssignImageVersionToProvisioningScheme")
    {
        let version = image_version(site, &image)?;
        catalog.insert("ImageVersion".to_owned(), json!(version));
    }
    let rules = scheme.get("MachineAccountCreationRules");
    let pattern = rules.and_then(|it| it.get("NamingScheme")?.as_str());
    if pattern.is_some_and(|it| it.is_empty() || it.len() > LONGEST_NAME) {
        return Err(common::invalid_string("NamingScheme"));
    }
    complete_parts(scheme);
    take_image(context, scheme)?;
    let is_workgroup = scheme.get("WorkgroupMachines") == Some(&json!(true));
    let kind = if is_workgroup {
        "Workgroup"
    } else {
        "ActiveDirectory"
    };
    scheme
        .entry("Id")
        .or_insert_with(|| json!(uuid::Uuid::new_v4()));
    scheme.entry("IdentityType").or_insert(json!(kind));
    if let Some(name) = catalog.get("Name").cloned() {
        scheme.insert("Name".to_owned(), name);
    }
    Ok(())
}

/// Resolves the paths in a scheme of machines or of an image to what responses show.
pub(in crate::daas) fn complete_parts(scheme: &mut Fields) {
    for (given, shown) in RENAMED {
        if let Some(value) = scheme.shift_remove(given) {
            scheme.insert(shown.to_owned(), value);
        }
    }
    if let Some(Value::String(path)) = scheme.get("ServiceOffering") {
        let offering = hypervisors::resources::named(path, "ServiceOffering")["Name"].take();
        scheme.insert("ServiceOffering".to_owned(), offering);
    }
    take_networks(scheme);
    for given in ["MachineProfilePath", "MachineProfile"] {
        if let Some(path) = scheme.get(given).and_then(Value::as_str) {
            let profile = hypervisors::resources::named(path, "Vm");
            scheme.shift_remove(given);
            scheme.insert("MachineProfile".to_owned(), profile);
        }
    }
}

/// Resolves networks, which bodies identify by path.
fn take_networks(scheme: &mut Fields) {
    let Some(Value::Array(maps)) = scheme.get_mut("NetworkMaps") else {
        return;
    };
    for map in maps {
        let device = ["NetworkDeviceNameOrId", "DeviceNameOrId"];
        let device = device.iter().find_map(|it| map[*it].as_str());
        if let (Some(path), device) = (map["NetworkPath"].as_str(), device.unwrap_or("0")) {
            *map = json!({
                "DeviceId": device,
                "DeviceName": device,
                "Network": hypervisors::resources::named(path, "Network"),
            });
        }
    }
}

/// Sets the image in the body; it stays visible along with earlier ones.
fn take_image(context: &Context<'_>, scheme: &mut Fields) -> Result<(), Reply> {
    let site = &*context.site;
    let note = scheme.shift_remove("MasterImageNote");
    let keeps_old = scheme.shift_remove("StoreOldImage") != Some(json!(false));
    let path = scheme.shift_remove("MasterImagePath");
    let Some(path) = path
        .as_ref()
        .and_then(Value::as_str)
        .filter(|it| !it.is_empty())
    else {
        if let (Some(note), Some(image)) = (note, scheme.get_mut("CurrentDiskImage")) {
            image["MasterImageNote"] = note;
        }
        return Ok(());
    };
    let pool = scheme.get("ResourcePool").and_then(Value::as_str);
    let pool = pool.and_then(|id| site.resources(ResourceKind::ResourcePool).get(id));
    let image = pool.and_then(|pool| hypervisors::resources::below_pool(site, pool, path));
    let image =
        image.ok_or_else(|| orchestration::no_such("MasterImage", path, "MasterImagePath"))?;
    if let Some(old) = scheme
        .shift_remove("CurrentDiskImage")
        .filter(|_| keeps_old)
    {
        let history = scheme.entry("HistoricalDiskImages").or_insert(json!([]));
        if let Some(history) = history.as_array_mut() {
            history.insert(0, old);
        }
    }
    let current = json!({
        "Image": image,
        "ImageStatus": "Current",
        "Date": spoken(Some(context.now)),
        "MasterImageNote": note,
        "FunctionalLevel": "L7_20",
    });
    scheme.insert("CurrentDiskImage".to_owned(), current);
    scheme.insert("MasterImage".to_owned(), image);
    Ok(())
}

fn image_version(site: &Site, image: &Fields) -> Result<String, Reply> {
    let text = |field: &str| image.get(field).and_then(Value::as_str).unwrap_or_default();
    let (definition, version) = (text("ImageDefinition"), text("ImageVersion"));
    let definition = resource::lookup(site, ResourceKind::ImageDefinition, definition)
        .ok_or_else(|| orchestration::no_such("ImageDefinition", definition, "ImageDefinition"))?;
    let mut versions = site
        .resources(ResourceKind::ImageVersion)
        .group(definition.id());
    let found = versions.find(|it| it.id() == version || it.name == version);
    let found =
        found.ok_or_else(|| orchestration::no_such("ImageVersion", version, "ImageVersion"))?;
    Ok(found.id().to_owned())
}
