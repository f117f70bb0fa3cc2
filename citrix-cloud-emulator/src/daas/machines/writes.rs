//! Changes and removes machines.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::delivery_groups;
use crate::daas::machines::named;
use crate::daas::resource::{self, Fields};
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::world::{ResourceKind, Site};

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachinesUpdateMachineCatalogMachine" => update,
        "MachinesRemoveMachine" => remove,
        "MachinesGetMachineDeliveryGroup" => delivery_groups::of_machine,
        "MachinesGetMachineTags" => |context| resource::tags(context, ResourceKind::Machine),
        "MachinesSetMachineTags" => |context| resource::set_tags(context, ResourceKind::Machine),
        "MachinesAddMachineTags" => |context| resource::add_tag(context, ResourceKind::Machine),
        "MachinesRemoveMachineTags" => {
            |context| resource::remove_tag(context, ResourceKind::Machine)
        }
        _ => return None,
    })
}

/// Applies the body. The response has no body.
fn update(context: &mut Context<'_>) -> Outcome {
    let id = named(context)?.id().to_owned();
    let body = context.body()?;
    set(context, &id, body)?;
    resource::empty()
}

/// Applies a body to a machine.
pub(in crate::daas) fn set(
    context: &mut Context<'_>,
    id: &str,
    mut body: Fields,
) -> Result<(), Reply> {
    let maintenance = body
        .shift_remove("InMaintenanceMode")
        .and_then(|it| it.as_bool());
    if let Some(icon) = body.shift_remove("Icon") {
        body.insert("IconId".to_owned(), icon);
    }
    let mut fields = resource::take(context.objects(), ResourceKind::Machine, body)?;
    let hosting: Fields = ["HostedMachineId", "HypervisorConnection"]
        .into_iter()
        .filter_map(|field| Some((field.to_owned(), fields.shift_remove(field)?)))
        .collect();
    if !hosting.is_empty() {
        fields.insert("Hosting".to_owned(), Value::Object(hosting));
    }
    if let (Some(wanted), Some(mut machine)) = (maintenance, context.site.machines.get_mut(id)) {
        machine.in_maintenance_mode = wanted;
    }
    if !fields.is_empty() {
        put(context.site, id, fields);
    }
    Ok(())
}

/// Stores fields of a machine; null and empty fields are not stored.
pub(in crate::daas) fn put(site: &mut Site, id: &str, fields: Fields) {
    let is_nothing = |value: &Value| value.is_null() || *value == json!([]) || *value == json!({});
    resource::edit(site, ResourceKind::Machine, id, |all| {
        all.extend(fields);
        all.retain(|_, value| !is_nothing(value));
    });
}

/// Removes a machine from its catalog and its delivery group, along with its sessions. The virtual machine is deleted
/// too unless the caller keeps it, but the emulator does not show it either way.
fn remove(context: &mut Context<'_>) -> Outcome {
    let id = named(context)?.id().to_owned();
    for flag in ["deleteVm", "purgeDBOnly"] {
        context.call.query.flag(flag)?;
    }
    take_out(context, &id)
}

/// Removes a machine, unless it has a session.
pub(in crate::daas) fn take_out(context: &mut Context<'_>, id: &str) -> Outcome {
    let machine = context.site.machines.get(id);
    let machine = machine.ok_or_else(|| orchestration::not_found("Machine", id))?;
    if machine.delivery_group_id.is_some() && machine.session_count.is_some_and(|it| it > 0) {
        let sessions = format!("{} sessions", machine.session_count.unwrap_or_default());
        return Err(orchestration::in_use("Machine", machine.name(), &sessions));
    }
    context.site.sessions.remove_group(id);
    context.site.machines.remove(id);
    resource::empty()
}
