//! `/Icons`.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::resource::{self, PLAIN, ResourceSpec};
use crate::http::errors::common;
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind, Site};

pub(in crate::daas) const ICON: ResourceSpec = ResourceSpec {
    entity: "Icon",
    shares_names: true,
    defaults: r#"{ "IsBuiltIn": false }"#,
    blocks_delete: user,
    ..PLAIN
};

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "IconsGetIcons" => list,
        "IconsAddIcon" => add,
        "IconsGetIcon" => |context| resource::get(context, ResourceKind::Icon),
        "IconsRemoveIcon" => |context| resource::delete(context, ResourceKind::Icon),
        _ => return None,
    })
}

/// Lists all icons, only the built-in ones, or only the others.
fn list(context: &mut Context<'_>) -> Outcome {
    let built_in = context.call.query.flag("builtIn")?;
    resource::list_where(context, ResourceKind::Icon, |_, icon| {
        built_in.is_none_or(|wanted| resource::is_built_in(icon) == wanted)
    })
}

/// Adds an icon; the ids of icons are numbers.
fn add(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let data = body
        .get("RawData")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !is_base64(data) {
        return Err(common::invalid_string("RawData"));
    }
    let uid = resource::next_uid(context.site, ResourceKind::Icon);
    let icon = Resource::new("").with_id(uid.to_string());
    let icon = icon.with("Uid", uid).with("RawData", data);
    let reply = resource::view(
        context.objects(),
        ResourceKind::Icon,
        &icon,
        resource::model_of(context),
    );
    context.site.resources_mut(ResourceKind::Icon).push(icon);
    Ok(Reply::json(200, &reply))
}

/// Clients send the data with or without line breaks.
fn is_base64(text: &str) -> bool {
    let letters: Vec<u8> = text
        .bytes()
        .filter(|it| !it.is_ascii_whitespace())
        .collect();
    let padding = letters.iter().rev().take_while(|&&it| it == b'=').count();
    let body = letters.len() - padding;
    let fits = letters.iter().take(body);
    !letters.is_empty()
        && letters.len().is_multiple_of(4)
        && padding <= 2
        && fits
            .into_iter()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/'))
}

fn user(site: &Site, icon: &Resource) -> Option<String> {
    let id = json!(icon.id());
    [ResourceKind::Application, ResourceKind::DeliveryGroup]
        .into_iter()
        .find_map(|kind| {
            let mut all = site.resources(kind).iter();
            let user = all.find(|it| {
                ["IconId", "DefaultDesktopIconId"]
                    .iter()
                    .any(|it2| it.fields.get(*it2) == Some(&id))
            })?;
            Some(format!("'{}'", user.name))
        })
}
