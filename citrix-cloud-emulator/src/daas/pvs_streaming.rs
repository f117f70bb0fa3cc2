//! `/PvsStreaming`: a read-only farm with one site, one store and two disks.

use serde_json::{Value, json};

use super::context::{Context, Handler};
use super::resource;
use crate::http::Outcome;
use crate::http::errors::{common, orchestration};
use crate::ids;
use crate::schema::filled;

const FARM: &str = "b2a5d5a4-6f0c-4e5e-9d0a-2f6c7a1b3c01";
const SITE: &str = "b2a5d5a4-6f0c-4e5e-9d0a-2f6c7a1b3c02";
const STORE: &str = "b2a5d5a4-6f0c-4e5e-9d0a-2f6c7a1b3c03";
const COLLECTION: &str = "Demo Collection";

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "PvsStreamingGetPvsStreamingSites" => |context| respond(context, &[site()]),
        "PvsStreamingGetPvsStreamingStores" => |context| {
            if !context.name().eq_ignore_ascii_case(FARM) {
                return Err(orchestration::not_found("PvsFarm", context.name()));
            }
            respond(context, &[store()])
        },
        "PvsStreamingGetPvsStreamingVDisks" => |context| respond(context, &disks()),
        "PvsStreamingTestDeviceCollectionExists" => device_collection_exists,
        _ => return None,
    })
}

/// Returns 200 or 404 for whether the farm has the device collection in the body; it has one.
fn device_collection_exists(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let (name, site) = (text("Name"), text("PvsSiteId"));
    if name.is_empty() {
        return Err(common::missing("Name"));
    }
    if !site.is_empty() && !site.eq_ignore_ascii_case(SITE) {
        return Err(orchestration::not_found("PvsSite", site));
    }
    if !name.eq_ignore_ascii_case(COLLECTION) {
        return Err(orchestration::not_found("DeviceCollection", name));
    }
    resource::empty()
}

fn site() -> Value {
    json!({
        "FarmId": FARM,
        "FarmName": "Demo Farm",
        "ResourceLocation": ids::RESOURCE_LOCATION_ID,
        "SiteId": SITE,
        "SiteName": "Demo Site",
    })
}

fn store() -> Value {
    json!({ "StoreId": STORE, "StoreName": "Demo Store", "SiteId": SITE })
}

fn disks() -> [Value; 2] {
    [("Windows 2022", 1), ("Windows 11", 2)].map(|(name, number)| {
        json!({
            "DiskLocatorId": format!("b2a5d5a4-6f0c-4e5e-9d0a-2f6c7a1b3d{number:02}"),
            "DiskLocatorName": name,
            "FarmId": FARM,
            "SiteId": SITE,
            "SiteName": "Demo Site",
            "StoreId": STORE,
            "StoreName": "Demo Store",
            "StreamingEnabled": true,
            "WriteCacheSize": 4096,
            "WriteCacheType": 9,
        })
    })
}

/// Returns the objects with the ids in the query.
fn respond(context: &mut Context<'_>, all: &[Value]) -> Outcome {
    let query = &context.call.query;
    let fits = |it: &&Value| {
        let wanted = [
            ("farmId", "FarmId"),
            ("pvsSiteId", "SiteId"),
            ("storeId", "StoreId"),
            ("diskLocatorId", "DiskLocatorId"),
        ];
        wanted.into_iter().all(|(parameter, field)| {
            let wanted = query.get(parameter).filter(|it| !it.is_empty());
            let have = it[field].as_str();
            wanted.is_none_or(|id| have.is_none_or(|have| have.eq_ignore_ascii_case(id)))
        })
    };
    let model = resource::model_of(context);
    let found = all.iter().filter(fits);
    resource::page(
        context,
        found.map(|it| filled(model, |field| it.get(field.name).cloned())),
    )
}
