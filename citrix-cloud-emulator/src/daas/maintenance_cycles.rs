//! `/maintenanceCycles`: scheduled changes of provisioned machines, and the result for each machine.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::identity::machine_sid;
use super::resource::{self, Fields, Objects, PLAIN, ResourceSpec};
use super::search;
use crate::clock::later;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Machine, Resource, ResourceKind, Site};

pub(super) const CYCLE: ResourceSpec = ResourceSpec {
    entity: "MaintenanceCycle",
    keys: ("MaintenanceCycleId", "MaintenanceCycleName"),
    defaults: r#"{ "MaintenanceCycleStatus": "Queued", "MaxDurationInMinutes": 480, "PurgeDBAfterInDays": 14 }"#,
    computed,
    validate,
    ..PLAIN
};

const NAME: &str = "MaintenanceCycleName";
const STATUS: &str = "MaintenanceCycleStatus";
const START: &str = "ScheduledStartTimeInUTC";

/// Fields whose names differ between searches and responses.
const SEARCHED: [(&str, &str); 2] = [
    ("CatalogName", "ProvisioningSchemeName"),
    ("Status", STATUS),
];
const SEARCHED_JOBS: [(&str, &str); 2] = [
    ("Status", "MaintenanceStatus"),
    ("VMSid", "VirtualMachineSid"),
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MaintenanceCyclesCreateMaintenanceCycle" => create,
        "MaintenanceCyclesGetMaintenanceCycle" => {
            |context| resource::get(context, ResourceKind::MaintenanceCycle)
        }
        "MaintenanceCyclesUpdateMaintenanceCycle" => update,
        "MaintenanceCyclesRemoveMaintenanceCycle" => {
            |context| resource::delete(context, ResourceKind::MaintenanceCycle)
        }
        "MaintenanceCyclesCancelMaintenanceCycle" => cancel,
        "MaintenanceCyclesRestartMaintenanceCycle" => restart,
        "MaintenanceCyclesDoMaintenanceCycleSearch" => |context| {
            let model = resource::model_of(context);
            let views = resource::views(context.objects(), ResourceKind::MaintenanceCycle, model);
            search::among_called(context, &views, &SEARCHED)
        },
        "MaintenanceCyclesDoMaintenanceCycleVMOperationJobSearch" => |context| {
            let views = jobs(context, |_| true);
            search::among_called(context, &views, &SEARCHED_JOBS)
        },
        "ProvisionedVirtualMachineGetMaintenanceCycleVMOperationJobs" => |context| {
            let machine = crate::daas::catalogs::provisioned_machines::named(context)?
                .id()
                .to_owned();
            let views = jobs(context, |it| it.id() == machine);
            resource::page(context, views.into_iter())
        },
        "ProvisioningSchemesGetMaintenanceCycles" => of_scheme,
        _ => return None,
    })
}

fn moment(fields: &Fields) -> Option<Timestamp> {
    fields.get(START)?.as_str()?.parse().ok()
}

fn computed(objects: Objects<'_>, cycle: &Resource) -> Map<String, Value> {
    let minutes = cycle
        .fields
        .get("MaxDurationInMinutes")
        .and_then(Value::as_i64);
    let over = SignedDuration::from_mins(minutes.unwrap_or(480));
    let end = moment(&cycle.fields).map(|start| later(start, over).to_string());
    let scheme = cycle.parents.first();
    let catalog = scheme.and_then(|id| objects.site.catalogs().get(id));
    let uid = catalog.and_then(|it| it.fields.get("ProvisioningScheme")?.get("Id").cloned());
    let named = resource::strings(cycle.fields.get("VMNames"));
    Map::from_iter([
        ("ScheduledCompletionTimeInUTC".to_owned(), json!(end)),
        (
            "ProvisioningSchemeName".to_owned(),
            json!(catalog.map(|it| it.name.as_str())),
        ),
        ("ProvisioningSchemeUid".to_owned(), uid.unwrap_or_default()),
        ("ScheduleId".to_owned(), json!(cycle.id())),
        ("AllVM".to_owned(), json!(named.is_empty())),
    ])
}

fn validate(context: &Context<'_>, cycle: &mut Resource) -> Result<(), Reply> {
    if cycle.name.is_empty() {
        return Err(common::missing(NAME));
    }
    let start = cycle.fields.get(START).cloned();
    if start.is_some() && moment(&cycle.fields).is_none() {
        return Err(common::invalid_string(START));
    }
    // Without a time, it starts immediately.
    let now = json!(context.now.to_string());
    cycle.fields.entry(START).or_insert(now);
    let site = &*context.site;
    for name in resource::strings(cycle.fields.get("VMNames")) {
        let machine = site.machines.get(&name);
        if machine.is_none_or(|it| !cycle.parents.contains(&it.catalog_id)) {
            return Err(orchestration::no_such("Machine", &name, "VMNames"));
        }
    }
    Ok(())
}

/// Finds the catalog by the scheme in the body.
fn catalog<'t>(site: &'t Site, body: &mut Fields) -> Result<&'t Resource, Reply> {
    let mut given = |field: &str| {
        let text = body.shift_remove(field)?;
        let text = text.as_str().filter(|it| !it.is_empty())?;
        Some(text.to_owned())
    };
    let (name, uid) = (
        given("ProvisioningSchemeName"),
        given("ProvisioningSchemeUid"),
    );
    let wanted = uid.or(name);
    let wanted = wanted.ok_or_else(|| common::missing("ProvisioningSchemeUid"))?;
    let found = crate::daas::catalogs::provisioned_machines::by_scheme(site, &wanted);
    found.ok_or_else(|| {
        orchestration::no_such("ProvisioningScheme", &wanted, "ProvisioningSchemeUid")
    })
}

fn create(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let catalog = catalog(context.site, &mut body)?.id().to_owned();
    resource::make(context, ResourceKind::MaintenanceCycle, body, vec![catalog])?;
    resource::empty()
}

/// Changes the cycle that the body identifies by id or name.
fn update(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    body.shift_remove("ProvisioningSchemeUid");
    let id = body.shift_remove("MaintenanceCycleUid");
    let id = id
        .as_ref()
        .and_then(Value::as_str)
        .filter(|it| !it.is_empty());
    let name = body.get(NAME).and_then(Value::as_str);
    let wanted = id
        .or(name)
        .ok_or_else(|| common::missing("MaintenanceCycleUid"))?;
    let cycle = resource::found(context.objects(), ResourceKind::MaintenanceCycle, wanted)?;
    let cycle = cycle.id().to_owned();
    resource::change(context, ResourceKind::MaintenanceCycle, &cycle, body)?;
    resource::empty()
}

fn cancel(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::MaintenanceCycle)?
        .id()
        .to_owned();
    resource::edit(
        context.site,
        ResourceKind::MaintenanceCycle,
        &id,
        |fields| {
            fields.insert(STATUS.to_owned(), json!("Cancelled"));
        },
    );
    resource::empty()
}

/// Reschedules a cancelled cycle.
fn restart(context: &mut Context<'_>) -> Outcome {
    let cycle = resource::named(context, ResourceKind::MaintenanceCycle)?.into_owned();
    if cycle.fields.get(STATUS) != Some(&json!("Cancelled")) {
        return Err(orchestration::bad_request(
            "The maintenance cycle is already planned.",
        ));
    }
    let mut body = context.body()?;
    body.insert(STATUS.to_owned(), json!("Queued"));
    resource::change(context, ResourceKind::MaintenanceCycle, cycle.id(), body)?;
    resource::empty()
}

fn of_scheme(context: &mut Context<'_>) -> Outcome {
    let catalog = crate::daas::catalogs::provisioned_machines::scheme_in_path(context)?
        .id()
        .to_owned();
    resource::list_where(context, ResourceKind::MaintenanceCycle, |_, it| {
        it.parents.contains(&catalog)
    })
}

/// Returns one view for each machine of each cycle. Machines are processed once the cycle's time has come.
fn jobs(context: &Context<'_>, condition: impl Fn(&Machine) -> bool) -> Vec<Value> {
    let site = &*context.site;
    let model = resource::model_of(context);
    let mut views = Vec::new();
    for cycle in site.resources(ResourceKind::MaintenanceCycle).iter() {
        let named = resource::strings(cycle.fields.get("VMNames"));
        let is_named = |it: &Machine| {
            named
                .iter()
                .any(|name| it.name().eq_ignore_ascii_case(name))
        };
        let status = cycle.fields.get(STATUS).cloned().unwrap_or(json!("Queued"));
        let catalog = cycle.parents.first().map_or("", String::as_str);
        let machines = site.machines.group(catalog);
        let machines = machines.filter(|it| named.is_empty() || is_named(it));
        for machine in machines.filter(|it| condition(it)) {
            let id = format!("{}/{}", cycle.id(), machine.id());
            let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, id.as_bytes());
            views.push(filled(model, |field| {
                Some(match field.name {
                    "JobId" => json!(id),
                    "MachineName" => json!(machine.name()),
                    "MaintenanceCycleId" => json!(cycle.id()),
                    "MaintenanceStartTime" => cycle.fields.get(START)?.clone(),
                    "MaintenanceStatus" => status.clone(),
                    "Operation" => cycle.fields.get("Operation")?.clone(),
                    "VirtualMachineSid" => json!(machine_sid(machine)),
                    _ => return None,
                })
            }));
        }
    }
    views
}
