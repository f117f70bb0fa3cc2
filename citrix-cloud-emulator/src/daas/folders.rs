//! `/AdminFolders` and `/ApplicationFolders`, which are the same folders.
//!
//! A folder is stored under its full path, `outer\inner`; clients write `|` instead of the backslash.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::resource::{self, Fields, Objects, PLAIN, ResourceSpec};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind, Site};

pub(super) const FOLDER: ResourceSpec = ResourceSpec {
    entity: "AdminFolder",
    computed: derived,
    ..PLAIN
};

/// The contents of a folder: the value of `objectsToRemove`, the kind, and the field with their number.
const CONTENTS: [(&str, ResourceKind, &str); 4] = [
    (
        "Applications",
        ResourceKind::Application,
        "TotalApplications",
    ),
    (
        "MachineCatalogs",
        ResourceKind::MachineCatalog,
        "TotalMachineCatalogs",
    ),
    (
        "DeliveryGroups",
        ResourceKind::DeliveryGroup,
        "TotalDesktopGroups",
    ),
    (
        "ApplicationGroups",
        ResourceKind::ApplicationGroup,
        "TotalApplicationGroups",
    ),
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "AdminFoldersCreateAdminFolder" | "ApplicationFoldersCreateApplicationFolder" => create,
        "AdminFoldersGetAdminFolders" | "ApplicationFoldersGetApplicationFolders" => {
            |context| resource::list(context, ResourceKind::AdminFolder)
        }
        "AdminFoldersGetAdminFolder" | "ApplicationFoldersGetApplicationFolder" => {
            |context| resource::get(context, ResourceKind::AdminFolder)
        }
        "AdminFoldersUpdateAdminFolder" | "ApplicationFoldersUpdateApplicationFolder" => update,
        "AdminFoldersDeleteAdminFolder" | "ApplicationFoldersDeleteApplicationFolder" => delete,
        "AdminFoldersGetAdminFolderApplications"
        | "ApplicationFoldersGetApplicationFolderApplications" => {
            |context| held(context, ResourceKind::Application)
        }
        "AdminFoldersGetAdminFolderMachineCatalogs" => {
            |context| held(context, ResourceKind::MachineCatalog)
        }
        "ApplicationFoldersCheckApplicationFolderPathExists" => {
            |context| resource::exists(context, ResourceKind::AdminFolder)
        }
        _ => return None,
    })
}

fn derived(objects: Objects<'_>, folder: &Resource) -> Map<String, Value> {
    let site = objects.site;
    let (parent, name) = folder.name.rsplit_once('\\').unwrap_or(("", &folder.name));
    let mut derived = Map::new();
    derived.insert("Name".to_owned(), json!(name));
    derived.insert("Path".to_owned(), json!(format!("{}\\", folder.name)));
    let parent = resource::reference(objects, ResourceKind::AdminFolder, parent);
    derived.insert("Parent".to_owned(), parent.unwrap_or_default());
    let children = children(site, folder);
    let children =
        children.filter_map(|it| resource::reference(objects, ResourceKind::AdminFolder, it.id()));
    derived.insert("Children".to_owned(), children.collect());
    for (_, kind, field) in CONTENTS {
        derived.insert(field.to_owned(), json!(contents(site, kind, folder).len()));
    }
    derived
}

fn create(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let parent = ["ParentId", "Path"]
        .into_iter()
        .find_map(|field| body.shift_remove(field));
    let parent = match parent.as_ref().and_then(Value::as_str).map(bare) {
        None | Some("") => None,
        Some(path) => Some(referenced(context.site, path)?),
    };
    let name = body.get("Name").and_then(Value::as_str).unwrap_or_default();
    let path = below(parent.as_deref(), name)?;
    body.insert("Name".to_owned(), json!(path));
    if let Some(Value::Array(holds)) = body.shift_remove("ObjectIdentifiers") {
        let holds = holds
            .iter()
            .map(|it| json!({ "Name": it, "Value": "true" }));
        body.insert("Metadata".to_owned(), holds.collect());
    }
    let id = resource::make(context, ResourceKind::AdminFolder, body, Vec::new())?;
    resource::respond(context, ResourceKind::AdminFolder, &id)
}

/// Renames or moves a folder, along with all folders below it.
fn update(context: &mut Context<'_>) -> Outcome {
    let folder = resource::named(context, ResourceKind::AdminFolder)?.into_owned();
    let mut body = context.body()?;
    let old = folder.name.clone();
    let (parent, name) = old.rsplit_once('\\').unwrap_or(("", &old));
    let parent = match body
        .shift_remove("Parent")
        .as_ref()
        .and_then(Value::as_str)
        .map(bare)
    {
        Some("") => None,
        Some(path) => Some(referenced(context.site, path)?),
        None => Some(parent.to_owned()).filter(|it| !it.is_empty()),
    };
    if parent.as_deref().is_some_and(|it| is_within(it, &old)) {
        return Err(orchestration::bad_request(
            "A folder cannot be moved into itself.",
        ));
    }
    let name = body.get("Name").and_then(Value::as_str).unwrap_or(name);
    let new = below(parent.as_deref(), name)?;
    body.insert("Name".to_owned(), json!(new));
    resource::change(context, ResourceKind::AdminFolder, folder.id(), body)?;
    let below = format!("{}\\", old.to_lowercase());
    context
        .site
        .resources_mut(ResourceKind::AdminFolder)
        .change_where(
            |it| it.name.to_lowercase().starts_with(&below),
            |it| {
                let rest = it.name.get(old.len()..).unwrap_or_default();
                it.name = format!("{new}{rest}");
            },
        );
    resource::respond(context, ResourceKind::AdminFolder, folder.id())
}

/// Deletes a folder that is empty, or that contains only objects that `objectsToRemove` allows to be deleted.
fn delete(context: &mut Context<'_>) -> Outcome {
    let folder = resource::named(context, ResourceKind::AdminFolder)?.into_owned();
    let removed: Vec<String> = {
        let values = context.call.query.all("objectsToRemove");
        values
            .flat_map(|it| it.split(','))
            .map(|it| it.trim().to_lowercase())
            .collect()
    };
    if let Some(child) = children(context.site, &folder).next() {
        let user = format!("folder '{}'", child.name);
        return Err(orchestration::in_use("AdminFolder", &folder.name, &user));
    }
    let mut gone = Vec::new();
    for (name, kind, _) in CONTENTS {
        let held = contents(context.site, kind, &folder);
        if !held.is_empty() && !removed.contains(&name.to_lowercase()) {
            let user = format!("{} {name}", held.len());
            return Err(orchestration::in_use("AdminFolder", &folder.name, &user));
        }
        gone.extend(held.into_iter().map(|id| (kind, id)));
    }
    for (kind, id) in gone {
        match kind {
            ResourceKind::MachineCatalog => crate::daas::catalogs::writes::remove(context, &id)?,
            _ => resource::remove(context, kind, &id)?,
        }
    }
    context
        .site
        .resources_mut(ResourceKind::AdminFolder)
        .remove(folder.id());
    resource::empty()
}

/// Lists the objects of a kind in the folder.
fn held(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let folder = resource::named(context, ResourceKind::AdminFolder)?
        .id()
        .to_owned();
    resource::list_where(context, kind, |site, it| {
        resource::folder_of(site, it).is_some_and(|it| it.id() == folder)
    })
}

fn children<'w>(site: &'w Site, folder: &'w Resource) -> impl Iterator<Item = &'w Resource> {
    let all = site.resources(ResourceKind::AdminFolder).iter();
    all.filter(|it| {
        let parent = it.name.rsplit_once('\\').map(|(parent, _)| parent);
        parent.is_some_and(|parent| parent.eq_ignore_ascii_case(&folder.name))
    })
}

fn contents(site: &Site, kind: ResourceKind, folder: &Resource) -> Vec<String> {
    let held = |fields: &Fields| {
        ["AdminFolder", "ApplicationFolder"]
            .iter()
            .any(|field| fields.get(*field).is_some_and(|id| id == folder.id()))
    };
    let held = site.resources(kind).iter().filter(|it| held(&it.fields));
    held.map(|it| it.id().to_owned()).collect()
}

/// Returns the path of a folder that a body identifies by path or id.
fn referenced(site: &Site, name: &str) -> Result<String, Reply> {
    let folder = site.resources(ResourceKind::AdminFolder).get(name);
    let folder = folder.ok_or_else(|| orchestration::no_such("AdminFolder", name, "the body"))?;
    Ok(folder.name.clone())
}

fn below(parent: Option<&str>, name: &str) -> Result<String, Reply> {
    if name.trim().is_empty() || name.contains(['\\', '|', '/']) {
        return Err(common::invalid_string("Name"));
    }
    Ok(match parent {
        Some(parent) => format!("{parent}\\{name}"),
        None => name.to_owned(),
    })
}

fn bare(path: &str) -> &str {
    path.trim_matches(['\\', '|'])
}

fn is_within(path: &str, outer: &str) -> bool {
    let (path, outer) = (path.to_lowercase(), outer.to_lowercase());
    path == outer || path.starts_with(&format!("{outer}\\"))
}
