//! The machines of delivery groups, and the users they are assigned to.

use serde_json::{Value, json};

use super::resource::{self, Fields, Objects};
use crate::http::Reply;
use crate::http::errors::orchestration;
use crate::world::{Machine, ResourceKind, Site};

/// A machine and its assigned users, if any.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) machine: String,
    users: Vec<String>,
}

/// Chooses machines that are in no delivery group: those that a body names, then as many from the catalog as it
/// requests.
///
/// # Errors
///
/// A 400 if a catalog or machine does not exist or is already in a group, or if there are too few machines.
pub(super) fn choose(objects: Objects<'_>, wanted: &[Fields]) -> Result<Vec<Choice>, Reply> {
    let site = objects.site;
    let mut chosen: Vec<Choice> = Vec::new();
    for wish in wanted {
        let name = wish
            .get("MachineCatalog")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let catalog = site
            .catalogs()
            .get(name)
            .ok_or_else(|| orchestration::no_such("MachineCatalog", name, "MachineCatalog"))?;
        let named = wish.get("AssignMachinesToUsers").and_then(Value::as_array);
        let named: Vec<_> = named
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .collect();
        let before = chosen.len();
        for choice in assignments(objects, named)? {
            let machine = site.machines.get(&choice.machine);
            let free = machine.filter(|it| it.catalog_id == catalog.id() && is_free(it));
            if free.is_none() {
                let message = format!(
                    "Machine '{}' is not in catalog '{}' or is already in a delivery group.",
                    choice.machine, catalog.name
                );
                return Err(orchestration::bad_request(&message));
            }
            chosen.push(choice);
        }
        let count = wish.get("Count").and_then(Value::as_u64);
        let count = usize::try_from(count.unwrap_or(0)).unwrap_or(usize::MAX);
        let left = count.saturating_sub(chosen.len() - before);
        let free = site.machines.group(catalog.id()).filter(|it| is_free(it));
        let free = free.filter(|it| chosen.iter().all(|choice| choice.machine != it.id()));
        let more: Vec<_> = free.take(left).map(|it| it.id().to_owned()).collect();
        if more.len() < left {
            let message = format!(
                "Catalog '{}' has {} machines that are in no delivery group; {left} are wanted.",
                catalog.name,
                more.len()
            );
            return Err(orchestration::bad_request(&message));
        }
        chosen.extend(more.into_iter().map(|machine| Choice {
            machine,
            users: Vec::new(),
        }));
    }
    Ok(chosen)
}

/// Adds machines to a group.
pub(super) fn join(site: &mut Site, group: &str, chosen: Vec<Choice>) -> Result<(), Reply> {
    for choice in &chosen {
        if let Some(mut machine) = site.machines.get_mut(&choice.machine) {
            machine.delivery_group_id = Some(group.to_owned());
        }
    }
    assign(site, chosen);
    Ok(())
}

/// Adds the machines of a catalog that are in no group to a group.
pub(super) fn join_all(site: &mut Site, group: &str, catalog: &str) {
    let free = site.machines.group(catalog).filter(|it| is_free(it));
    let free: Vec<String> = free.map(|it| it.id().to_owned()).collect();
    for id in free {
        if let Some(mut machine) = site.machines.get_mut(&id) {
            machine.delivery_group_id = Some(group.to_owned());
        }
    }
}

/// Removes all machines of a catalog from a group.
///
/// # Errors
///
/// A 409 if one of them has sessions.
pub(super) fn leave_all(site: &mut Site, group: &str, catalog: &str) -> Result<(), Reply> {
    let members = site.machines.group(catalog);
    let members = members.filter(|it| it.delivery_group_id.as_deref() == Some(group));
    let mut ids = Vec::new();
    for machine in members {
        let sessions = machine.session_count.unwrap_or(0);
        if sessions > 0 {
            let user = format!("{sessions} sessions");
            return Err(orchestration::in_use("Machine", machine.name(), &user));
        }
        ids.push(machine.id().to_owned());
    }
    for id in ids {
        if let Some(mut machine) = site.machines.get_mut(&id) {
            machine.delivery_group_id = None;
        }
    }
    Ok(())
}

/// Parses which machines a body assigns to which users.
pub(super) fn assignments<'a>(
    objects: Objects<'_>,
    wanted: impl IntoIterator<Item = &'a Fields>,
) -> Result<Vec<Choice>, Reply> {
    let site = objects.site;
    let wanted = wanted.into_iter().map(|wish| {
        let name = wish
            .get("Machine")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let machine = site.machines.get(name);
        let machine = machine.ok_or_else(|| orchestration::no_such("Machine", name, "Machine"))?;
        let users = wish.get("Users").cloned().unwrap_or_else(|| json!([]));
        let users = Fields::from_iter([("AssignedUsers".to_owned(), users)]);
        let users = resource::take(objects, ResourceKind::Machine, users)?;
        Ok(Choice {
            machine: machine.id().to_owned(),
            users: resource::strings(users.get("AssignedUsers")),
        })
    });
    wanted.collect()
}

/// Assigns machines to their users.
pub(super) fn assign(site: &mut Site, choices: Vec<Choice>) {
    for choice in choices.into_iter().filter(|it| !it.users.is_empty()) {
        resource::edit(site, ResourceKind::Machine, &choice.machine, |fields| {
            fields.insert("AssignedUsers".to_owned(), json!(choice.users));
        });
    }
}

/// Returns whether a machine is assigned to a user.
pub(super) fn is_assigned(machine: &Machine) -> bool {
    let settings = machine.settings.as_deref();
    let users = settings
        .and_then(|it| it.get("AssignedUsers"))
        .and_then(Value::as_array);
    users.is_some_and(|users| !users.is_empty())
}

fn is_free(machine: &Machine) -> bool {
    machine.delivery_group_id.is_none()
}
