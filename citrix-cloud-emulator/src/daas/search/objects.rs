//! `$search` for objects: applications, groups, catalogs, policies, members of zones, the configuration log,
//! hypervisors.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::resource;
use crate::daas::search;
use crate::daas::{configuration_log, hypervisors};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::ResourceKind;

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ApplicationGroupsDoApplicationGroupSearch" => {
            |it| of_kind(it, ResourceKind::ApplicationGroup)
        }
        "ApplicationsDoApplicationSearch" => |it| of_kind(it, ResourceKind::Application),
        "DeliveryGroupsDoDeliveryGroupSearch" => |it| of_kind(it, ResourceKind::DeliveryGroup),
        "ImageDefinitionsDoImageDefinitionAndImageVersionSearch" => {
            |it| of_kind(it, ResourceKind::ImageDefinition)
        }
        "MachineCatalogsDoMachineCatalogSearch" => |it| of_kind(it, ResourceKind::MachineCatalog),
        "GpoSearchFilters" => |it| policies(it, ResourceKind::PolicyFilter),
        "GpoSearchPolicies" => |it| policies(it, ResourceKind::Policy),
        "GpoSearchPolicySets" => |it| policies(it, ResourceKind::PolicySet),
        "GpoSearchSettings" => |it| policies(it, ResourceKind::PolicySetting),
        "ConfigLogDoConfigLogSearch" => log,
        "ZonesDoZoneSearch" => zones,
        "HypervisorsDoHypervisorAllResourcesSearch" => hypervisors::resources::search_hypervisor,
        "HypervisorsDoHypervisorResourceSearch" => hypervisors::resources::search_pool,
        _ => return None,
    })
}

fn of_kind(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let model = resource::model_of(context);
    let mut views = resource::views(context.objects(), kind, model);
    if kind == ResourceKind::ImageDefinition {
        for view in &mut views {
            let id = view["Id"].as_str().unwrap_or_default();
            let versions = context.site.resources(ResourceKind::ImageVersion).group(id);
            let versions = versions.map(|it| {
                resource::view(
                    context.objects(),
                    ResourceKind::ImageVersion,
                    it,
                    "ImageVersionResponseModel",
                )
            });
            view["ImageVersions"] = versions.collect();
        }
    }
    search::among(context, &views)
}

/// Searches policies, which have lowercase keys and no pages.
fn policies(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let views = resource::views(context.objects(), kind, resource::model_of(context));
    let found = search::chosen(context, &views, &[])?;
    let mut body = json!({ "items": found, "totalItems": found.len() });
    if context.shared.settings.strict {
        body["continuationToken"] = Value::Null;
    }
    Ok(Reply::json(200, &body))
}

fn log(context: &mut Context<'_>) -> Outcome {
    let views = configuration_log::views(context);
    search::among(context, &views)
}

/// Lists the objects that can be moved between zones.
fn zones(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let (zone, kind) = (text("ZoneId").to_owned(), text("ItemType").to_owned());
    let words = text("BasicSearchString").trim_matches('*').to_lowercase();
    let model = resource::model_of(context);
    let objects = context.objects();
    let mut items = Vec::new();
    for (name, of) in [
        ("MachineCatalog", ResourceKind::MachineCatalog),
        ("HypervisorConnection", ResourceKind::Hypervisor),
        ("Application", ResourceKind::Application),
    ] {
        for (id, title, description, own) in resource::places(objects, of) {
            let fits = (kind.is_empty() || kind == "Unknown" || kind == name)
                && (zone.is_empty() || own.eq_ignore_ascii_case(&zone))
                && title.to_lowercase().contains(&words);
            if fits {
                let zone_name = objects.site.resources(ResourceKind::Zone).get(&own);
                items.push(filled(model, |field| {
                    Some(match field.name {
                        "Id" => json!(id),
                        "Name" => json!(title),
                        "Description" => description.clone(),
                        "ItemType" => json!(name),
                        "ZoneId" => json!(own),
                        "ZoneName" => json!(zone_name.map(|it| it.name.as_str())),
                        _ => return None,
                    })
                }));
            }
        }
    }
    resource::page(context, items.into_iter())
}
