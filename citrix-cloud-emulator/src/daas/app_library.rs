//! `/AppVPackages`, `/AppVIsolationGroups` and `/AppLibPackageDiscovery`: packaged applications.
//!
//! A package is only a path. The emulator does not read it, so it contains no applications.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::resource::{self, Fields, PLAIN, ResourceSpec};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind};

pub(super) const PACKAGE: ResourceSpec = ResourceSpec {
    entity: "AppVPackage",
    defaults: r#"{
        "Exists": true, "LibraryUid": 1, "LibraryName": "Default", "SourceType": "AppLibrary",
        "SourceTypeName": "App Library", "Version": "1.0.0.0"
    }"#,
    blocks_delete: |site, package| {
        let mut groups = site.resources(ResourceKind::IsolationGroup).iter();
        let uid = package.fields.get("Uid");
        let group = groups.find(|it| {
            let members = it.fields.get(MEMBERS).and_then(Value::as_array);
            let mut members = members.into_iter().flatten();
            members.any(|it| it.get("Uid") == uid)
        })?;
        Some(format!("isolation group '{}'", group.name))
    },
    ..PLAIN
};

pub(super) const ISOLATION_GROUP: ResourceSpec = ResourceSpec {
    entity: "AppVIsolationGroup",
    defaults: r#"{ "LibraryUid": 1, "Version": "1" }"#,
    computed: |objects, group| {
        let members = group.fields.get(MEMBERS).and_then(Value::as_array);
        let views = members.into_iter().flatten().filter_map(|member| {
            let uid = member["Uid"].as_u64()?.to_string();
            let package = objects.site.resources(ResourceKind::AppPackage).get(&uid)?;
            let model = "AppVPackageResponseModel";
            let mut view = resource::view(objects, ResourceKind::AppPackage, package, model);
            view["ExplicitInclusion"] = member["ExplicitInclusion"].clone();
            Some(view)
        });
        Map::from_iter([("AppVPackages".to_owned(), views.collect())])
    },
    validate: |context, group| {
        let members = group.fields.get(MEMBERS).and_then(Value::as_array);
        for member in members.into_iter().flatten() {
            let uid = member["Uid"].to_string();
            if !context
                .site
                .resources(ResourceKind::AppPackage)
                .contains(&uid)
            {
                return Err(orchestration::no_such("AppVPackage", &uid, MEMBERS));
            }
        }
        Ok(())
    },
    ..PLAIN
};

pub(super) const PROFILE: ResourceSpec = ResourceSpec {
    entity: "AppLibPackageDiscoveryProfile",
    keys: ("", "Name"),
    validate: |context, profile| {
        if let Some(uid) = profile.fields.get("DesktopGroupUid") {
            let groups = context.site.resources(ResourceKind::DeliveryGroup);
            if !groups.contains(&uid.to_string()) {
                let uid = uid.to_string();
                return Err(orchestration::no_such(
                    "DeliveryGroup",
                    &uid,
                    "DesktopGroupUid",
                ));
            }
        }
        Ok(())
    },
    ..PLAIN
};

pub(super) const DISCOVERY: ResourceSpec = ResourceSpec {
    entity: "AppLibPackageDiscovery",
    shares_names: true,
    defaults: r#"{ "Status": "Finished" }"#,
    ..PLAIN
};

/// The field of an isolation group with its packages.
const MEMBERS: &str = "IncludedAppVPackages";

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "AppVPackagesGetAppVPackages" => |it| resource::list(it, ResourceKind::AppPackage),
        "AppVPackagesImportAppVPackages" => import,
        "AppVPackagesGetAppVPackage" => |it| resource::get(it, ResourceKind::AppPackage),
        "AppVPackagesRemoveAppVPackage" => |it| resource::delete(it, ResourceKind::AppPackage),
        "AppVPackagesGetAppVPackageApplications" => |it| of_package(it),
        "AppVPackagesGetAppVPackageBrokerApplications" => |it| of_package(it),
        "AppVPackagesGetAppVPackageDeliveryGroups" => |it| of_package(it),
        "AppVIsolationGroupsGetAppVIsolationGroups" => {
            |it| resource::list(it, ResourceKind::IsolationGroup)
        }
        "AppVIsolationGroupsCreateAppVIsolationGroup" => {
            |it| resource::create(it, ResourceKind::IsolationGroup)
        }
        "AppVIsolationGroupsGetAppVIsolationGroup" => {
            |it| resource::get(it, ResourceKind::IsolationGroup)
        }
        "AppVIsolationGroupsUpdateAppVIsolationGroup" => {
            |it| resource::update(it, ResourceKind::IsolationGroup)
        }
        "AppVIsolationGroupsDeleteAppVIsolationGroup" => {
            |it| resource::delete(it, ResourceKind::IsolationGroup)
        }
        "AppVServersGetAppVServers" => |it| {
            // Packages come from shares; the site has no App-V server.
            resource::page(it, std::iter::empty())
        },
        "AppLibPackageDiscoveryGetAppLibPackageDiscoveryProfiles" => {
            |it| resource::list(it, ResourceKind::DiscoveryProfile)
        }
        "AppLibPackageDiscoveryCreateAppLibPackageDiscoveryProfile" => {
            |it| resource::create(it, ResourceKind::DiscoveryProfile)
        }
        "AppLibPackageDiscoveryGetAppLibPackageDiscoveryProfile" => {
            |it| resource::get(it, ResourceKind::DiscoveryProfile)
        }
        "AppLibPackageDiscoveryUpdateAppLibPackageDiscoveryProfile" => {
            |it| resource::update(it, ResourceKind::DiscoveryProfile)
        }
        "AppLibPackageDiscoveryRemoveAppLibPackageDiscoveryProfile" => {
            |it| resource::delete(it, ResourceKind::DiscoveryProfile)
        }
        "AppLibPackageDiscoveryGetAppLibPackageDiscoverySessions" => {
            |it| resource::list(it, ResourceKind::Discovery)
        }
        "AppLibPackageDiscoveryCreateAppLibPackageDiscovery" => discover,
        "AppLibPackageDiscoveryGetAppLibPackageDiscovery" => {
            |it| resource::get(it, ResourceKind::Discovery)
        }
        "AppLibPackageDiscoveryGetAppLibPackageDiscoveryLatestSessionByProfileId" => latest,
        _ => return None,
    })
}

/// Adds packages to the library by their paths.
fn import(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let paths = resource::strings(body.get("Paths"));
    if paths.is_empty() {
        return Err(common::missing("Paths"));
    }
    for path in paths {
        let file = path.rsplit(['\\', '/']).next().unwrap_or(&path);
        let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
        let fields = Fields::from_iter([
            ("Name".to_owned(), json!(name)),
            ("Path".to_owned(), json!(path)),
            ("VersionGuid".to_owned(), json!(uuid::Uuid::new_v4())),
        ]);
        resource::make(context, ResourceKind::AppPackage, fields, Vec::new())?;
    }
    resource::empty()
}

/// The emulator does not read packages, so nothing from them is published.
fn of_package(context: &mut Context<'_>) -> Outcome {
    resource::named(context, ResourceKind::AppPackage)?;
    resource::page(context, std::iter::empty())
}

/// Searches a share for packages; emulated shares are empty.
fn discover(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let profile = body.get("DiscoveryProfileUid").and_then(Value::as_u64);
    if let Some(uid) = profile {
        let profile = resource::found(
            context.objects(),
            ResourceKind::DiscoveryProfile,
            &uid.to_string(),
        )?;
        let fields = profile.fields.clone();
        for field in [
            "DesktopGroupUid",
            "ManagementServer",
            "Path",
            "PublishingServer",
        ] {
            let known = fields.get(field).cloned();
            body.extend(known.map(|value| (field.to_owned(), value)));
        }
    } else if body.get("DesktopGroupUid").is_none_or(Value::is_null) {
        return Err(common::missing("DesktopGroupUid"));
    }
    body.insert(
        "DiscoverySessionTime".to_owned(),
        json!(context.now.to_string()),
    );
    let id = resource::make(context, ResourceKind::Discovery, body, Vec::new())?;
    resource::respond(context, ResourceKind::Discovery, &id)
}

fn latest(context: &mut Context<'_>) -> Outcome {
    let profile = resource::named(context, ResourceKind::DiscoveryProfile)?;
    let uid = profile.fields.get("Uid").cloned().unwrap_or_default();
    let mut all = context.site.resources(ResourceKind::Discovery).iter().rev();
    let last = all.find(|it| it.fields.get("DiscoveryProfileUid") == Some(&uid));
    let last = last.map(|it: &Resource| it.id().to_owned());
    let last = last
        .ok_or_else(|| -> Reply { orchestration::not_found(DISCOVERY.entity, context.name()) })?;
    resource::respond(context, ResourceKind::Discovery, &last)
}
