//! VDA upgrades: the available versions, their components, and the upgrade schedules.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::machines;
use crate::daas::resource::{self, Fields};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::ResourceKind;

/// The available versions, newest last.
const VERSIONS: [&str; 2] = ["2411.0.0.37", "2503.0.0.41"];

const COMPONENTS: [(&str, &str); 3] = [
    ("VDA", "Virtual Delivery Agent"),
    ("ProfileManagement", "Citrix Profile Management"),
    ("MachineIdentityService", "Machine Identity Service"),
];
/// How many of the components are installed on machines.
const INSTALLED: usize = 2;
const FEATURES: [(&str, &str); 2] = [
    ("RemoteAssistance", "Windows Remote Assistance"),
    ("RealTimeTransport", "Real-time audio transport"),
];

/// The field with the planned upgrade.
const DETAIL: &str = "UpgradeDetail";

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachineCatalogsGetMachineCatalogVDAUpgradeVersions" => |context| {
            resource::named(context, ResourceKind::MachineCatalog)?;
            Ok(Reply::json(200, &json!(VERSIONS)))
        },
        "MachinesGetMachineUpgradeVersions" => |context| {
            machines::named(context)?;
            Ok(Reply::json(200, &json!(VERSIONS)))
        },
        "SitesGetUpgradePackageVersions" => packages,
        "MachineCatalogsGetMachineCatalogVDAComponentsAndFeatures" => {
            |context| components(context, ResourceKind::MachineCatalog)
        }
        "MachinesGetVDAComponentsAndFeatures" => {
            |context| components(context, ResourceKind::Machine)
        }
        "MachineCatalogsValidateMachineCatalogVDAComponentsAndFeaturesSelection" => {
            |context| validate(context, ResourceKind::MachineCatalog)
        }
        "MachinesValidateVDAComponentsAndFeaturesSelection" => {
            |context| validate(context, ResourceKind::Machine)
        }
        "MachineCatalogsCreateMachineCatalogUpgradeSchedule" => {
            |context| plan(context, ResourceKind::MachineCatalog)
        }
        "MachineCatalogsUpdateMachineCatalogUpgradeSchedule" => {
            |context| change(context, ResourceKind::MachineCatalog)
        }
        "MachineCatalogsRemoveMachineCatalogUpgradeSchedule" => {
            |context| cancel(context, ResourceKind::MachineCatalog)
        }
        "MachinesCreateMachineUpgradeSchedule" => |context| plan(context, ResourceKind::Machine),
        "MachinesUpdateMachineUpgradeSchedule" => |context| change(context, ResourceKind::Machine),
        "MachinesRemoveMachineUpgradeSchedule" => |context| cancel(context, ResourceKind::Machine),
        _ => return None,
    })
}

fn packages(context: &mut Context<'_>) -> Outcome {
    crate::daas::checks::site(context)?;
    let model = resource::model_of(context);
    let views = VERSIONS.map(|version| {
        filled(model, |field| {
            Some(match field.name {
                "UpgradeType" => json!("CR"),
                "UpgradePackageVersion" => json!(version),
                _ => return None,
            })
        })
    });
    resource::page(context, views.into_iter())
}

/// Returns the id, number and name of the machine or catalog in the path.
fn subject(context: &Context<'_>, kind: ResourceKind) -> Result<Fields, Reply> {
    let (id, uid, name) = match kind {
        ResourceKind::Machine => {
            let machine = machines::named(context)?;
            (
                machine.id().to_owned(),
                machine.uid(),
                machine.name().to_owned(),
            )
        }
        _ => {
            let id = resource::named(context, kind)?.id().to_owned();
            let catalog = context.site.catalogs().get(&id);
            let catalog = catalog.ok_or_else(|| orchestration::not_found("MachineCatalog", &id))?;
            (id, catalog.uid(), catalog.name.clone())
        }
    };
    Ok(Fields::from_iter([
        ("Id".to_owned(), json!(id)),
        ("Uid".to_owned(), json!(uid)),
        ("Name".to_owned(), json!(name)),
    ]))
}

fn components(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let subject = subject(context, kind)?;
    known_version(context.call.query.get("upgradeVersion"))?;
    let component = |(id, name): &(&str, &str)| json!({ "ComponentId": id, "ComponentName": name, "ComponentDescription": name });
    let feature = |(id, name): &(&str, &str)| json!({ "FeatureId": id, "FeatureName": name, "FeatureDescription": name });
    let installed: Vec<Value> = COMPONENTS.iter().take(INSTALLED).map(component).collect();
    let available: Vec<Value> = COMPONENTS.iter().skip(INSTALLED).map(component).collect();
    let features: Vec<Value> = FEATURES.iter().map(feature).collect();
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "InstalledComponents" => json!(installed),
            "AvailableComponents" => json!(available),
            "AvailableFeatures" => json!(features),
            name => return subject.get(name).cloned(),
        })
    });
    Ok(Reply::json(200, &view))
}

fn known_version(version: Option<&str>) -> Result<(), Reply> {
    match version.filter(|it| !it.is_empty()) {
        Some(version) if !VERSIONS.contains(&version) => Err(orchestration::no_such(
            "UpgradePackage",
            version,
            "upgradeVersion",
        )),
        _ => Ok(()),
    }
}

/// Returns the first name in a selection that does not exist.
fn unknown_part(selection: &Fields) -> Option<String> {
    let listed = |list: &str| {
        let items = selection.get(list).and_then(Value::as_array).cloned();
        items.unwrap_or_default().into_iter()
    };
    let chosen = listed("IncludedAdditionalComponents").chain(listed("ExcludedComponents"));
    let mut chosen = chosen.filter_map(|it| Some(it["ComponentId"].as_str()?.to_owned()));
    let component = chosen.find(|id| !COMPONENTS.iter().any(|it| it.0.eq_ignore_ascii_case(id)));
    component.or_else(|| {
        let mut features = resource::strings(selection.get("Features")).into_iter();
        features.find(|id| !FEATURES.iter().any(|it| it.0.eq_ignore_ascii_case(id)))
    })
}

/// Returns whether a selection of components can be installed; the response is no error if it cannot.
fn validate(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let subject = subject(context, kind)?;
    let selection = context.body()?;
    known_version(selection.get("UpgradeVersion").and_then(Value::as_str))?;
    let unknown = unknown_part(&selection);
    let view = filled(resource::model_of(context), |field| match field.name {
        "IsValid" => Some(json!(unknown.is_none())),
        "Message" => Some(json!(format!("There is no '{}'.", unknown.as_ref()?))),
        name => subject.get(name).cloned(),
    });
    Ok(Reply::json(200, &view))
}

/// Schedules an upgrade to the newest version.
fn plan(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let body = context.body()?;
    if planned(context, kind)?.is_some() {
        return Err(orchestration::bad_request("An upgrade is already planned."));
    }
    let selection = body.get("VDAComponentsAndFeaturesRequestModel");
    if let Some(part) = selection.and_then(Value::as_object).and_then(unknown_part) {
        return Err(orchestration::no_such("Component", &part, "the body"));
    }
    store(context, kind, &body, "UpgradeScheduled")
}

fn change(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let mut detail = existing(context, kind)?;
    let body = context.body()?;
    for (from, to) in [
        ("ScheduledTimeUtc", "StartDateTimeUtc"),
        ("DurationInHours", "DurationInHours"),
    ] {
        let new = body.get(to).filter(|it| !it.is_null()).cloned();
        let old = detail.shift_remove(from);
        if let Some(value) = new.or(old) {
            detail.insert(to.to_owned(), value);
        }
    }
    store(context, kind, &detail, "UpgradeScheduled")
}

fn cancel(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let detail = existing(context, kind)?;
    store(context, kind, &detail, "UpgradeCancelled")
}

fn existing(context: &Context<'_>, kind: ResourceKind) -> Result<Fields, Reply> {
    let detail = planned(context, kind)?;
    detail.ok_or_else(|| orchestration::not_found("UpgradeSchedule", context.name()))
}

/// Returns the scheduled upgrade of the machine or catalog in the path, unless it was cancelled.
fn planned(context: &Context<'_>, kind: ResourceKind) -> Result<Option<Fields>, Reply> {
    let name = subject(context, kind)?;
    let id = name.get("Id").and_then(Value::as_str).unwrap_or_default();
    let it = resource::found(context.objects(), kind, id)?;
    let detail = it.fields.get(DETAIL).and_then(Value::as_object);
    let detail = detail.filter(|it| it.get("ScheduleStatus") == Some(&json!("UpgradeScheduled")));
    Ok(detail.cloned())
}

fn store(context: &mut Context<'_>, kind: ResourceKind, wanted: &Fields, status: &str) -> Outcome {
    let subject = subject(context, kind)?;
    let id = subject
        .get("Id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let start = wanted
        .get("StartDateTimeUtc")
        .or_else(|| wanted.get("ScheduledTimeUtc"));
    let start = start.and_then(Value::as_str).unwrap_or_default();
    let start: Timestamp = start
        .parse()
        .map_err(|_| common::invalid_string("StartDateTimeUtc"))?;
    let machines = context.site.machines.group_len(&id);
    let mut detail = json!({
        "ScheduleStatus": status,
        "ScheduledTimeUtc": start.to_string(),
        "LastStateChangeTimeUtc": context.now.to_string(),
        "DurationInHours": wanted.get("DurationInHours"),
        "TargetPackageVersion": VERSIONS.last(),
    });
    if kind == ResourceKind::MachineCatalog {
        detail["TotalMachines"] = json!(machines);
        detail["WaitingToUpgradeCount"] = json!(machines);
    }
    resource::edit(context.site, kind, &id, |fields| {
        fields.insert(DETAIL.to_owned(), detail);
        if kind == ResourceKind::MachineCatalog {
            let info = json!({ "UpgradeType": "CR", "UpgradeScheduleStatus": status });
            fields.insert("UpgradeInfo".to_owned(), info);
        }
    });
    resource::empty()
}
