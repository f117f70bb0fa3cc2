//! `/StoreFrontServers`.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::resource::{self, PLAIN, ResourceSpec};
use crate::http::Reply;
use crate::http::errors::common;
use crate::world::{Resource, ResourceKind, Site};

const LIST: &str = "StoreFrontServersForHostedReceiver";

pub(super) const SERVER: ResourceSpec = ResourceSpec {
    entity: "StoreFrontServer",
    defaults: r#"{ "Enabled": true }"#,
    computed: |objects, server| {
        let site = objects.site;
        let count = users(site, server).count();
        Map::from_iter([("DesktopGroupRefCount".to_owned(), json!(count))])
    },
    validate: complete,
    blocks_delete: |site, server| {
        let group = users(site, server).next()?;
        Some(format!("delivery group '{}'", group.name))
    },
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "StoreFrontServersGetStoreFrontServers" => {
            |context| resource::list(context, ResourceKind::StoreFrontServer)
        }
        "StoreFrontServersCreateStoreFrontServer" => {
            |context| resource::create(context, ResourceKind::StoreFrontServer)
        }
        "StoreFrontServersGetStoreFrontServer" => {
            |context| resource::get(context, ResourceKind::StoreFrontServer)
        }
        "StoreFrontServersUpdateStoreFrontServer" => {
            |context| resource::update(context, ResourceKind::StoreFrontServer)
        }
        "StoreFrontServersDeleteStoreFrontServer" => {
            |context| resource::delete(context, ResourceKind::StoreFrontServer)
        }
        _ => return None,
    })
}

/// Requires name and address, which the model leaves optional because it is also used for updates.
fn complete(_: &Context<'_>, server: &mut Resource) -> Result<(), Reply> {
    server.fields.shift_remove("Id");
    if server.name.is_empty() {
        return Err(common::missing("Name"));
    }
    let url = server.fields.get("Url").and_then(Value::as_str);
    let url = url
        .filter(|url| !url.is_empty())
        .ok_or_else(|| common::missing("Url"))?;
    if url.starts_with("http://") || url.starts_with("https://") {
        Ok(())
    } else {
        Err(common::invalid_string("Url"))
    }
}

/// Returns the delivery groups that show a server.
pub(super) fn users<'w>(
    site: &'w Site,
    server: &'w Resource,
) -> impl Iterator<Item = &'w Resource> {
    let groups = site.resources(ResourceKind::DeliveryGroup).iter();
    groups.filter(|it| resource::lists(&it.fields, LIST, server.id()))
}
