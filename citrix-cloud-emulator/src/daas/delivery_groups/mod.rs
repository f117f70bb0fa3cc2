//! `/DeliveryGroups`.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::membership;
use super::resource::{self, Fields, Objects, PLAIN, ResourceSpec};
use super::{applications, delivery_groups, machines};
use crate::daas::machines::view::MachineView;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{
    Machine, PowerState, RegistrationState, Resource, ResourceKind, SessionState, Site,
};

pub(super) mod access_policies;
pub(super) mod autoscale;
pub(super) mod parts;

pub(super) const DELIVERY_GROUP: ResourceSpec = ResourceSpec {
    entity: "DeliveryGroup",
    defaults: r#"{
        "AllowMachineRestart": true, "ApplicationGroupCompatibility": "Compatible", "AutoScaleEnabled": false,
        "ColorDepth": "TwentyFourBit", "DefaultDesktopIconId": "1", "Delivering": "DesktopsAndApps",
        "DeliveryType": "DesktopsAndApps", "Enabled": true, "HdxSslEnabled": false, "InMaintenanceMode": false,
        "LicenseModel": "UserDevice", "MachineLogOnType": "ActiveDirectory", "MachineType": "Virtual",
        "MinimumFunctionalLevel": "L7_20", "OffPeakBufferSizePercent": 10, "OffPeakDisconnectAction": "Nothing",
        "OffPeakExtendedDisconnectAction": "Nothing", "OffPeakLogOffAction": "Nothing", "PeakBufferSizePercent": 10,
        "PeakDisconnectAction": "Nothing", "PeakExtendedDisconnectAction": "Nothing", "PeakLogOffAction": "Nothing",
        "PowerOffDelayMinutes": 30, "ProductCode": "XDT", "RequireUserHomeZone": false,
        "SecureIcaRequired": false, "SessionSupport": "MultiSession", "SharingKind": "Shared",
        "ShutdownDesktopsAfterUse": false, "TimeZone": "GMT Standard Time", "TurnOnAddedMachines": false,
        "UserManagement": "Studio"
    }"#,
    renamed: &[
        ("DefaultDesktopIcon", "DefaultDesktopIconId"),
        ("SecureIcaEnabled", "SecureIcaRequired"),
    ],
    computed: derived,
    validate: complete,
    blocks_delete: |site, group| {
        let sessions = Counts::of(site, group.id()).sessions;
        (sessions > 0).then(|| format!("{sessions} sessions"))
    },
    on_delete: forget,
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DeliveryGroupsGetDeliveryGroups" | "DeliveryGroupsGetDeliveryGroupsV2" => {
            |context| resource::list(context, ResourceKind::DeliveryGroup)
        }
        "DeliveryGroupsCreateDeliveryGroup" => create,
        "DeliveryGroupsGetDeliveryGroup" => {
            |context| resource::get(context, ResourceKind::DeliveryGroup)
        }
        "DeliveryGroupsPatchDeliveryGroup" => update,
        "DeliveryGroupsDeleteDeliveryGroup" => {
            |context| resource::delete(context, ResourceKind::DeliveryGroup)
        }
        "DeliveryGroupsAddDeliveryGroupTags" => {
            |context| resource::add_tag(context, ResourceKind::DeliveryGroup)
        }
        "DeliveryGroupsRemoveDeliveryGroupTags" => {
            |context| resource::remove_tag(context, ResourceKind::DeliveryGroup)
        }
        "DeliveryGroupsGetDeliveryGroupsApplicationGroups" => application_groups,
        "DeliveryGroupsGetDeliveryGroupMachines" => members,
        "DeliveryGroupsDoAddMachines" => add_machines,
        "DeliveryGroupsDoRemoveMachines" => remove_machine,
        "DeliveryGroupsGetDeliveryGroupTags" => {
            |context| resource::tags(context, ResourceKind::DeliveryGroup)
        }
        "DeliveryGroupsSetDeliveryGroupTags" => {
            |context| resource::set_tags(context, ResourceKind::DeliveryGroup)
        }
        _ => return None,
    })
}

/// Statistics of a group's machines, collected in one pass.
#[derive(Default)]
struct Counts {
    available: usize,
    assigned: usize,
    disconnected: usize,
    in_maintenance: usize,
    in_use: usize,
    managed: usize,
    off: usize,
    registered: usize,
    sessions: usize,
}

impl Counts {
    fn of(site: &Site, group: &str) -> Self {
        let mut counts = Self::default();
        for machine in site.machines.group(group) {
            counts.add(site, machine);
        }
        counts
    }

    fn add(&mut self, site: &Site, machine: &Machine) {
        let registered = machine.registration_state == RegistrationState::Registered;
        let sessions = machine.session_count.unwrap_or(0);
        let idle = machine.session_count == Some(0);
        self.available += usize::from(registered && idle && !machine.in_maintenance_mode);
        self.assigned += usize::from(membership::is_assigned(machine));
        self.in_maintenance += usize::from(machine.in_maintenance_mode);
        self.in_use += usize::from(sessions > 0);
        self.managed += usize::from(machine.power_managed);
        self.off += usize::from(machine.power_state == PowerState::Off);
        self.registered += usize::from(registered);
        self.sessions += usize::try_from(sessions).unwrap_or(usize::MAX);
        if sessions > 0 {
            let mut sessions = site.sessions.group(machine.id());
            let gone = sessions.any(|it| it.state == SessionState::Disconnected);
            self.disconnected += usize::from(gone);
        }
    }
}

fn derived(objects: Objects<'_>, group: &Resource) -> Map<String, Value> {
    let site = objects.site;
    let counts = Counts::of(site, group.id());
    let total = site.machines.group_len(group.id());
    let applications = applications::of_group(site, group.id()).count();
    let groups = site.resources(ResourceKind::ApplicationGroup).iter();
    let groups = groups.filter(|it| resource::lists(&it.fields, "DeliveryGroups", group.id()));
    let scales = group.fields.get("AutoScaleEnabled") == Some(&json!(true));
    let number = |name: &str, value: usize| (name.to_owned(), json!(value));
    Map::from_iter([
        number("DesktopsAvailable", counts.available),
        number("DesktopsDisconnected", counts.disconnected),
        number("DesktopsInUse", counts.in_use),
        number("DesktopsUnregistered", total - counts.registered),
        number("MachinesInMaintenanceMode", counts.in_maintenance),
        number("NumMachines", total),
        number("OffMachines", counts.off),
        number("RegisteredMachines", counts.registered),
        number("SessionCount", counts.sessions),
        number("TotalApplicationGroups", groups.count()),
        number("TotalApplications", applications),
        number("TotalDesktops", total),
        number("TotalMachines", total),
        number("UnassignedMachines", total - counts.assigned),
        ("AutoscalingEnabled".to_owned(), json!(scales)),
        ("IsPowerManaged".to_owned(), json!(counts.managed > 0)),
        (
            "MachineOperatingSystems".to_owned(),
            json!([{ "Name": "Windows 2022", "Value": total }]),
        ),
    ])
}

/// Checks that everything a group refers to exists, and that percentages are valid.
fn complete(context: &Context<'_>, group: &mut Resource) -> Result<(), Reply> {
    if let Some(icon) = group
        .fields
        .get("DefaultDesktopIconId")
        .and_then(Value::as_str)
        && context
            .site
            .resources(ResourceKind::Icon)
            .get(icon)
            .is_none()
    {
        return Err(orchestration::no_such("Icon", icon, "DefaultDesktopIcon"));
    }
    if let Some(set) = group.fields.get("PolicySetGuid").and_then(Value::as_str)
        && !set.is_empty()
        && context
            .site
            .resources(ResourceKind::PolicySet)
            .get(set)
            .is_none()
        && !set.bytes().all(|it| matches!(it, b'0' | b'-'))
    {
        return Err(orchestration::no_such("PolicySet", set, "PolicySetGuid"));
    }
    delivery_groups::access_policies::complete(context, group);
    if let Some(kind) = group.fields.get("DeliveryType").cloned() {
        group.fields.insert("Delivering".to_owned(), kind);
    }
    for percent in ["PeakBufferSizePercent", "OffPeakBufferSizePercent"] {
        let value = group.fields.get(percent).and_then(Value::as_i64);
        if value.is_some_and(|value| !(0..=100).contains(&value)) {
            return Err(common::out_of_range(percent, 0, 100));
        }
    }
    Ok(())
}

fn forget(site: &mut Site, group: &Resource) {
    let id = group.id();
    site.machines
        .change_group(id, |it| it.delivery_group_id = None);
    applications::leave(site, "DeliveryGroups", id);
}

/// Creates a group with unassigned machines; fails without any change if there are too few.
fn create(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let wanted = body.shift_remove("MachineCatalogs");
    let wanted: Vec<Fields> = fields_of(wanted);
    let chosen = membership::choose(context.objects(), &wanted)?;
    let published = body.shift_remove("Applications");
    if body.get("SessionSupport").is_none()
        && let Some(catalog) = chosen
            .first()
            .and_then(|it| context.site.machines.get(&it.machine))
    {
        let catalog = resource::lookup(
            context.site,
            ResourceKind::MachineCatalog,
            &catalog.catalog_id,
        );
        let support = catalog.and_then(|it| it.fields.get("SessionSupport").cloned());
        body.extend(support.map(|it| ("SessionSupport".to_owned(), it)));
    }
    let id = resource::make(context, ResourceKind::DeliveryGroup, body, Vec::new())?;
    membership::join(context.site, &id, chosen)?;
    if let Some(Value::Object(published)) = published {
        applications::publishing::publish(context, &id, &published)?;
    }
    respond(context, &id)
}

fn update(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::DeliveryGroup)?
        .id()
        .to_owned();
    let mut body = context.body()?;
    let assigned = fields_of(body.shift_remove("AssignMachinesToUsers"));
    let assigned = membership::assignments(context.objects(), &assigned)?;
    resource::change(context, ResourceKind::DeliveryGroup, &id, body)?;
    membership::assign(context.site, assigned);
    resource::empty()
}

/// Returns the whole group, or only its identifying fields if the caller asks for the minimum.
fn respond(context: &Context<'_>, id: &str) -> Outcome {
    if context.call.query.flag("detailResponseRequired")? == Some(false) {
        let it = resource::reference(context.objects(), ResourceKind::DeliveryGroup, id)
            .unwrap_or_default();
        let basic = filled("RefResponseModel", |field| it.get(field.name).cloned());
        return Ok(Reply::json(200, &basic));
    }
    resource::respond(context, ResourceKind::DeliveryGroup, id)
}

/// Lists the application groups whose applications run in the group.
fn application_groups(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::DeliveryGroup)?
        .id()
        .to_owned();
    resource::list_where(context, ResourceKind::ApplicationGroup, |_, it| {
        resource::lists(&it.fields, "DeliveryGroups", &id)
    })
}

fn members(context: &mut Context<'_>) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?
        .id()
        .to_owned();
    let site = &*context.site;
    let objects = context.objects();
    context.shared.pager.page_after(
        &["DeliveryGroupMachines", &group],
        &context.call.query,
        || site.machines.group_len(&group),
        |after| {
            let members = site.machines.group_after(&group, after);
            members.map(|(serial, machine)| (serial, MachineView::new(objects, machine)))
        },
    )
}

fn add_machines(context: &mut Context<'_>) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?
        .id()
        .to_owned();
    let chosen = membership::choose(context.objects(), &[context.body()?])?;
    membership::join(context.site, &group, chosen)?;
    respond(context, &group)
}

fn remove_machine(context: &mut Context<'_>) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?
        .id()
        .to_owned();
    let name = context.part(1).to_owned();
    let machine = context.site.machines.get_mut(&name);
    let mut machine = machine
        .filter(|it| it.delivery_group_id.as_ref() == Some(&group))
        .ok_or_else(|| orchestration::not_found("Machine", &name))?;
    if machine.session_count.is_some_and(|count| count > 0) {
        let sessions = format!("{} sessions", machine.session_count.unwrap_or_default());
        return Err(orchestration::in_use("Machine", machine.name(), &sessions));
    }
    machine.delivery_group_id = None;
    resource::empty()
}

fn fields_of(list: Option<Value>) -> Vec<Fields> {
    let Some(Value::Array(items)) = list else {
        return Vec::new();
    };
    items
        .into_iter()
        .filter_map(|it| it.as_object().cloned())
        .collect()
}

/// Returns a machine's group.
pub(super) fn of_machine(context: &mut Context<'_>) -> Outcome {
    let machine = machines::named(context)?;
    let id = machine.delivery_group_id.clone();
    let name = machine.name().to_owned();
    let id = id.ok_or_else(|| orchestration::not_found("DeliveryGroup", &name))?;
    resource::respond(context, ResourceKind::DeliveryGroup, &id)
}
