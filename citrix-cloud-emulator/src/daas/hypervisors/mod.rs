//! `/hypervisors`: connections and their resource pools.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::resource::{self, Fields, Objects, PLAIN, ResourceSpec};
use super::zones::zone_of;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind, Site};

pub(super) mod questions;
pub(super) mod resources;
pub(super) mod trees;

pub(super) const HYPERVISOR: ResourceSpec = ResourceSpec {
    entity: "HypervisorConnection",
    defaults: r#"{
        "Addresses": [], "ConnectionType": "XenServer", "Environment": "AzureCloud", "InMaintenanceMode": false,
        "IsVirtual": true, "MaxAbsoluteActiveActions": 100, "MaxAbsoluteNewActionsPerMinute": 10,
        "MaxPowerActionsPercentageOfMachines": 20, "MaximumConcurrentProvisioningOperations": 100,
        "PluginRevision": "2411.0.0.0", "UsesCloudInfrastructure": false,
        "ErrorState": "None"
    }"#,
    renamed: &[
        ("TenancyOcid", "TenancyOcid"),
        ("ServiceAccountFingerprint", "Fingerprint"),
    ],
    computed: |objects, it| {
        let site = objects.site;
        let zone = resource::reference(objects, ResourceKind::Zone, zone_of(site, &it.fields));
        let kind = it
            .fields
            .get("ConnectionType")
            .cloned()
            .unwrap_or_else(|| json!("XenServer"));
        let pools = site.resources(ResourceKind::ResourcePool).group(it.id());
        let pools = pools
            .map(|pool| json!({ "Id": pool.id(), "Name": pool.name, "XDPath": pool_path(pool) }));
        let plugin = it.fields.get("PluginId").cloned();
        let plugin = plugin.unwrap_or_else(|| json!(plugin_of(kind.as_str().unwrap_or_default())));
        Map::from_iter([
            ("Zone".to_owned(), zone.unwrap_or_default()),
            ("PluginId".to_owned(), plugin),
            (
                "XDPath".to_owned(),
                json!(format!(r"XDHyp:\Connections\{}", it.name)),
            ),
            ("DisplayConnectionType".to_owned(), kind),
            ("ResourcePools".to_owned(), pools.collect()),
        ])
    },
    blocks_delete: |site, it| {
        let pools = site
            .resources(ResourceKind::ResourcePool)
            .group_len(it.id());
        let uses = |catalog: &&Resource| {
            catalog
                .fields
                .get("HypervisorConnection")
                .is_some_and(|id| id == it.id())
        };
        match site.catalogs().iter().find(uses) {
            Some(catalog) => Some(format!("machine catalog '{}'", catalog.name)),
            None => (pools > 0).then(|| format!("{pools} resource pools")),
        }
    },
    ..PLAIN
};

/// Returns the plug-in of a connection type. Connections of type `Custom` name their own.
pub(super) fn plugin_of(connection_type: &str) -> String {
    match connection_type {
        "AWS" => "AWSMachineManagerFactory".to_owned(),
        "AmazonWorkSpacesCore" => "AmazonWorkSpacesCoreMachineManagerFactory".to_owned(),
        "AzureRM" => "AzureRmFactory".to_owned(),
        "OpenShift" => "OpenShiftPluginFactory".to_owned(),
        "SCVMM" => "MicrosoftPSFactory".to_owned(),
        "VCenter" => "VmwareFactory".to_owned(),
        "XenServer" => "XenFactory".to_owned(),
        other => format!("{other}Factory"),
    }
}

pub(super) const RESOURCE_POOL: ResourceSpec = ResourceSpec {
    entity: "HypervisorResourcePool",
    defaults: r#"{ "UseLocalStorageCaching": false, "UsesExplicitStorage": true }"#,
    renamed: &[("VmTagging", "VMTaggingEnabled")],
    computed: pool_parts,
    blocks_delete: |site, pool| {
        if let Some(catalog) = catalogs_of_pool(site, pool).next() {
            return Some(format!("machine catalog '{}'", catalog.name));
        }
        let mut versions = site.resources(ResourceKind::ImageVersion).iter();
        let version = versions.find(|it| pools_of_image(it).any(|id| id == pool.id()))?;
        Some(format!("image version {}", version.name))
    },
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "HypervisorsGetHypervisors" | "HypervisorsGetHypervisorsAndResourcePools" => {
            |context| resource::list(context, ResourceKind::Hypervisor)
        }
        "HypervisorsCreateHypervisor" => create,
        "HypervisorsGetHypervisor" => |context| resource::get(context, ResourceKind::Hypervisor),
        "HypervisorsPatchHypervisor" => update,
        "HypervisorsDeleteHypervisor" => {
            |context| resource::delete(context, ResourceKind::Hypervisor)
        }
        "HypervisorsGetHypervisorAllResources" => resources::of_hypervisor,
        "HypervisorsCreateResourcePool" => create_pool,
        "HypervisorsGetHypervisorResourcePools" => pools,
        "HypervisorsGetHypervisorAllResourcePools" => {
            |context| resource::list(context, ResourceKind::ResourcePool)
        }
        "HypervisorsResetBrokerHypervisorConnection" => |context| {
            resource::named(context, ResourceKind::Hypervisor)?;
            resource::empty()
        },
        "HypervisorsGetHypervisorResourcePool" => get_pool,
        "HypervisorsPatchHypervisorResourcePool" => update_pool,
        "HypervisorsDeleteHypervisorResourcePool" => delete_pool,
        "HypervisorsGetHypervisorResourcePoolDeletePreview" => preview,
        "HypervisorsGetHypervisorResourcePoolResources" => resources::of_pool,
        "HypervisorsValidateHypervisorResourcePoolResource" => resources::validate,
        _ => return None,
    })
}

/// Creates a connection, and a resource pool if the body describes one.
fn create(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let details = body.shift_remove("ConnectionDetails").unwrap_or_default();
    let Value::Object(mut details) = details else {
        return Err(common::missing("ConnectionDetails"));
    };
    if let Some(address) = details.shift_remove("Address") {
        details
            .entry("Addresses")
            .or_insert_with(|| json!([address]));
    }
    let id = resource::make(context, ResourceKind::Hypervisor, details, Vec::new())?;
    if let Some(Value::Object(pool)) = body.shift_remove("PoolDetails")
        && let Err(refusal) = make_pool(context, &id, pool)
    {
        context
            .site
            .resources_mut(ResourceKind::Hypervisor)
            .remove(&id);
        return Err(refusal);
    }
    resource::respond(context, ResourceKind::Hypervisor, &id)
}

fn update(context: &mut Context<'_>) -> Outcome {
    let it = resource::named(context, ResourceKind::Hypervisor)?.into_owned();
    let mut body = context.body()?;
    same_type(&it, &body)?;
    if let Some(address) = body.shift_remove("Address") {
        body.entry("Addresses").or_insert_with(|| json!([address]));
    }
    resource::change(context, ResourceKind::Hypervisor, it.id(), body)?;
    resource::empty()
}

/// The type is in every body, but cannot be changed.
fn same_type(it: &Resource, body: &Fields) -> Result<(), Reply> {
    let (old, new) = (it.fields.get("ConnectionType"), body.get("ConnectionType"));
    match (old, new) {
        (Some(old), Some(new)) if old != new => {
            let message = format!("'{}' is a connection of type {old}, not {new}.", it.name);
            Err(orchestration::bad_request(&message))
        }
        _ => Ok(()),
    }
}

fn pools(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?
        .id()
        .to_owned();
    resource::list_where(context, ResourceKind::ResourcePool, |_, it| {
        it.parents.contains(&hypervisor)
    })
}

fn create_pool(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?.into_owned();
    let body = context.body()?;
    same_type(&hypervisor, &body)?;
    let id = make_pool(context, hypervisor.id(), body)?;
    resource::respond(context, ResourceKind::ResourcePool, &id)
}

fn make_pool(
    context: &mut Context<'_>,
    hypervisor: &str,
    mut body: Fields,
) -> Result<String, Reply> {
    body.insert("HypervisorConnection".to_owned(), json!(hypervisor));
    resource::make(
        context,
        ResourceKind::ResourcePool,
        body,
        vec![hypervisor.to_owned()],
    )
}

/// Finds the pool in the path within its connection.
pub(super) fn pool<'t>(context: &'t Context<'_>) -> Result<&'t Resource, Reply> {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?
        .id()
        .to_owned();
    let wanted = context.part(1).to_lowercase();
    let mut pools = context
        .site
        .resources(ResourceKind::ResourcePool)
        .group(&hypervisor);
    let found = pools.find(|it| it.id() == wanted || it.name.to_lowercase() == wanted);
    found.ok_or_else(|| orchestration::not_found(RESOURCE_POOL.entity, context.part(1)))
}

fn get_pool(context: &mut Context<'_>) -> Outcome {
    let id = pool(context)?.id().to_owned();
    resource::respond(context, ResourceKind::ResourcePool, &id)
}

fn update_pool(context: &mut Context<'_>) -> Outcome {
    let it = pool(context)?.clone();
    let body = context.body()?;
    same_type(&it, &body)?;
    resource::change(context, ResourceKind::ResourcePool, it.id(), body)?;
    resource::empty()
}

fn delete_pool(context: &mut Context<'_>) -> Outcome {
    let id = pool(context)?.id().to_owned();
    resource::remove(context, ResourceKind::ResourcePool, &id)?;
    resource::empty()
}

fn preview(context: &mut Context<'_>) -> Outcome {
    let pool = pool(context)?;
    let catalogs = catalogs_of_pool(context.site, pool);
    let impacted: Map<String, Value> = catalogs
        .map(|it| {
            let machines = context.site.machines.group_len(it.id());
            (it.name.clone(), json!(machines))
        })
        .collect();
    let preview = preview_of(&impacted, std::slice::from_ref(&pool.name));
    Ok(Reply::json(
        200,
        &resource::shown(context.objects(), &preview, resource::model_of(context)),
    ))
}

/// Returns what would be deleted, and the catalogs that prevent it, each with its number of machines.
pub(super) fn preview_of(impacted: &Map<String, Value>, hosts: &[String]) -> Fields {
    Fields::from_iter([
        ("CanBeDeleted".to_owned(), json!(impacted.is_empty())),
        (
            "TotalImpactedCatalogCount".to_owned(),
            json!(impacted.len()),
        ),
        (
            "ProvisioningSchemeReferences".to_owned(),
            json!(impacted.len()),
        ),
        ("HostsToBeDeleted".to_owned(), json!(hosts)),
        ("ImpactedCatalogs".to_owned(), json!(impacted)),
    ])
}

fn pool_parts(objects: Objects<'_>, pool: &Resource) -> Map<String, Value> {
    let site = objects.site;
    let connection = pool
        .parents
        .first()
        .and_then(|id| site.resources(ResourceKind::Hypervisor).get(id));
    let kind = connection.and_then(|it| it.fields.get("ConnectionType").cloned());
    let mut parts = Map::from_iter([
        ("XDPath".to_owned(), json!(pool_path(pool))),
        (
            "FullRelativePath".to_owned(),
            json!(format!("{}.resourcepool", pool.name)),
        ),
        (
            "ConnectionType".to_owned(),
            kind.unwrap_or_else(|| json!("XenServer")),
        ),
    ]);
    for (list, kind) in [
        ("Networks", "Network"),
        ("Subnets", "Network"),
        ("Storage", "Storage"),
        ("TemporaryStorage", "Storage"),
        ("PersonalvDiskStorage", "Storage"),
        ("GpuTypes", "GpuType"),
    ] {
        let items = pool.fields.get(list).and_then(Value::as_array);
        let items: Vec<_> = items
            .into_iter()
            .flatten()
            .filter_map(|it| {
                // Updates say for each storage whether it is superseded.
                let path = it.get("StoragePath").unwrap_or(it).as_str()?;
                let mut shown = resources::of_the_pool(site, pool, path, kind);
                if let Some(superseded) = it.get("Superseded") {
                    shown["Superseded"] = superseded.clone();
                }
                Some(shown)
            })
            .collect();
        if list == "Networks"
            && let Some(first) = items.first()
        {
            parts.insert("DefaultNetwork".to_owned(), first.clone());
        }
        parts.insert(list.to_owned(), json!(items));
    }
    if let Some(project) = resources::project_of(site, pool) {
        parts.insert("Project".to_owned(), project);
    }
    for field in [
        "AvailabilityZone",
        "Region",
        "RootPath",
        "VirtualNetwork",
        "VirtualPrivateCloud",
    ] {
        if let Some(path) = pool.fields.get(field).and_then(Value::as_str) {
            let shown = resources::of_the_pool(site, pool, path, field);
            parts.insert(field.to_owned(), shown);
        }
    }
    parts
}

pub(super) fn pool_path(pool: &Resource) -> String {
    format!(r"XDHyp:\HostingUnits\{}", pool.name)
}

pub(super) fn catalogs_of_pool<'w>(
    site: &'w Site,
    pool: &'w Resource,
) -> impl Iterator<Item = &'w Resource> {
    site.catalogs().iter().filter(|it| {
        let scheme = it.fields.get("ProvisioningScheme");
        scheme.is_some_and(|it| it["ResourcePool"] == pool.id())
    })
}

fn pools_of_image(version: &Resource) -> impl Iterator<Item = &str> {
    let specs = version
        .fields
        .get("ImageVersionSpecs")
        .and_then(Value::as_array);
    specs
        .into_iter()
        .flatten()
        .filter_map(|it| it["ResourcePool"].as_str())
}
