//! `/Machines/{nameOrId}/$start`, `$shutdown`, `$reboot`, `$suspend` and `$resume`.

use jiff::SignedDuration;
use serde_json::json;

use crate::daas::context::Context;
use crate::daas::machines;
use crate::daas::machines::view::{MachineView, catalog_reference};
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::world::{PowerAction, PowerRefusal};

/// Accepts the action. Sessions do not prevent it, with or without `force`, because nothing documents that they do.
pub(in crate::daas) fn act(context: &mut Context<'_>, action: PowerAction) -> Outcome {
    let query = &context.call.query;
    query.flag("force")?;
    let detailed = query.flag("detailResponseRequired")?.unwrap_or(true);
    let delay = query.number("delay", 0, u32::MAX)?.unwrap_or(0);
    let delay = SignedDuration::from_secs(delay.into());
    let duration = context.shared.settings.job_duration;
    let name = context.name().to_owned();
    context
        .site
        .power(&name, action, context.now, delay, duration)
        .map_err(|refusal| match refusal {
            PowerRefusal::NoSuchMachine => orchestration::not_found("Machine", &name),
            PowerRefusal::NotSupported => orchestration::power_action_not_supported(),
        })?;
    let machine = machines::named(context)?;
    Ok(if detailed {
        Reply::json(
            200,
            &MachineView::new(context.objects(), machine).detailed(),
        )
    } else {
        Reply::json(
            200,
            &json!({
                "Id": machine.id(),
                "MachineCatalog": catalog_reference(context.site, machine),
                "Name": machine.name(),
            }),
        )
    })
}
