//! `/me` and `/Sites`.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::context::{Context, CustomerContext, CustomerHandler, Handler};
use super::resource;
use crate::clock::later;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::paging;
use crate::schema::filled;
use crate::tokens::ON_PREMISES;
use crate::world::{ResourceKind, Site};

pub(super) mod reports;
pub(super) mod settings;

/// In the walkthrough's sample, the two times are eleven hours apart.
const REFRESH_AFTER_EXPIRY: SignedDuration = SignedDuration::from_hours(11);

/// Clients enable features by this version; the latest ones need 126.
const API_VERSION: u32 = 130;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "SitesGetSite" => get,
        _ => return None,
    })
}

pub(super) fn customer_handler(operation: &str) -> Option<CustomerHandler> {
    Some(match operation {
        "MeGetMe" => me,
        "SitesGetSites" => list,
        _ => return None,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn me(context: &CustomerContext<'_>) -> Outcome {
    let administrator = context.administrator;
    let expires = context.call.scope.token_expires;
    let on_premises = context.call.scope.on_premises && !context.shared.settings.strict;
    let customers = context.customers.iter().map(|customer| {
        json!({
            "Id": if on_premises { ON_PREMISES } else { customer.id() },
            "Name": customer.name,
            "Sites": customer.sites().iter().map(reference).collect::<Vec<_>>(),
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

fn list(context: &CustomerContext<'_>) -> Outcome {
    let customer = &context.call.scope.customer;
    let mut own = context.customers.iter();
    let own = own.find(|it| it.id().eq_ignore_ascii_case(customer));
    let sites = own.map(|it| it.sites()).unwrap_or_default().iter();
    context.shared.pager.page(
        &["Sites", customer],
        &context.call.query,
        sites.map(reference),
    )
}

fn get(context: &mut Context<'_>) -> Outcome {
    let site = &*context.site;
    if !site.is_called(context.name()) {
        return Err(orchestration::not_found("Site", context.name()));
    }
    let zone = site.resources(ResourceKind::Zone).get(site.primary_zone());
    let zone =
        zone.map(|it| json!({ "Id": it.id(), "Uid": it.fields.get("Uid"), "Name": it.name }));
    // The service misspells `OrchestationApiVersion`.
    let detail = json!({
        "Id": site.id(),
        "Name": site.name(),
        "OrchestationApiVersion": API_VERSION,
        "LicenseServerName": null,
        "LicensingModel": "UserDevice",
        "SiteConfigurationComplete": true,
        "PrimaryZone": zone,
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
    let view = filled(resource::model_of(context), |field| {
        detail.get(field.name).cloned()
    });
    Ok(paging::single(&context.call.query, &view))
}

fn reference(site: &Site) -> Value {
    json!({ "Id": site.id(), "Name": site.name() })
}

/// Formats a time as in the sample of `/me`: without a date.
fn time_of_day(at: Timestamp) -> String {
    at.strftime("%-I:%M:%S %p").to_string()
}
