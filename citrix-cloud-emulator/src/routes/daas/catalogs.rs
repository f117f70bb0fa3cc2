//! `/MachineCatalogs`, as far as looking at them goes.

use serde_json::{Map, Value, json};

use super::handlers::Handler;
use super::machine_view::MachineView;
use super::membership::is_assigned;
use super::objects::{self, PLAIN, Traits};
use super::turn::Turn;
use super::zones::zone_of;
use crate::http::Outcome;
use crate::world::{Kind, Machine, Resource, Site};

pub(super) const CATALOG: Traits = Traits {
    entity: "MachineCatalog",
    defaults: r#"{
        "AgentVersion": "2411.0.0.37", "AllocationType": "Random", "IsPowerManaged": true, "MachineType": "Virtual",
        "MinimumFunctionalLevel": "L7_20", "OSType": "Windows 2022", "OSVersion": "10.0.20348",
        "PersistChanges": "Discard", "ProvisioningType": "Manual", "SessionSupport": "MultiSession",
        "SharingKind": "Shared", "Scopes": [], "ImageUpdateStatus": "UpdateToDate"
    }"#,
    renamed: &[("PersistUserChanges", "PersistChanges")],
    derived,
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachineCatalogsGetMachineCatalogs" | "MachineCatalogsGetMachineCatalogsV2" => {
            |turn| objects::list(turn, Kind::MachineCatalog)
        }
        "MachineCatalogsGetMachineCatalog" => |turn| objects::get(turn, Kind::MachineCatalog),
        "MachineCatalogsCheckMachineCatalogExists" => {
            |turn| objects::exists(turn, Kind::MachineCatalog)
        }
        "MachineCatalogsGetMachineCatalogMachines" => machines,
        _ => return None,
    })
}

fn machines(turn: &mut Turn<'_>) -> Outcome {
    let site = &*turn.site;
    let catalog = objects::named(turn, Kind::MachineCatalog)?;
    let list = ["CatalogMachines", catalog.id()];
    let query = &turn.call.query;
    turn.shared.pager.page_after(
        &list,
        query,
        || site.machines.group_len(catalog.id()),
        |after| {
            let members = site.machines.group_after(catalog.id(), after);
            members.map(|(serial, machine)| (serial, MachineView::new(site, machine)))
        },
    )
}

/// Counts the catalog's machines, and finds the delivery groups that they are in.
fn derived(site: &Site, catalog: &Resource) -> Map<String, Value> {
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
        let mut group = objects::reference(site, Kind::DeliveryGroup, id)?;
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
    let zone = objects::reference(site, Kind::Zone, zone_of(site, &catalog.fields));
    derived.insert("Zone".to_owned(), zone.unwrap_or_default());
    if let Some(scheme) = scheme(site, catalog, total, free) {
        derived.insert("ProvisioningScheme".to_owned(), scheme);
    }
    derived
}

/// What the machines are made by, with the image that they are made of.
fn scheme(site: &Site, catalog: &Resource, total: usize, free: usize) -> Option<Value> {
    let mut scheme = catalog
        .fields
        .get("ProvisioningScheme")?
        .as_object()?
        .clone();
    scheme.insert("MachineCount".to_owned(), json!(total));
    scheme.insert("NumAvailableMachineAccounts".to_owned(), json!(free));
    let pool = scheme.get("ResourcePool").and_then(Value::as_str);
    let pool = pool.and_then(|id| objects::reference(site, Kind::ResourcePool, id));
    scheme.insert("ResourcePool".to_owned(), pool.unwrap_or_default());
    if let Some(id) = catalog.fields.get("ImageVersion").and_then(Value::as_str)
        && let Some(version) = site.resources(Kind::ImageVersion).get(id)
    {
        let view = objects::view(
            site,
            Kind::ImageVersion,
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

/// Answers the catalog of a machine.
pub(super) fn of_machine(turn: &mut Turn<'_>) -> Outcome {
    let machine: &Machine = super::machines::named(turn)?;
    let id = machine.catalog_id.clone();
    objects::answer(turn, Kind::MachineCatalog, &id)
}
