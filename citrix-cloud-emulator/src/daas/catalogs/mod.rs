//! `/MachineCatalogs`: reading.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::membership::is_assigned;
use super::resource::{self, Objects, PLAIN, ResourceSpec};
use super::zones::zone_of;
use crate::daas::machines::view::MachineView;
use crate::http::Outcome;
use crate::world::{Machine, Resource, ResourceKind};

pub(super) mod actions;
pub(super) mod provisioned_machines;
pub(super) mod provisioning;
pub(super) mod writes;

pub(super) const CATALOG: ResourceSpec = ResourceSpec {
    entity: "MachineCatalog",
    defaults: r#"{
        "AgentVersion": "2411.0.0.37", "AllocationType": "Random", "IsPowerManaged": true, "MachineType": "Virtual",
        "MinimumFunctionalLevel": "L7_20", "OSType": "Windows 2022", "OSVersion": "10.0.20348",
        "PersistChanges": "Discard", "ProvisioningType": "Manual", "SessionSupport": "MultiSession",
        "SharingKind": "Shared", "Scopes": [], "ImageUpdateStatus": "UpdateToDate", "Description": ""
    }"#,
    renamed: &[("PersistUserChanges", "PersistChanges")],
    computed: derived,
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachineCatalogsGetMachineCatalogs" | "MachineCatalogsGetMachineCatalogsV2" => {
            |context| resource::list(context, ResourceKind::MachineCatalog)
        }
        "MachineCatalogsGetMachineCatalog" => {
            |context| resource::get(context, ResourceKind::MachineCatalog)
        }
        "MachineCatalogsCheckMachineCatalogExists" => {
            |context| resource::exists(context, ResourceKind::MachineCatalog)
        }
        "MachineCatalogsGetMachineCatalogMachines" => machines,
        _ => return None,
    })
}

fn machines(context: &mut Context<'_>) -> Outcome {
    let site = &*context.site;
    let objects = context.objects();
    let catalog = resource::named(context, ResourceKind::MachineCatalog)?;
    let list = ["CatalogMachines", catalog.id()];
    let query = &context.call.query;
    context.shared.pager.page_after(
        &list,
        query,
        || site.machines.group_len(catalog.id()),
        |after| {
            let members = site.machines.group_after(catalog.id(), after);
            members.map(|(serial, machine)| (serial, MachineView::new(objects, machine)))
        },
    )
}

/// Counts the catalog's machines, and finds their delivery groups.
fn derived(objects: Objects<'_>, catalog: &Resource) -> Map<String, Value> {
    let site = objects.site;
    let (mut used, mut assigned, mut free) = (0, 0, 0);
    let mut groups: Vec<(&str, usize)> = Vec::new();
    for machine in site.machines.group(catalog.id()) {
        used += usize::from(machine.session_count != Some(0));
        assigned += usize::from(is_assigned(machine));
        match machine.delivery_group_id.as_deref() {
            None => free += 1,
            Some(id) => match groups.iter_mut().find(|(it, _)| *it == id) {
                Some((_, count)) => *count += 1,
                None => groups.push((id, 1)),
            },
        }
    }
    let total = site.machines.group_len(catalog.id());
    let groups = groups.into_iter().filter_map(|(id, count)| {
        let mut group = resource::reference(objects, ResourceKind::DeliveryGroup, id)?;
        group["NumAssigned"] = json!(0);
        group["Total"] = json!(count);
        Some(group)
    });
    let number = |name: &str, value: usize| (name.to_owned(), json!(value));
    let mut derived = Map::from_iter([
        number("AssignedCount", assigned),
        number("AvailableAssignedCount", 0),
        number("AvailableCount", total - used),
        number("AvailableUnassignedCount", total - used),
        number("TotalCount", total),
        number("UnassignedCount", total - assigned),
        number("UsedCount", used),
        ("DeliveryGroups".to_owned(), groups.collect()),
    ]);
    let zone = resource::reference(objects, ResourceKind::Zone, zone_of(site, &catalog.fields));
    derived.insert("Zone".to_owned(), zone.unwrap_or_default());
    if let Some(scheme) = scheme(objects, catalog, total, free) {
        derived.insert("ProvisioningScheme".to_owned(), scheme);
    }
    derived
}

/// Returns the provisioning scheme of the machines, with their image.
fn scheme(objects: Objects<'_>, catalog: &Resource, total: usize, free: usize) -> Option<Value> {
    let site = objects.site;
    let mut scheme = catalog
        .fields
        .get("ProvisioningScheme")?
        .as_object()?
        .clone();
    scheme.insert("MachineCount".to_owned(), json!(total));
    scheme.insert("NumAvailableMachineAccounts".to_owned(), json!(free));
    let pool = scheme.get("ResourcePool").and_then(Value::as_str);
    let pool = pool.and_then(|id| resource::reference(objects, ResourceKind::ResourcePool, id));
    scheme.insert("ResourcePool".to_owned(), pool.unwrap_or_default());
    if let Some(id) = catalog.fields.get("ImageVersion").and_then(Value::as_str)
        && let Some(version) = site.resources(ResourceKind::ImageVersion).get(id)
    {
        let view = resource::view(
            objects,
            ResourceKind::ImageVersion,
            version,
            "ImageVersionRefResponseModel",
        );
        let current = json!({ "ImageVersion": view, "IsImageAvailable": true });
        scheme.insert("CurrentImageVersion".to_owned(), current);
    }
    for secret in ["AvailableMachineAccounts", "AddAvailableMachineAccounts"] {
        scheme.shift_remove(secret);
    }
    Some(Value::Object(scheme))
}

/// Returns a machine's catalog.
pub(super) fn of_machine(context: &mut Context<'_>) -> Outcome {
    let machine: &Machine = super::machines::named(context)?;
    let id = machine.catalog_id.clone();
    resource::respond(context, ResourceKind::MachineCatalog, &id)
}
