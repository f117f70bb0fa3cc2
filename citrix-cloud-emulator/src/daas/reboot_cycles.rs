//! Restarts all machines of a delivery group or catalog one after another.

use jiff::SignedDuration;
use serde_json::Value;

use super::context::{Context, Handler};
use super::resource::{self, Fields};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Machine, PowerAction, PowerState, ResourceKind};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DeliveryGroupsStartDeliveryGroupRebootCycle" => of_group,
        "MachineCatalogsRebootMachineCatalogMachines" => of_catalog,
        _ => return None,
    })
}

fn minutes(body: &Fields, field: &str) -> Result<SignedDuration, Reply> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(SignedDuration::ZERO),
        Some(value) => {
            let minutes = value.as_i64().filter(|it| (0..=100_000).contains(it));
            let minutes = minutes.ok_or_else(|| common::out_of_range(field, 0, 100_000))?;
            Ok(SignedDuration::from_mins(minutes))
        }
    }
}

fn of_group(context: &mut Context<'_>) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?
        .id()
        .to_owned();
    let body = context.body()?;
    let over = minutes(&body, "RebootDurationMinutes")?;
    let warning = minutes(&body, "WarningDurationMinutes")?;
    let tag = body.get("RestrictToTag").and_then(Value::as_str);
    let tag = tag.filter(|it| !it.is_empty());
    let tag = tag.map(|name| {
        let tag = resource::lookup(context.site, ResourceKind::Tag, name);
        let tag = tag.ok_or_else(|| orchestration::no_such("Tag", name, "RestrictToTag"))?;
        Ok::<_, Reply>(tag.id().to_owned())
    });
    let tag = tag.transpose()?;
    let everywhere = body.get("IgnoreMaintenanceMode") == Some(&Value::Bool(true));
    restart(context, &group, over, warning, |machine| {
        let settings = machine.settings.as_deref();
        let has = |tag: &String| settings.is_some_and(|it| resource::lists(it, "Tags", tag));
        (everywhere || !machine.in_maintenance_mode) && tag.as_ref().is_none_or(has)
    });
    resource::empty()
}

fn of_catalog(context: &mut Context<'_>) -> Outcome {
    let catalog = resource::named(context, ResourceKind::MachineCatalog)?
        .id()
        .to_owned();
    let body = context.body()?;
    let over = minutes(&body, "RebootDuration")?;
    let warning = minutes(&body, "WarningDuration")?;
    restart(context, &catalog, over, warning, |_| true);
    resource::empty()
}

/// Restarts the running machines that the site can restart, spread evenly over a period that starts after the warning.
fn restart(
    context: &mut Context<'_>,
    group: &str,
    over: SignedDuration,
    warning: SignedDuration,
    condition: impl Fn(&Machine) -> bool,
) {
    let chosen = context.site.machines.group(group).filter(|it| {
        let is_running = it.power_managed && it.power_state == PowerState::On;
        is_running && condition(it)
    });
    let chosen: Vec<String> = chosen.map(|it| it.id().to_owned()).collect();
    let count = i32::try_from(chosen.len().max(1)).unwrap_or(i32::MAX);
    let step = over / count;
    let duration = context.shared.settings.job_duration;
    let mut delay = warning;
    for id in chosen {
        let site = &mut *context.site;
        // Only existing machines that the site can restart were chosen.
        let accepted = site.power(&id, PowerAction::Reboot, context.now, delay, duration);
        debug_assert!(accepted.is_ok(), "{id}");
        delay = delay.saturating_add(step);
    }
}
