//! `/ImageDefinitions` and `/ImageVersions`.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::hypervisors::plugin_of;
use super::resource::{self, Fields, PLAIN, ResourceSpec};
use super::times::{formatted, spoken};
use super::{catalogs, hypervisors};
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Resource, ResourceKind, Site};

pub(super) const DEFINITION: ResourceSpec = ResourceSpec {
    entity: "ImageDefinition",
    defaults: r#"{ "OsType": "Windows", "VDASessionSupport": "MultiSession" }"#,
    computed: |objects, definition| {
        let site = objects.site;
        Map::from_iter([(
            "LatestVersion".to_owned(),
            json!(latest(site, definition.id())),
        )])
    },
    validate: complete_definition,
    blocks_delete: |site, definition| {
        let versions = site
            .resources(ResourceKind::ImageVersion)
            .group_len(definition.id());
        (versions > 0).then(|| format!("{versions} image versions"))
    },
    ..PLAIN
};

pub(super) const VERSION: ResourceSpec = ResourceSpec {
    entity: "ImageVersion",
    shares_names: true,
    defaults: r#"{ "ImageVersionStatus": "Success" }"#,
    computed: |objects, version| {
        let site = objects.site;
        let users = users(site, version).count();
        Map::from_iter([("ProvisioningSchemeCount".to_owned(), json!(users))])
    },
    blocks_delete: |site, version| {
        let catalog = users(site, version).next()?;
        Some(format!("machine catalog '{}'", catalog.name))
    },
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ImageDefinitionsCreateImageDefinition" => {
            |context| resource::create(context, ResourceKind::ImageDefinition)
        }
        "ImageDefinitionsGetImageDefinitions" => {
            |context| resource::list(context, ResourceKind::ImageDefinition)
        }
        "ImageDefinitionsGetImageDefinition" => {
            |context| resource::get(context, ResourceKind::ImageDefinition)
        }
        "ImageDefinitionsUpdateImageDefinition" => {
            |context| resource::update(context, ResourceKind::ImageDefinition)
        }
        "ImageDefinitionsDeleteImageDefinition" => {
            |context| resource::delete(context, ResourceKind::ImageDefinition)
        }
        "ImageDefinitionsGetImageDefinitionImageVersions" => list,
        "ImageDefinitionsCreateImageVersion" => create,
        "ImageDefinitionsGetImageDefinitionImageVersion" => |it| get(it, &by_number(it)?),
        "ImageDefinitionsUpdateImageDefinitionImageVersion" => |it| update(it, &by_number(it)?),
        "ImageDefinitionsSetImageDefinitionImageVersion" => |it| set(it, &by_number(it)?),
        "ImageDefinitionsDeleteImageDefinitionImageVersion" => |it| delete(it, &by_number(it)?),
        "ImageDefinitionsUpdateImageVersionResourcePools" => |it| set_pools(it, &by_number(it)?),
        "ImageDefinitionsGetImageVersionProvisioningSchemes" => |it| schemes(it, &by_number(it)?),
        "ImageVersionsGetImageVersion" => |it| get(it, &by_id(it)?),
        "ImageVersionsUpdateImageVersion" => |it| update(it, &by_id(it)?),
        "ImageVersionsSetImageVersion" => |it| set(it, &by_id(it)?),
        "ImageVersionsDeleteImageVersion" => |it| delete(it, &by_id(it)?),
        "ImageVersionsUpdateImageVersionResourcePools" => |it| set_pools(it, &by_id(it)?),
        "ImageVersionsGetImageVersionProvisioningSchemes" => |it| schemes(it, &by_id(it)?),
        _ => return None,
    })
}

fn complete_definition(context: &Context<'_>, it: &mut Resource) -> Result<(), Reply> {
    let created = json!(formatted(Some(context.now)));
    it.fields.entry("CreationTime").or_insert(created);
    if let Some(assigned) = it.fields.shift_remove("AssignedHypervisorConnection") {
        let id = assigned["HypervisorConnection"]
            .as_str()
            .unwrap_or_default();
        let connection = resource::reference(context.objects(), ResourceKind::Hypervisor, id)
            .unwrap_or_default();
        let hypervisor = context.site.resources(ResourceKind::Hypervisor);
        let hypervisor = connection["Id"].as_str().and_then(|id| hypervisor.get(id));
        let connection = json!({
            "PluginFactoryName": hypervisor.map(plugin),
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

fn list(context: &mut Context<'_>) -> Outcome {
    let definition = resource::named(context, ResourceKind::ImageDefinition)?
        .id()
        .to_owned();
    resource::list_where(context, ResourceKind::ImageVersion, |_, it| {
        it.parents.contains(&definition)
    })
}

/// Numbers the version, and prepares its image immediately.
fn create(context: &mut Context<'_>) -> Outcome {
    let definition = resource::named(context, ResourceKind::ImageDefinition)?
        .id()
        .to_owned();
    let mut body = prepared(context, &definition)?;
    let number = latest(context.site, &definition) + 1;
    body.insert("Number".to_owned(), json!(number));
    body.insert("Name".to_owned(), json!(number.to_string()));
    body.insert("ImageDefinition".to_owned(), json!(definition));
    let id = resource::make(context, ResourceKind::ImageVersion, body, vec![definition])?;
    resource::respond(context, ResourceKind::ImageVersion, &id)
}

/// Recreates a version from another image; it keeps its number.
fn set(context: &mut Context<'_>, id: &str) -> Outcome {
    let version = resource::found(context.objects(), ResourceKind::ImageVersion, id)?;
    let definition = version.parents.first().cloned().unwrap_or_default();
    let body = prepared(context, &definition)?;
    resource::change(context, ResourceKind::ImageVersion, id, body)?;
    resource::empty()
}

/// Parses a version from the body: its image in its pool.
fn prepared(context: &Context<'_>, definition: &str) -> Result<Fields, Reply> {
    let mut body = context.body()?;
    let pool = body.shift_remove("ResourcePool");
    let pool = pool.as_ref().and_then(Value::as_str).unwrap_or_default();
    let scheme = body.shift_remove("ImageScheme");
    let mut spec = spec(context, pool, scheme)?;
    let path = body.shift_remove("MasterImagePath");
    if let Some(path) = path.as_ref().and_then(Value::as_str) {
        spec["MasterImage"] = master_image(context, &spec, path)?;
    }
    let definitions = context.site.resources(ResourceKind::ImageDefinition);
    let fields = definitions.get(definition).map(|it| &it.fields);
    let of_definition = |field: &str| fields.and_then(|it| it.get(field));
    spec["ImageRuntimeEnvironment"] = json!({
        "OperatingSystem": { "Type": of_definition("OsType"), "FullName": of_definition("OsType") },
        "VDASessionSupport": of_definition("VDASessionSupport"),
    });
    body.insert(
        "CreationTime".to_owned(),
        json!(formatted(Some(context.now))),
    );
    body.insert("ImageVersionSpecs".to_owned(), json!([spec]));
    Ok(body)
}

/// Returns the representation of a version in one resource pool.
fn spec(context: &Context<'_>, pool: &str, scheme: Option<Value>) -> Result<Value, Reply> {
    let pool = resource::lookup(context.site, ResourceKind::ResourcePool, pool)
        .ok_or_else(|| orchestration::no_such("ResourcePool", pool, "ResourcePool"))?;
    let hypervisor = pool.parents.first();
    let hypervisor =
        hypervisor.and_then(|id| context.site.resources(ResourceKind::Hypervisor).get(id));
    let scheme = scheme.and_then(|it| match it {
        Value::Object(mut fields) => {
            catalogs::provisioning::complete_parts(&mut fields);
            fields.insert("Id".to_owned(), json!(uuid::Uuid::new_v4()));
            Some(fields)
        }
        _ => None,
    });
    Ok(json!({
        "Id": uuid::Uuid::new_v4(),
        "Context": { "ImageScheme": scheme, "PluginFactoryName": hypervisor.map(plugin) },
        "CreationTime": spoken(Some(context.now)),
        "ImageVersionSpecStatus": "Success",
        "PreparationType": "Mcs",
        "ResourcePool": pool.id(),
    }))
}

/// Returns the image at a path in a version's pool.
fn master_image(context: &Context<'_>, spec: &Value, path: &str) -> Result<Value, Reply> {
    let pool = spec["ResourcePool"].as_str();
    let pool = pool.and_then(|id| context.site.resources(ResourceKind::ResourcePool).get(id));
    let image = pool.and_then(|it| hypervisors::resources::below_pool(context.site, it, path));
    image.ok_or_else(|| orchestration::no_such("MasterImage", path, "MasterImagePath"))
}

/// The plug-in of a connection.
fn plugin(hypervisor: &Resource) -> String {
    let field = |name: &str| hypervisor.fields.get(name)?.as_str();
    let kind = field("ConnectionType").unwrap_or("XenServer");
    field("PluginId").map_or_else(|| plugin_of(kind), str::to_owned)
}

fn get(context: &Context<'_>, id: &str) -> Outcome {
    resource::respond(context, ResourceKind::ImageVersion, id)
}

fn update(context: &mut Context<'_>, id: &str) -> Outcome {
    let body = context.body()?;
    resource::change(context, ResourceKind::ImageVersion, id, body)?;
    resource::respond(context, ResourceKind::ImageVersion, id)
}

fn delete(context: &mut Context<'_>, id: &str) -> Outcome {
    context.call.query.flag("purgeDBOnly")?;
    resource::remove(context, ResourceKind::ImageVersion, id)?;
    resource::empty()
}

/// Lists the provisioning schemes of the catalogs that use the version.
fn schemes(context: &Context<'_>, id: &str) -> Outcome {
    let site = &*context.site;
    let version = resource::found(context.objects(), ResourceKind::ImageVersion, id)?;
    let model = resource::model_of(context);
    let views = users(site, &version).map(|catalog| {
        let scheme = catalog.fields.get("ProvisioningScheme");
        filled(model, |field| {
            Some(match field.name {
                "Id" => scheme?.get("Id")?.clone(),
                "Uid" => json!(catalog.uid()),
                "Name" => json!(catalog.name),
                _ => return None,
            })
        })
    });
    let views: Vec<Value> = views.collect();
    resource::page(context, views.into_iter())
}

/// Makes the version available in the resource pools that the body names.
fn set_pools(context: &mut Context<'_>, id: &str) -> Outcome {
    let body = context.body()?;
    let mut pools = resource::strings(body.get("ResourcePools"));
    let more = body
        .get("ImageVersionResourcePools")
        .and_then(Value::as_array);
    let more = more.into_iter().flatten();
    pools.extend(more.filter_map(|it| Some(it["ResourcePool"].as_str()?.to_owned())));
    // Existing pools stay, above all the one in which the version was created.
    let version = resource::found(context.objects(), ResourceKind::ImageVersion, id)?;
    let old = version.fields.get("ImageVersionSpecs").cloned();
    let old = old.as_ref().and_then(Value::as_array);
    let mut specs: Vec<Value> = old.into_iter().flatten().take(1).cloned().collect();
    for pool in pools {
        let new = spec(context, &pool, None)?;
        let of_pool = |it: &&Value| it["ResourcePool"] == new["ResourcePool"];
        if !specs.iter().any(|it| of_pool(&it)) {
            let there = old.into_iter().flatten().find(of_pool).cloned();
            specs.push(there.unwrap_or(new));
        }
    }
    resource::edit(context.site, ResourceKind::ImageVersion, id, |fields| {
        fields.insert("ImageVersionSpecs".to_owned(), json!(specs));
    });
    resource::empty()
}

/// Returns the id of the version that the path identifies by its id, or by its number within the definition.
fn by_number(context: &Context<'_>) -> Result<String, Reply> {
    let definition = resource::named(context, ResourceKind::ImageDefinition)?
        .id()
        .to_owned();
    let wanted = context.part(1);
    let mut versions = context
        .site
        .resources(ResourceKind::ImageVersion)
        .group(&definition);
    let found = versions.find(|it| it.id().eq_ignore_ascii_case(wanted) || it.name == wanted);
    let found = found.ok_or_else(|| orchestration::not_found(VERSION.entity, wanted))?;
    Ok(found.id().to_owned())
}

fn by_id(context: &Context<'_>) -> Result<String, Reply> {
    Ok(resource::named(context, ResourceKind::ImageVersion)?
        .id()
        .to_owned())
}

fn latest(site: &Site, definition: &str) -> u64 {
    let versions = site.resources(ResourceKind::ImageVersion).group(definition);
    let numbers = versions.filter_map(|it| it.fields.get("Number")?.as_u64());
    numbers.max().unwrap_or(0)
}

/// Returns the catalogs whose machines use a version.
fn users<'w>(site: &'w Site, version: &'w Resource) -> impl Iterator<Item = &'w Resource> {
    site.catalogs().iter().filter(|it| {
        let of = it.fields.get("ImageVersion");
        of.is_some_and(|it| it == version.id())
    })
}
