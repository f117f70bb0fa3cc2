//! `$search` of objects: applications, groups, catalogs, policies, zones' members, the configuration log, hypervisors.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::resource;
use crate::daas::search;
use crate::daas::{configuration_log, hypervisors};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::Kind;

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ApplicationGroupsDoApplicationGroupSearch" => |it| of_kind(it, Kind::ApplicationGroup),
        "ApplicationsDoApplicationSearch" => |it| of_kind(it, Kind::Application),
        "DeliveryGroupsDoDeliveryGroupSearch" => |it| of_kind(it, Kind::DeliveryGroup),
        "ImageDefinitionsDoImageDefinitionAndImageVersionSearch" => {
            |it| of_kind(it, Kind::ImageDefinition)
        }
        "MachineCatalogsDoMachineCatalogSearch" => |it| of_kind(it, Kind::MachineCatalog),
        "GpoSearchFilters" => |it| policies(it, Kind::PolicyFilter),
        "GpoSearchPolicies" => |it| policies(it, Kind::Policy),
        "GpoSearchPolicySets" => |it| policies(it, Kind::PolicySet),
        "GpoSearchSettings" => |it| policies(it, Kind::PolicySetting),
        "ConfigLogDoConfigLogSearch" => log,
        "ZonesDoZoneSearch" => zones,
        "HypervisorsDoHypervisorAllResourcesSearch" => hypervisors::resources::search_hypervisor,
        "HypervisorsDoHypervisorResourceSearch" => hypervisors::resources::search_pool,
        _ => return None,
    })
}

fn of_kind(context: &mut Context<'_>, kind: Kind) -> Outcome {
    let model = resource::model_of(context);
    let mut views = resource::views(context.objects(), kind, model);
    if kind == Kind::ImageDefinition {
        for view in &mut views {
            let id = view["Id"].as_str().unwrap_or_default();
            let versions = context.site.resources(Kind::ImageVersion).group(id);
            let versions = versions.map(|it| {
                resource::view(
                    context.objects(),
                    Kind::ImageVersion,
                    it,
                    "ImageVersionResponseModel",
                )
            });
            view["ImageVersions"] = versions.collect();
        }
    }
    search::among(context, &views)
}

/// Policies have small keys, and no pages.
fn policies(context: &mut Context<'_>, kind: Kind) -> Outcome {
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

/// Returns what can be moved from zone to zone.
fn zones(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let (zone, kind) = (text("ZoneId").to_owned(), text("ItemType").to_owned());
    let words = text("BasicSearchString").trim_matches('*').to_lowercase();
    let model = resource::model_of(context);
    let objects = context.objects();
    let mut items = Vec::new();
    for (name, of) in [
        ("MachineCatalog", Kind::MachineCatalog),
        ("HypervisorConnection", Kind::Hypervisor),
        ("Application", Kind::Application),
    ] {
        for (id, title, description, own) in resource::places(objects, of) {
            let fits = (kind.is_empty() || kind == "Unknown" || kind == name)
                && (zone.is_empty() || own.eq_ignore_ascii_case(&zone))
                && title.to_lowercase().contains(&words);
            if fits {
                let zone_name = objects.site.resources(Kind::Zone).get(&own);
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
