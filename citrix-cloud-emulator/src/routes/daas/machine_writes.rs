//! Machines changed and removed.

use serde_json::{Value, json};

use super::handlers::Handler;
use super::machines::named;
use super::objects::{self, Fields};
use super::turn::Turn;
use super::{delivery_groups, identity};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Kind, Site};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachinesUpdateMachineCatalogMachine" => update,
        "MachinesRemoveMachine" => remove,
        "MachinesGetMachineDeliveryGroup" => delivery_groups::of_machine,
        "MachinesGetMachineTags" => |turn| objects::tags(turn, Kind::Machine),
        "MachinesSetMachineTags" => |turn| objects::set_tags(turn, Kind::Machine),
        "MachinesAddMachineTags" => |turn| objects::add_tag(turn, Kind::Machine),
        "MachinesRemoveMachineTags" => |turn| objects::remove_tag(turn, Kind::Machine),
        "ProvisionedVirtualMachineApplyProvisionedVirtualMachineConfigurationUpdate" => {
            apply_update
        }
        _ => return None,
    })
}

/// Sets what the body holds. The answer has no body.
fn update(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id().to_owned();
    let body = turn.body()?;
    set(turn.site, &id, body)?;
    objects::empty()
}

/// Sets on a machine what a body holds.
pub(super) fn set(site: &mut Site, id: &str, mut body: Fields) -> Result<(), Reply> {
    let maintenance = body
        .shift_remove("InMaintenanceMode")
        .and_then(|it| it.as_bool());
    if let Some(icon) = body.shift_remove("Icon") {
        body.insert("IconId".to_owned(), icon);
    }
    let mut fields = objects::take(site, Kind::Machine, body)?;
    let hosting: Fields = ["HostedMachineId", "HypervisorConnection"]
        .into_iter()
        .filter_map(|field| Some((field.to_owned(), fields.shift_remove(field)?)))
        .collect();
    if !hosting.is_empty() {
        fields.insert("Hosting".to_owned(), Value::Object(hosting));
    }
    if let (Some(wanted), Some(mut machine)) = (maintenance, site.machines.get_mut(id)) {
        machine.in_maintenance_mode = wanted;
    }
    if !fields.is_empty() {
        objects::edit(site, Kind::Machine, id, |all| {
            all.extend(fields);
            all.retain(|_, value| !value.is_null() && *value != json!([]));
        });
    }
    Ok(())
}

/// Takes a machine out of its catalog and its delivery group, and its sessions with it. The virtual machine goes too
/// unless the caller keeps it, which shows nowhere in the emulator.
fn remove(turn: &mut Turn<'_>) -> Outcome {
    let machine = named(turn)?;
    let (id, name) = (machine.id().to_owned(), machine.name().to_owned());
    for flag in ["deleteVm", "purgeDBOnly"] {
        turn.call.query.flag(flag)?;
    }
    if machine.delivery_group_id.is_some() && machine.session_count.is_some_and(|it| it > 0) {
        let sessions = format!("{} sessions", machine.session_count.unwrap_or_default());
        return Err(orchestration::in_use("Machine", &name, &sessions));
    }
    turn.site.sessions.remove_group(&id);
    turn.site.machines.remove(&id);
    objects::empty()
}

/// Has a machine take over the configuration of its catalog when it starts the next time.
fn apply_update(turn: &mut Turn<'_>) -> Outcome {
    let sid = turn.name().to_owned();
    if !sid.starts_with("S-1-") {
        return Err(common::invalid_string("vmSid"));
    }
    let mut machines = turn.site.machines.iter();
    let machine = machines.find(|it| identity::machine_sid(it) == sid);
    let machine = machine.ok_or_else(|| orchestration::not_found("Machine", &sid))?;
    let catalog = turn.site.catalogs.get(&machine.catalog_id);
    if catalog.is_none_or(|it| !it.fields.contains_key("ProvisioningScheme")) {
        let message = format!(
            "Machine '{}' is not provisioned by the site.",
            machine.name()
        );
        return Err(orchestration::bad_request(&message));
    }
    objects::empty()
}
