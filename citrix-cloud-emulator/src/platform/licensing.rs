//! `/licensing/...`: how many licenses are in use.

use std::collections::BTreeSet;

use serde_json::json;

use super::context::Context;
use crate::http::{Outcome, Reply};

/// The service whose licenses are counted.
const SERVICE: &str = "xendesktop";

/// Counts every user with a session once. There are no licenses per device.
#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
pub(super) fn current(context: &mut Context<'_>) -> Outcome {
    let users = context.customer.sites().iter();
    let users = users.flat_map(|site| site.sessions.iter().map(|it| it.user.to_lowercase()));
    let used = i64::try_from(users.collect::<BTreeSet<_>>().len()).unwrap_or(i64::MAX);
    let bought = context
        .customer
        .platform
        .services
        .get(SERVICE)
        .and_then(|it| it.quantity);
    let bought = bought.unwrap_or(0);
    Ok(Reply::json(
        200,
        &json!({
            "customerId": context.customer.id(),
            "totalUsageCount": used,
            "userLicenseUsage": { "totalUsageCount": used, "releasedCount": 0 },
            "deviceLicenseUsage": { "totalUsageCount": 0, "releasedCount": 0 },
            "totalAvailableLicenseCount": bought,
            "remainingLicenseCount": bought.saturating_sub(used).max(0),
            "timeStamp": context.now.strftime("%Y-%m-%dT%H:%M:%S%.7fZ").to_string(),
            "productName": "Citrix Virtual Apps and Desktops service",
            "productEdition": "Premium",
            "nextExpiredLicenses": null,
            "nextActivatingLicense": null,
        }),
    ))
}
