//! Reports on a whole site: problems, recommendations, usage.

use serde_json::{Value, json};

use crate::daas::checks::site;
use crate::daas::context::{Context, Handler};
use crate::daas::resource;
use crate::daas::times::{formatted, spoken};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{PowerState, RegistrationState, ResourceKind};

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "SitesGetSiteErrorWarning" => troubles,
        "SitesGetSiteMisconfigurationReport" => |context| {
            site(context)?;
            // An emulated site has no configuration errors.
            Ok(Reply::json(200, &json!("")))
        },
        "RecommendationsGetRecommendations" => |context| {
            // An emulated site gets no recommendations.
            resource::page(context, std::iter::empty())
        },
        "DeliveryGroupsGetDeliveryGroupsUsage" => usage,
        "StoreFrontServersGetStoreFrontDeliveryGroups" => of_store,
        _ => return None,
    })
}

/// Counts running but unregistered machines as errors, and machines in maintenance mode as warnings.
fn troubles(context: &mut Context<'_>) -> Outcome {
    site(context)?;
    let machines = &context.site.machines;
    let is_lost = machines.iter().filter(|it| {
        let is_registered = it.registration_state == RegistrationState::Registered;
        it.power_state == PowerState::On && !is_registered
    });
    let (errors, warnings) = (
        is_lost.count(),
        machines.iter().filter(|it| it.in_maintenance_mode).count(),
    );
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "Machine" => json!({ "NumberOfErrors": errors, "NumberOfWarnings": warnings }),
            _ => json!({ "NumberOfErrors": 0, "NumberOfWarnings": 0 }),
        })
    });
    Ok(Reply::json(200, &view))
}

/// Returns how many desktops of the group are in use now. The emulator keeps no record of past usage.
fn usage(context: &mut Context<'_>) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?
        .id()
        .to_owned();
    let machines = context.site.machines.group(&group);
    let used = machines.filter(|it| it.session_count.is_some_and(|it| it > 0));
    let used = used.count();
    let now = Some(context.now);
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "Time" => json!(spoken(now)),
            "FormattedTime" => json!(formatted(now)),
            "Usage" => json!(used),
            _ => return None,
        })
    });
    resource::page(context, [view].into_iter())
}

/// Lists the delivery groups whose machines show a store.
fn of_store(context: &mut Context<'_>) -> Outcome {
    let server = resource::named(context, ResourceKind::StoreFrontServer)?.into_owned();
    let model = resource::model_of(context);
    let views = crate::daas::storefront::users(context.site, &server).map(|group| {
        filled(model, |field| {
            Some(match field.name {
                "DeliveryGroupUid" => group.fields.get("Uid")?.clone(),
                "DeliveryGroupName" => json!(group.name),
                _ => return None,
            })
        })
    });
    let views: Vec<Value> = views.collect();
    resource::page(context, views.into_iter())
}
