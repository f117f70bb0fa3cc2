//! `/StoreFrontServers`.

use serde_json::{Map, Value, json};

use super::handlers::Handler;
use super::objects::{self, PLAIN, Traits};
use super::turn::Turn;
use crate::http::Reply;
use crate::http::errors::common;
use crate::world::{Kind, Resource, Site};

const LIST: &str = "StoreFrontServersForHostedReceiver";

pub(super) const SERVER: Traits = Traits {
    entity: "StoreFrontServer",
    defaults: r#"{ "Enabled": true }"#,
    derived: |site, server| {
        let count = users(site, server).count();
        Map::from_iter([("DesktopGroupRefCount".to_owned(), json!(count))])
    },
    settled: complete,
    in_use: |site, server| {
        let group = users(site, server).next()?;
        Some(format!("delivery group '{}'", group.name))
    },
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "StoreFrontServersCreateStoreFrontServer" => {
            |turn| objects::create(turn, Kind::StoreFrontServer)
        }
        "StoreFrontServersGetStoreFrontServer" => |turn| objects::get(turn, Kind::StoreFrontServer),
        "StoreFrontServersUpdateStoreFrontServer" => {
            |turn| objects::update(turn, Kind::StoreFrontServer)
        }
        "StoreFrontServersDeleteStoreFrontServer" => {
            |turn| objects::delete(turn, Kind::StoreFrontServer)
        }
        _ => return None,
    })
}

/// The model lets name and address be absent, since it serves changes too; a server needs both.
fn complete(_: &Turn<'_>, server: &mut Resource) -> Result<(), Reply> {
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

fn users<'w>(site: &'w Site, server: &'w Resource) -> impl Iterator<Item = &'w Resource> {
    let groups = site.resources(Kind::DeliveryGroup).iter();
    groups.filter(|it| objects::lists(&it.fields, LIST, server.id()))
}
