//! `/me` and `/Sites`.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::handlers::Handler;
use super::objects;
use super::turn::Turn;
use crate::clock::later;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::ids;
use crate::paging;
use crate::schema::filled;
use crate::tokens::ON_PREMISES;
use crate::world::Site;

/// In the walkthrough's sample the two times are eleven hours apart.
const REFRESH_AFTER_EXPIRY: SignedDuration = SignedDuration::from_hours(11);

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MeGetMe" => me,
        "SitesGetSites" => list,
        "SitesGetSite" => get,
        _ => return None,
    })
}

fn me(turn: &mut Turn<'_>) -> Outcome {
    let administrator = &turn.world.administrator;
    let expires = turn.call.scope.token_expires;
    let on_premises = turn.call.scope.on_premises && !turn.shared.settings.strict;
    let customers = turn.world.customers.iter().map(|customer| {
        json!({
            "Id": if on_premises { ON_PREMISES } else { &customer.id },
            "Name": customer.name,
            "Sites": customer.sites.iter().map(reference).collect::<Vec<_>>(),
        })
    });
    Ok(Reply::json(
        200,
        &json!({
            "UserId": administrator.user_id,
            "DisplayName": administrator.display_name,
            "ExpiryTime": time_of_day(expires),
            "RefreshExpirationTime": time_of_day(later(expires, REFRESH_AFTER_EXPIRY)),
            "VerifiedEmail": administrator.email,
            "Customers": customers.collect::<Vec<_>>(),
        }),
    ))
}

fn list(turn: &mut Turn<'_>) -> Outcome {
    let customer = &turn.call.scope.customer;
    let own = turn
        .world
        .customers
        .iter()
        .filter(|it| it.id.eq_ignore_ascii_case(customer));
    let sites = own.flat_map(|customer| &customer.sites).map(reference);
    turn.shared
        .pager
        .page(&["Sites", customer], &turn.call.query, sites)
}

fn get(turn: &mut Turn<'_>) -> Outcome {
    let site = turn
        .world
        .site(&turn.call.scope.customer, turn.name())
        .ok_or_else(|| orchestration::not_found("Site", turn.name()))?;
    // `OrchestationApiVersion` is misspelled by the service.
    let detail = json!({
        "Id": site.id,
        "Name": site.name,
        "OrchestationApiVersion": 1,
        "LicenseServerName": null,
        "LicensingModel": "UserDevice",
        "SiteConfigurationComplete": true,
        "PrimaryZone": { "Id": ids::ZONE_ID, "Uid": 1, "Name": "Primary" },
        "ProductCode": "XDT",
        "ProductEdition": "PLT",
        "ProductVersion": "7.45",
        "LicenseExpirationDate": null,
        "Metadata": [],
        "SiteServices": [],
        "EnabledFeatures": [],
        "ColorDepth": "TwentyFourBit",
        "DefaultMinimumFunctionalLevel": "L7_20",
        "DefaultDesktopIconId": "1",
        "DnsResolutionEnabled": false,
    });
    let view = filled(objects::model_of(turn), |field| {
        detail.get(field.name).cloned()
    });
    Ok(paging::single(&turn.call.query, &view))
}

fn reference(site: &Site) -> Value {
    json!({ "Id": site.id, "Name": site.name })
}

/// Formats a time as the sample of `/me` has it: without a date.
fn time_of_day(at: Timestamp) -> String {
    at.strftime("%-I:%M:%S %p").to_string()
}
