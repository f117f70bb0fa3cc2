//! `/ImageDefinitions` and `/ImageVersions`.

use serde_json::{Map, Value, json};

use super::handlers::Handler;
use super::jobs::{formatted, spoken};
use super::objects::{self, PLAIN, Traits};
use super::turn::Turn;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::world::{Catalog, Kind, Resource, Site};

pub(super) const DEFINITION: Traits = Traits {
    entity: "ImageDefinition",
    defaults: r#"{ "OsType": "Windows", "VDASessionSupport": "MultiSession" }"#,
    derived: |site, definition| {
        Map::from_iter([(
            "LatestVersion".to_owned(),
            json!(latest(site, definition.id())),
        )])
    },
    settled: complete_definition,
    in_use: |site, definition| {
        let versions = site
            .resources(Kind::ImageVersion)
            .group_len(definition.id());
        (versions > 0).then(|| format!("{versions} image versions"))
    },
    ..PLAIN
};

pub(super) const VERSION: Traits = Traits {
    entity: "ImageVersion",
    shares_names: true,
    defaults: r#"{ "ImageVersionStatus": "Success" }"#,
    derived: |site, version| {
        let users = users(site, version).count();
        Map::from_iter([("ProvisioningSchemeCount".to_owned(), json!(users))])
    },
    in_use: |site, version| {
        let catalog = users(site, version).next()?;
        Some(format!("machine catalog '{catalog}'"))
    },
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ImageDefinitionsCreateImageDefinition" => {
            |turn| objects::create(turn, Kind::ImageDefinition)
        }
        "ImageDefinitionsGetImageDefinition" => |turn| objects::get(turn, Kind::ImageDefinition),
        "ImageDefinitionsUpdateImageDefinition" => {
            |turn| objects::update(turn, Kind::ImageDefinition)
        }
        "ImageDefinitionsDeleteImageDefinition" => {
            |turn| objects::delete(turn, Kind::ImageDefinition)
        }
        "ImageDefinitionsGetImageDefinitionImageVersions" => list,
        "ImageDefinitionsCreateImageVersion" => create,
        "ImageDefinitionsGetImageDefinitionImageVersion" => get,
        "ImageDefinitionsDeleteImageDefinitionImageVersion" => delete,
        "ImageDefinitionsUpdateImageVersionResourcePools" => set_pools,
        "ImageVersionsUpdateImageVersion" => |turn| objects::update(turn, Kind::ImageVersion),
        _ => return None,
    })
}

fn complete_definition(turn: &Turn<'_>, it: &mut Resource) -> Result<(), Reply> {
    let created = json!(formatted(Some(turn.now)));
    it.fields.entry("CreationTime").or_insert(created);
    if let Some(assigned) = it.fields.shift_remove("AssignedHypervisorConnection") {
        let id = assigned["HypervisorConnection"]
            .as_str()
            .unwrap_or_default();
        let connection = objects::reference(turn.site, Kind::Hypervisor, id).unwrap_or_default();
        let connection = json!({
            "Id": connection["Id"],
            "Uid": connection["Uid"],
            "Name": connection["Name"],
            "CustomProperties": assigned["CustomProperties"],
        });
        it.fields
            .insert("HypervisorConnections".to_owned(), json!([connection]));
    }
    Ok(())
}

fn list(turn: &mut Turn<'_>) -> Outcome {
    let definition = objects::named(turn, Kind::ImageDefinition)?.id().to_owned();
    objects::list_where(turn, Kind::ImageVersion, |_, it| {
        it.parents.contains(&definition)
    })
}

/// Numbers the version, and prepares its image at once.
fn create(turn: &mut Turn<'_>) -> Outcome {
    let definition = objects::named(turn, Kind::ImageDefinition)?.id().to_owned();
    let mut body = turn.body()?;
    let pool = body.shift_remove("ResourcePool");
    let pool = pool.as_ref().and_then(Value::as_str).unwrap_or_default();
    let spec = spec(turn, pool, body.shift_remove("ImageScheme").as_ref())?;
    let number = latest(turn.site, &definition) + 1;
    body.insert("Number".to_owned(), json!(number));
    body.insert("Name".to_owned(), json!(number.to_string()));
    body.insert("ImageDefinition".to_owned(), json!(definition));
    body.insert("CreationTime".to_owned(), json!(formatted(Some(turn.now))));
    body.insert("ImageVersionSpecs".to_owned(), json!([spec]));
    let id = objects::make(turn, Kind::ImageVersion, body, vec![definition])?;
    objects::answer(turn, Kind::ImageVersion, &id)
}

/// What a version looks like in one resource pool.
fn spec(turn: &Turn<'_>, pool: &str, scheme: Option<&Value>) -> Result<Value, Reply> {
    let pool = objects::lookup(turn.site, Kind::ResourcePool, pool)
        .ok_or_else(|| orchestration::no_such("ResourcePool", pool, "ResourcePool"))?;
    Ok(json!({
        "Id": uuid::Uuid::new_v4(),
        "Context": { "ImageScheme": scheme },
        "CreationTime": spoken(Some(turn.now)),
        "ImageVersionSpecStatus": "Success",
        "PreparationType": "Mcs",
        "ResourcePool": pool.id(),
    }))
}

fn get(turn: &mut Turn<'_>) -> Outcome {
    let id = version(turn)?.id().to_owned();
    objects::answer(turn, Kind::ImageVersion, &id)
}

fn delete(turn: &mut Turn<'_>) -> Outcome {
    let id = version(turn)?.id().to_owned();
    objects::remove(turn, Kind::ImageVersion, &id)?;
    objects::empty()
}

/// Makes the version available in those resource pools that the body names.
fn set_pools(turn: &mut Turn<'_>) -> Outcome {
    let id = version(turn)?.id().to_owned();
    let body = turn.body()?;
    let mut pools = objects::strings(body.get("ResourcePools"));
    let more = body
        .get("ImageVersionResourcePools")
        .and_then(Value::as_array);
    let more = more.into_iter().flatten();
    pools.extend(more.filter_map(|it| Some(it["ResourcePool"].as_str()?.to_owned())));
    let specs = pools.iter().map(|pool| spec(turn, pool, None));
    let specs = specs.collect::<Result<Vec<_>, _>>()?;
    objects::edit(turn.site, Kind::ImageVersion, &id, |fields| {
        fields.insert("ImageVersionSpecs".to_owned(), json!(specs));
    });
    objects::empty()
}

/// The version that a path names by its number within the definition, or by its id.
fn version<'t>(turn: &'t Turn<'_>) -> Result<&'t Resource, Reply> {
    let definition = objects::named(turn, Kind::ImageDefinition)?.id().to_owned();
    let wanted = turn.part(1);
    let mut versions = turn.site.resources(Kind::ImageVersion).group(&definition);
    let found = versions.find(|it| it.id().eq_ignore_ascii_case(wanted) || it.name == wanted);
    found.ok_or_else(|| orchestration::not_found("ImageVersion", wanted))
}

fn latest(site: &Site, definition: &str) -> u64 {
    let versions = site.resources(Kind::ImageVersion).group(definition);
    let numbers = versions.filter_map(|it| it.fields.get("Number")?.as_u64());
    numbers.max().unwrap_or(0)
}

/// Names of the catalogs whose machines are made of a version.
fn users<'w>(site: &'w Site, version: &'w Resource) -> impl Iterator<Item = &'w str> {
    let catalogs = site.catalogs.iter().filter(|it| {
        it.fields
            .get("ImageVersion")
            .is_some_and(|it| it == version.id())
    });
    catalogs.map(Catalog::name)
}
