//! Queries about existing or only described connections and their pools: types, networks, uses, previews.

use serde_json::{Map, Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::hypervisors::{self, catalogs_of_pool, plugin_of, pool};
use crate::daas::resource::{self, Fields};
use crate::daas::times;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Resource, ResourceKind, Site};

/// Connection types, with their plug-ins and whether they are clouds.
const TYPES: [(&str, &str, bool); 9] = [
    ("XenServer", "XenServer", false),
    ("VCenter", "VMware vSphere", false),
    (
        "SCVMM",
        "Microsoft System Center Virtual Machine Manager",
        false,
    ),
    ("AzureRM", "Microsoft Azure", true),
    ("AWS", "Amazon EC2", true),
    ("AmazonWorkSpacesCore", "Amazon WorkSpaces Core", true),
    ("GoogleCloudPlatform", "Google Cloud Platform", true),
    ("OpenShift", "Red Hat OpenShift", false),
    ("WakeOnLAN", "Remote PC Wake on LAN", false),
];

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "HypervisorsGetHypervisorWithoutConnection" => described,
        "HypervisorsGetHypervisorAllResourcesWithoutConnection" => |context| {
            let body = context.body()?;
            let connection = connection(context, body)?;
            hypervisors::resources::of_connection(context, &connection)
        },
        "HypervisorsDoHypervisorAllResourcesSearchWithoutConnection" => search,
        "HypervisorsValidateVmPath" => validate_paths,
        "HypervisorsGetHypervisorResourcePoolAllAvailableNetworks" => networks,
        "HypervisorsGetHypervisorOrphanedResources" => orphans,
        "HypervisorsGetSupportHypervisors" => types,
        "HypervisorsPutBrokerHypervisorConnection" => prefer_controller,
        "HypervisorsGetHypervisorDeletePreview" => delete_preview,
        "HypervisorsGetHypervisorMachineCatalogs" => catalogs,
        "HypervisorsGetHypervisorResourcePoolMachineCatalogs" => catalogs_by_pool,
        "HypervisorsGetHypervisorResourcePoolPatchPreview" => patch_preview,
        "HypervisorsGetHypervisorServerHAAddresses" => addresses,
        _ => return None,
    })
}

/// Builds a connection from a body without creating it, so its name may be taken.
fn connection(context: &Context<'_>, mut body: Fields) -> Result<Resource, Reply> {
    let name = body.shift_remove("Name");
    let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
    let mut it = Resource::new(name);
    it.fields = resource::take(context.objects(), ResourceKind::Hypervisor, body)?;
    it.fields.retain(|_, value| !value.is_null());
    Ok(it)
}

fn described(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let connection = connection(context, body)?;
    let model = resource::model_of(context);
    let view = resource::view(
        context.objects(),
        ResourceKind::Hypervisor,
        &connection,
        model,
    );
    Ok(Reply::json(200, &view))
}

fn search(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let mut part = |name: &str| match body.shift_remove(name) {
        Some(Value::Object(part)) => Ok(part),
        _ => Err(common::missing(name)),
    };
    let (details, wanted) = (part("ConnectionDetail")?, part("ResourceSearchRequest")?);
    let connection = connection(context, details)?;
    hypervisors::resources::search_connection(context, &connection, &wanted)
}

/// Returns the machines at the given paths, each with its connection.
fn validate_paths(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let objects = context.objects();
    let mut views = Vec::new();
    for path in resource::strings(body.get("VmPaths")) {
        let found = hypervisors::resources::machine_at(objects.site, &path);
        let (hypervisor, machine) =
            found.ok_or_else(|| orchestration::no_such("HypervisorResource", &path, "VmPaths"))?;
        let connection = resource::view(
            objects,
            ResourceKind::Hypervisor,
            hypervisor,
            "HypervisorResponseModel",
        );
        views.push(filled(resource::model_of(context), |field| {
            Some(match field.name {
                "HypervisorVmResource" => machine.clone(),
                "HypervisorConnection" => connection.clone(),
                _ => return None,
            })
        }));
    }
    resource::page(context, views.into_iter())
}

/// Lists the networks of all pools.
fn networks(context: &mut Context<'_>) -> Outcome {
    let site = &*context.site;
    let model = resource::model_of(context);
    let mut views = Vec::new();
    for pool in site.resources(ResourceKind::ResourcePool).iter() {
        let hypervisor = hypervisor_of(site, pool);
        for path in resource::strings(pool.fields.get("Networks")) {
            let network = hypervisors::resources::of_the_pool(site, pool, &path, "Network");
            views.push(filled(model, |field| {
                Some(match field.name {
                    "ConnectionName" => json!(hypervisor?.name),
                    "ConnectionId" => json!(hypervisor?.id()),
                    "ResourcePoolName" => json!(pool.name),
                    "ResourcePoolId" => json!(pool.id()),
                    "NetworkName" => network["Name"].clone(),
                    "NetworkId" => network["Id"].clone(),
                    "NetworkPath" => network["XDPath"].clone(),
                    _ => return None,
                })
            }));
        }
    }
    resource::page(context, views.into_iter())
}

fn hypervisor_of<'w>(site: &'w Site, pool: &Resource) -> Option<&'w Resource> {
    let hypervisor = pool.parents.first()?;
    site.resources(ResourceKind::Hypervisor).get(hypervisor)
}

/// Everything that the site created on an emulated hypervisor is deleted with it, so there are no orphans.
fn orphans(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?;
    let now = times::spoken(Some(context.now));
    let report = Fields::from_iter([
        (
            "Hypervisor".to_owned(),
            json!({ "Id": hypervisor.id(), "Name": hypervisor.name }),
        ),
        ("DetectScope".to_owned(), json!("HostingConnection")),
        (
            "CreatedBy".to_owned(),
            json!(context.administrator.display_name),
        ),
        ("ReportTime".to_owned(), json!(now)),
        ("DetectStart".to_owned(), json!(now)),
        ("DetectEnd".to_owned(), json!(now)),
    ]);
    shown(context, &report)
}

fn shown(context: &Context<'_>, fields: &Fields) -> Outcome {
    let model = resource::model_of(context);
    let view = resource::shown(context.objects(), fields, model);
    Ok(Reply::json(200, &view))
}

fn types(context: &mut Context<'_>) -> Outcome {
    if let Some(zone) = context.call.query.get("zoneNameOrId") {
        resource::found(context.objects(), ResourceKind::Zone, zone)?;
    }
    let model = resource::model_of(context);
    let views = TYPES.map(|(kind, name, in_cloud)| {
        let environments = match kind {
            "AzureRM" => json!([
                { "EnvironmentDisplayName": "Azure Global", "EnvironmentName": "AzureCloud" },
            ]),
            _ => json!([]),
        };
        filled(model, |field| {
            Some(match field.name {
                "ConnectionType" => json!(kind),
                "DisplayName" => json!(name),
                "PluginFactoryName" => json!(plugin_of(kind)),
                "UsesCloudInfrastructure" => json!(in_cloud),
                "Environments" => environments.clone(),
                "CitrixVerified" | "Available" => json!(true),
                _ => return None,
            })
        })
    });
    resource::page(context, views.into_iter())
}

fn prefer_controller(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::Hypervisor)?
        .id()
        .to_owned();
    let body = context.body()?;
    resource::edit(context.site, ResourceKind::Hypervisor, &id, |fields| {
        fields.extend(body);
    });
    resource::empty()
}

/// Returns what would be deleted with a connection, and what prevents it.
fn delete_preview(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?.into_owned();
    let site = &*context.site;
    let impacted = counts(site, hosted_by(site, hypervisor.id()));
    let pools = site
        .resources(ResourceKind::ResourcePool)
        .group(hypervisor.id());
    let mut hosts = vec![hypervisor.name.clone()];
    hosts.extend(pools.map(|it| it.name.clone()));
    let preview = hypervisors::preview_of(&impacted, &hosts);
    shown(context, &preview)
}

fn hosted_by<'w>(site: &'w Site, hypervisor: &'w str) -> impl Iterator<Item = &'w Resource> {
    site.catalogs().iter().filter(move |it| {
        let held = it.fields.get("HypervisorConnection");
        held.is_some_and(|id| id == hypervisor)
    })
}

fn counts<'w>(site: &Site, catalogs: impl Iterator<Item = &'w Resource>) -> Map<String, Value> {
    let counts = catalogs.map(|it| {
        let machines = site.machines.group_len(it.id());
        (it.name.clone(), json!(machines))
    });
    counts.collect()
}

fn ids<'w>(catalogs: impl Iterator<Item = &'w Resource>) -> Vec<String> {
    catalogs.map(|it| it.id().to_owned()).collect()
}

fn catalogs(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?
        .id()
        .to_owned();
    let own = ids(hosted_by(context.site, &hypervisor));
    these(context, &own)
}

fn catalogs_by_pool(context: &mut Context<'_>) -> Outcome {
    let pool = pool(context)?.clone();
    let own = ids(catalogs_of_pool(context.site, &pool));
    these(context, &own)
}

fn these(context: &mut Context<'_>, ids: &[String]) -> Outcome {
    resource::list_where(context, ResourceKind::MachineCatalog, |_, it| {
        ids.iter().any(|id| id == it.id())
    })
}

/// Returns the networks that a pool would lose by a change, and the catalogs that use them.
fn patch_preview(context: &mut Context<'_>) -> Outcome {
    let pool = pool(context)?.clone();
    let body = context.body()?;
    let site = &*context.site;
    let network = |path: &String| hypervisors::resources::of_the_pool(site, &pool, path, "Network");
    let mut kept: Vec<Value> = resource::strings(body.get("Networks"))
        .iter()
        .map(|path| network(path)["Id"].clone())
        .collect();
    kept.extend(
        resource::strings(body.get("NetworkIds"))
            .into_iter()
            .map(Value::from),
    );
    let lost: Vec<Value> = resource::strings(pool.fields.get("Networks"))
        .iter()
        .map(network)
        .filter(|it| !kept.contains(&it["Id"]))
        .collect();
    let impacted = counts(site, catalogs_of_pool(site, &pool));
    let names: Vec<_> = lost.iter().map(|it| it["Name"].clone()).collect();
    let is_free = impacted.is_empty();
    let impacts = names.iter().filter(|_| !is_free);
    let impacts: Map<String, Value> = impacts
        .map(|name| {
            (
                name.as_str().unwrap_or_default().to_owned(),
                json!(impacted),
            )
        })
        .collect();
    let preview = Fields::from_iter([
        (
            "NetworksCanBeDeleted".to_owned(),
            if is_free { json!(names) } else { json!([]) },
        ),
        ("NetworksToBeDeleted".to_owned(), json!(names)),
        ("DeleteImpactedCatalogs".to_owned(), json!(impacts)),
    ]);
    shown(context, &preview)
}

fn addresses(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?;
    let addresses = hypervisor.fields.get("Addresses").cloned();
    let view = Fields::from_iter([
        ("Id".to_owned(), json!(hypervisor.id())),
        ("Name".to_owned(), json!(hypervisor.name)),
        (
            "XDPath".to_owned(),
            json!(format!(r"XDHyp:\Connections\{}", hypervisor.name)),
        ),
        ("HAAddresses".to_owned(), addresses.unwrap_or_default()),
    ]);
    shown(context, &view)
}
