//! The lists of a delivery group: desktops, power time schemes, reboot schedules and access policies.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::resource::{self, Fields};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind};

/// A list whose items have addresses of their own.
struct Part {
    /// The group's field.
    list: &'static str,
    /// The name of an item in errors.
    entity: &'static str,
    /// Whether an item must have a unique name.
    named: bool,
}

const POLICIES: Part = Part {
    list: "AdvancedAccessPolicy",
    entity: "AccessPolicyRule",
    named: false,
};
const SCHEDULES: Part = Part {
    list: "RebootSchedules",
    entity: "RebootSchedule",
    named: true,
};
const TIMES: Part = Part {
    list: "PowerTimeSchemes",
    entity: "PowerTimeScheme",
    named: true,
};

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DeliveryGroupsGetDeliveryGroupsDesktops" => |context| list(context, "Desktops"),
        "DeliveryGroupsGetDeliveryGroupAdvancedAccessPolicies" => {
            |context| list(context, POLICIES.list)
        }
        "DeliveryGroupsGetDeliveryGroupAdvancedAccessPolicy" => |context| get(context, &POLICIES),
        "DeliveryGroupsCreateDeliveryGroupAdvancedAccessPolicy" => {
            |context| create(context, &POLICIES)
        }
        "DeliveryGroupsPatchDeliveryGroupAdvancedAccessPolicy" => {
            |context| update(context, &POLICIES)
        }
        "DeliveryGroupsDeleteDeliveryGroupAdvancedAccessPolicy" => {
            |context| delete(context, &POLICIES)
        }
        "DeliveryGroupsGetDeliveryGroupRebootSchedules" => |context| list(context, SCHEDULES.list),
        "DeliveryGroupsGetDeliveryGroupRebootSchedule" => |context| get(context, &SCHEDULES),
        "DeliveryGroupsCreateDeliveryGroupRebootSchedule" => |context| create(context, &SCHEDULES),
        "DeliveryGroupsPatchDeliveryGroupRebootSchedule" => |context| update(context, &SCHEDULES),
        "DeliveryGroupsDeleteDeliveryGroupRebootSchedule" => |context| delete(context, &SCHEDULES),
        "DeliveryGroupsGetDeliveryGroupPowerTimeSchemes" => |context| list(context, TIMES.list),
        "DeliveryGroupsGetDeliveryGroupPowerTimeScheme" => |context| get(context, &TIMES),
        "DeliveryGroupsCreateDeliveryGroupPowerTimeScheme" => |context| create(context, &TIMES),
        "DeliveryGroupsPatchDeliveryGroupPowerTimeScheme" => |context| update(context, &TIMES),
        "DeliveryGroupsDeleteDeliveryGroupPowerTimeScheme" => |context| delete(context, &TIMES),
        "RebootSchedulesGetRebootSchedules" => all_schedules,
        "MachinesGetMachineDesktop" => desktop_of_machine,
        _ => return None,
    })
}

/// Returns one of the group's lists.
fn list(context: &mut Context<'_>, list: &'static str) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?.into_owned();
    let views: Vec<Value> = views(context, &group, list).collect();
    resource::page(context, views.into_iter())
}

/// Lists the schedules of all groups.
fn all_schedules(context: &mut Context<'_>) -> Outcome {
    let groups = context.site.resources(ResourceKind::DeliveryGroup).iter();
    let views: Vec<Value> = groups
        .flat_map(|group| views(context, group, SCHEDULES.list))
        .collect();
    resource::page(context, views.into_iter())
}

/// Returns the desktop that users of a machine get.
fn desktop_of_machine(context: &mut Context<'_>) -> Outcome {
    let machine = crate::daas::machines::named(context)?;
    let group = machine.delivery_group_id.as_deref();
    let group = group.and_then(|id| context.site.resources(ResourceKind::DeliveryGroup).get(id));
    let desktop = group.and_then(|it| views(context, it, "Desktops").next());
    let desktop = desktop.ok_or_else(|| orchestration::not_found("Desktop", context.name()))?;
    Ok(Reply::json(200, &desktop))
}

fn views<'c>(
    context: &'c Context<'_>,
    group: &'c Resource,
    list: &'static str,
) -> impl Iterator<Item = Value> + 'c {
    let items = items_of(group, list).into_iter();
    items.map(move |it| view(context, group, list, it))
}

fn view(context: &Context<'_>, group: &Resource, list: &str, mut fields: Fields) -> Value {
    fields.insert("DeliveryGroup".to_owned(), json!(group.id()));
    let name = fields
        .entry("Name")
        .or_insert_with(|| json!(group.name))
        .clone();
    for field in ["PublishedName", "DisplayName"] {
        fields.entry(field).or_insert_with(|| name.clone());
    }
    if list == SCHEDULES.list {
        complete_schedule(&mut fields, context.now);
    }
    fields.entry("Enabled").or_insert(json!(true));
    resource::shown(context.objects(), &fields, resource::model_of(context))
}

/// Fills in the start and frequency of a reboot schedule, which it shows even if the request omits them.
fn complete_schedule(fields: &mut Fields, now: jiff::Timestamp) {
    let today = || json!(now.strftime("%Y-%m-%d").to_string());
    fields.entry("StartDate").or_insert_with(today);
    let factor = fields.entry("FrequencyFactor").or_insert(json!(1));
    if factor.as_i64().is_none_or(|it| it < 1) {
        *factor = json!(1);
    }
}

fn items_of(group: &Resource, list: &str) -> Vec<Fields> {
    let items = group.fields.get(list).and_then(Value::as_array);
    let items = items.into_iter().flatten();
    items.filter_map(|it| it.as_object().cloned()).collect()
}

/// Returns the group, its items, and the position of the item in the path, given by id, number or name.
fn found(context: &Context<'_>, part: &Part) -> Result<(Resource, Vec<Fields>, usize), Reply> {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?.into_owned();
    let items = items_of(&group, part.list);
    let wanted = context.part(1);
    let is_called = |it: &Fields| {
        let text = |field: &str| it.get(field).and_then(Value::as_str);
        let uid = it.get("Uid").and_then(Value::as_u64);
        ["Id", "Name"]
            .iter()
            .any(|field| text(field).is_some_and(|it| it.eq_ignore_ascii_case(wanted)))
            || uid.is_some_and(|uid| uid.to_string() == wanted)
    };
    let place = items.iter().position(is_called);
    let place = place.ok_or_else(|| orchestration::not_found(part.entity, wanted))?;
    Ok((group, items, place))
}

fn get(context: &mut Context<'_>, part: &Part) -> Outcome {
    let (group, mut items, place) = found(context, part)?;
    let view = view(context, &group, part.list, items.swap_remove(place));
    Ok(Reply::json(200, &view))
}

/// Appends an item, and returns it.
fn create(context: &mut Context<'_>, part: &Part) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?.into_owned();
    let mut body = context.body()?;
    body.shift_remove("Id");
    check_name(part, &body, &items_of(&group, part.list), usize::MAX)?;
    let mut items = items_of(&group, part.list);
    items.push(body);
    store(context, &group, part, &items)?;
    let group =
        resource::found(context.objects(), ResourceKind::DeliveryGroup, group.id())?.into_owned();
    let made = items_of(&group, part.list).pop().unwrap_or_default();
    let view = view(context, &group, part.list, made);
    Ok(Reply::json(200, &view))
}

/// Applies the fields of the body to an item.
fn update(context: &mut Context<'_>, part: &Part) -> Outcome {
    let mut body = context.body()?;
    body.shift_remove("Id");
    let (group, mut items, place) = found(context, part)?;
    items[place].extend(body);
    check_name(part, &items[place], &items, place)?;
    store(context, &group, part, &items)?;
    if resource::model_of(context).is_empty() {
        return resource::empty();
    }
    let group =
        resource::found(context.objects(), ResourceKind::DeliveryGroup, group.id())?.into_owned();
    let changed = items_of(&group, part.list).swap_remove(place);
    let view = view(context, &group, part.list, changed);
    Ok(Reply::json(200, &view))
}

fn delete(context: &mut Context<'_>, part: &Part) -> Outcome {
    let (group, mut items, place) = found(context, part)?;
    let gone = items.remove(place);
    if gone.get("IsBuiltIn") == Some(&json!(true)) {
        let name = gone.get("Name").and_then(Value::as_str).unwrap_or_default();
        return Err(orchestration::built_in(part.entity, name));
    }
    store(context, &group, part, &items)?;
    resource::empty()
}

/// Rejects a name that another item of the group has.
fn check_name(part: &Part, item: &Fields, all: &[Fields], own: usize) -> Result<(), Reply> {
    let name = item.get("Name").and_then(Value::as_str).unwrap_or_default();
    if name.trim().is_empty() {
        return if part.named {
            Err(common::missing("Name"))
        } else {
            Ok(())
        };
    }
    let mut others = all.iter().enumerate().filter(|(place, _)| *place != own);
    let is_taken = others.any(|(_, it)| {
        let other = it.get("Name").and_then(Value::as_str).unwrap_or_default();
        other.to_lowercase() == name.to_lowercase()
    });
    if is_taken {
        return Err(orchestration::name_taken(part.entity, name));
    }
    Ok(())
}

fn store(
    context: &mut Context<'_>,
    group: &Resource,
    part: &Part,
    items: &[Fields],
) -> Result<(), Reply> {
    let body = Fields::from_iter([(part.list.to_owned(), json!(items))]);
    resource::change(context, ResourceKind::DeliveryGroup, group.id(), body)
}
