//! `/hypervisors`: connections and their resource pools.

use serde_json::{Map, Value, json};

use super::handlers::Handler;
use super::hypervisor_resources;
use super::objects::{self, Fields, PLAIN, Traits};
use super::turn::Turn;
use super::zones::zone_of;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Catalog, Kind, Resource, Site};

pub(super) const HYPERVISOR: Traits = Traits {
    entity: "HypervisorConnection",
    defaults: r#"{
        "Addresses": [], "ConnectionType": "XenServer", "Environment": "AzureCloud", "InMaintenanceMode": false,
        "IsVirtual": true, "MaxAbsoluteActiveActions": 100, "MaxAbsoluteNewActionsPerMinute": 10,
        "MaxPowerActionsPercentageOfMachines": 20, "MaximumConcurrentProvisioningOperations": 100,
        "PluginId": "XenFactory", "PluginRevision": "2411.0.0.0", "UsesCloudInfrastructure": false,
        "ErrorState": "None"
    }"#,
    renamed: &[
        ("TenancyOcid", "TenancyOcid"),
        ("ServiceAccountFingerprint", "Fingerprint"),
    ],
    derived: |site, it| {
        let zone = objects::reference(site, Kind::Zone, zone_of(site, &it.fields));
        let kind = it
            .fields
            .get("ConnectionType")
            .cloned()
            .unwrap_or_else(|| json!("XenServer"));
        let pools = site.resources(Kind::ResourcePool).group(it.id());
        let pools = pools
            .map(|pool| json!({ "Id": pool.id(), "Name": pool.name, "XDPath": pool_path(pool) }));
        Map::from_iter([
            ("Zone".to_owned(), zone.unwrap_or_default()),
            (
                "XDPath".to_owned(),
                json!(format!(r"XDHyp:\Connections\{}", it.name)),
            ),
            ("DisplayConnectionType".to_owned(), kind),
            ("ResourcePools".to_owned(), pools.collect()),
        ])
    },
    in_use: |site, it| {
        let pools = site.resources(Kind::ResourcePool).group_len(it.id());
        let uses = |catalog: &&Catalog| {
            catalog
                .fields
                .get("HypervisorConnection")
                .is_some_and(|id| id == it.id())
        };
        match site.catalogs.iter().find(uses) {
            Some(catalog) => Some(format!("machine catalog '{}'", catalog.name())),
            None => (pools > 0).then(|| format!("{pools} resource pools")),
        }
    },
    ..PLAIN
};

pub(super) const RESOURCE_POOL: Traits = Traits {
    entity: "HypervisorResourcePool",
    defaults: r#"{ "UseLocalStorageCaching": false, "UsesExplicitStorage": true }"#,
    renamed: &[("VmTagging", "VMTaggingEnabled")],
    derived: pool_parts,
    in_use: |site, pool| {
        if let Some(catalog) = catalogs_of(site, pool).next() {
            return Some(format!("machine catalog '{}'", catalog.name()));
        }
        let mut versions = site.resources(Kind::ImageVersion).iter();
        let version = versions.find(|it| pools_of_image(it).any(|id| id == pool.id()))?;
        Some(format!("image version {}", version.name))
    },
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "HypervisorsGetHypervisors" | "HypervisorsGetHypervisorsAndResourcePools" => {
            |turn| objects::list(turn, Kind::Hypervisor)
        }
        "HypervisorsCreateHypervisor" => create,
        "HypervisorsGetHypervisor" => |turn| objects::get(turn, Kind::Hypervisor),
        "HypervisorsPatchHypervisor" => update,
        "HypervisorsDeleteHypervisor" => |turn| objects::delete(turn, Kind::Hypervisor),
        "HypervisorsGetHypervisorAllResources" => hypervisor_resources::of_hypervisor,
        "HypervisorsCreateResourcePool" => create_pool,
        "HypervisorsGetHypervisorResourcePool" => get_pool,
        "HypervisorsPatchHypervisorResourcePool" => update_pool,
        "HypervisorsDeleteHypervisorResourcePool" => delete_pool,
        "HypervisorsGetHypervisorResourcePoolDeletePreview" => preview,
        "HypervisorsGetHypervisorResourcePoolResources" => hypervisor_resources::of_pool,
        "HypervisorsValidateHypervisorResourcePoolResource" => hypervisor_resources::validate,
        _ => return None,
    })
}

/// Makes a connection, and with it a resource pool where the body describes one.
fn create(turn: &mut Turn<'_>) -> Outcome {
    let mut body = turn.body()?;
    let details = body.shift_remove("ConnectionDetails").unwrap_or_default();
    let Value::Object(mut details) = details else {
        return Err(common::missing("ConnectionDetails"));
    };
    if let Some(address) = details.shift_remove("Address") {
        details
            .entry("Addresses")
            .or_insert_with(|| json!([address]));
    }
    let id = objects::make(turn, Kind::Hypervisor, details, Vec::new())?;
    if let Some(Value::Object(pool)) = body.shift_remove("PoolDetails")
        && let Err(refusal) = make_pool(turn, &id, pool)
    {
        turn.site.resources_mut(Kind::Hypervisor).remove(&id);
        return Err(refusal);
    }
    objects::answer(turn, Kind::Hypervisor, &id)
}

fn update(turn: &mut Turn<'_>) -> Outcome {
    let it = objects::named(turn, Kind::Hypervisor)?.into_owned();
    let mut body = turn.body()?;
    same_type(&it, &body)?;
    if let Some(address) = body.shift_remove("Address") {
        body.entry("Addresses").or_insert_with(|| json!([address]));
    }
    objects::change(turn, Kind::Hypervisor, it.id(), body)?;
    objects::empty()
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

fn create_pool(turn: &mut Turn<'_>) -> Outcome {
    let hypervisor = objects::named(turn, Kind::Hypervisor)?.into_owned();
    let body = turn.body()?;
    same_type(&hypervisor, &body)?;
    let id = make_pool(turn, hypervisor.id(), body)?;
    objects::answer(turn, Kind::ResourcePool, &id)
}

fn make_pool(turn: &mut Turn<'_>, hypervisor: &str, mut body: Fields) -> Result<String, Reply> {
    body.insert("HypervisorConnection".to_owned(), json!(hypervisor));
    objects::make(turn, Kind::ResourcePool, body, vec![hypervisor.to_owned()])
}

/// The pool that a path names within its connection.
pub(super) fn pool<'t>(turn: &'t Turn<'_>) -> Result<&'t Resource, Reply> {
    let hypervisor = objects::named(turn, Kind::Hypervisor)?.id().to_owned();
    let wanted = turn.part(1).to_lowercase();
    let mut pools = turn.site.resources(Kind::ResourcePool).group(&hypervisor);
    let found = pools.find(|it| it.id() == wanted || it.name.to_lowercase() == wanted);
    found.ok_or_else(|| orchestration::not_found(RESOURCE_POOL.entity, turn.part(1)))
}

fn get_pool(turn: &mut Turn<'_>) -> Outcome {
    let id = pool(turn)?.id().to_owned();
    objects::answer(turn, Kind::ResourcePool, &id)
}

fn update_pool(turn: &mut Turn<'_>) -> Outcome {
    let it = pool(turn)?.clone();
    let mut body = turn.body()?;
    same_type(&it, &body)?;
    for list in ["Storage", "TemporaryStorage", "PersonalvDiskStorage"] {
        if let Some(Value::Array(items)) = body.get_mut(list) {
            for item in items {
                *item = item["StoragePath"].clone();
            }
        }
    }
    objects::change(turn, Kind::ResourcePool, it.id(), body)?;
    objects::empty()
}

fn delete_pool(turn: &mut Turn<'_>) -> Outcome {
    let id = pool(turn)?.id().to_owned();
    objects::remove(turn, Kind::ResourcePool, &id)?;
    objects::empty()
}

fn preview(turn: &mut Turn<'_>) -> Outcome {
    let pool = pool(turn)?;
    let catalogs = catalogs_of(turn.site, pool);
    let impacted: Map<String, Value> = catalogs
        .map(|it| {
            let machines = turn.site.machines.group_len(it.id());
            (it.name().to_owned(), json!(machines))
        })
        .collect();
    let preview = Fields::from_iter([
        ("CanBeDeleted".to_owned(), json!(impacted.is_empty())),
        (
            "TotalImpactedCatalogCount".to_owned(),
            json!(impacted.len()),
        ),
        (
            "ProvisioningSchemeReferences".to_owned(),
            json!(impacted.len()),
        ),
        ("HostsToBeDeleted".to_owned(), json!([pool.name])),
        ("ImpactedCatalogs".to_owned(), json!(impacted)),
    ]);
    Ok(Reply::json(
        200,
        &objects::shown(turn.site, &preview, objects::model_of(turn)),
    ))
}

fn pool_parts(site: &Site, pool: &Resource) -> Map<String, Value> {
    let connection = pool
        .parents
        .first()
        .and_then(|id| site.resources(Kind::Hypervisor).get(id));
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
        let paths = objects::strings(pool.fields.get(list)).into_iter();
        let items: Vec<_> = paths
            .map(|path| hypervisor_resources::named(&path, kind))
            .collect();
        if list == "Networks"
            && let Some(first) = items.first()
        {
            parts.insert("DefaultNetwork".to_owned(), first.clone());
        }
        parts.insert(list.to_owned(), json!(items));
    }
    parts
}

pub(super) fn pool_path(pool: &Resource) -> String {
    format!(r"XDHyp:\HostingUnits\{}", pool.name)
}

fn catalogs_of<'w>(site: &'w Site, pool: &'w Resource) -> impl Iterator<Item = &'w Catalog> {
    site.catalogs.iter().filter(|it| {
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
