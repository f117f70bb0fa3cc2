//! The resources of a hypervisor: a small tree, in the form of its type.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::daas::context::Context;
use crate::daas::hypervisors::trees::{Tree, tree_of};
use crate::daas::hypervisors::{pool, pool_path};
use crate::daas::resource;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Resource, ResourceKind, Site};

/// Stands for a slash within a name, so that it does not end the name.
const SLASH: &str = "\u{2044}";

fn tree_of_pool(site: &Site, pool: &Resource) -> &'static Tree {
    let hypervisor = pool.parents.first();
    tree_of(hypervisor.and_then(|id| site.resources(ResourceKind::Hypervisor).get(id)))
}

/// Returns the project of a pool, on hypervisors that have projects.
pub(in crate::daas) fn project_of(site: &Site, pool: &Resource) -> Option<Value> {
    let (project, _) = tree_of_pool(site, pool).pools_at.split_once('/')?;
    let root = pool_path(pool);
    (kind_of(project) == "project").then(|| reference(project, "", &root))
}

/// Returns the name of a machine on a hypervisor, by its id there.
pub(in crate::daas) fn name_of_machine(hypervisor: &Resource, id: &str) -> Option<String> {
    let root = root_of(hypervisor);
    let mut all = tree_of(Some(hypervisor)).paths.iter();
    let found = all.find_map(|path| {
        let it = reference(path, "", &root);
        (kind_of(path) == "vm" && it["Id"].as_str() == Some(id)).then_some(it)
    });
    Some(found?["Name"].as_str()?.to_owned())
}

/// Resolves an object of a pool, such as a network, by path or id. One that does not exist keeps the given name.
pub(in crate::daas) fn of_the_pool(site: &Site, pool: &Resource, name: &str, kind: &str) -> Value {
    let connection = pool.parents.first();
    let connection = connection.and_then(|id| site.resources(ResourceKind::Hypervisor).get(id));
    let tree = tree_of(connection);
    let root = format!(
        r"XDHyp:\Connections\{}",
        connection.map_or("", |it| it.name.as_str())
    );
    let mut paths = tree.paths.iter().copied();
    let by_id = paths.find(|it| guid(it).to_string().eq_ignore_ascii_case(name));
    let found = by_id
        .or_else(|| find(tree, name, &root))
        .or_else(|| find(tree, name, &pool_path(pool)));
    match found {
        Some(path) => reference(path, "", &root),
        None => named(name, kind),
    }
}

/// Finds the resource at a path below a resource pool, such as a master image.
pub(in crate::daas) fn below_pool(site: &Site, pool: &Resource, path: &str) -> Option<Value> {
    let root = pool_path(pool);
    let tree = tree_of_pool(site, pool);
    let found = find(tree, path, &root)?;
    Some(reference(found, tree.pools_at, &root))
}

/// Lists the resources of the connection in the path.
pub(in crate::daas) fn of_hypervisor(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?.into_owned();
    of_connection(context, &hypervisor)
}

/// Lists the resources of a connection, which may be only described.
pub(in crate::daas) fn of_connection(context: &Context<'_>, connection: &Resource) -> Outcome {
    let root = root_of(connection);
    respond(
        context,
        tree_of(Some(connection)),
        &connection.name,
        &root,
        None,
    )
}

fn root_of(connection: &Resource) -> String {
    format!(r"XDHyp:\Connections\{}", connection.name)
}

/// Finds the machine at a path below a connection, and the connection.
pub(in crate::daas) fn machine_at<'w>(site: &'w Site, path: &str) -> Option<(&'w Resource, Value)> {
    let is_below = |root: &str| plain(path).starts_with(&format!("{}/", plain(root)));
    let connection = site
        .resources(ResourceKind::Hypervisor)
        .iter()
        .find(|it| is_below(&root_of(it)))?;
    let root = root_of(connection);
    let found = find(tree_of(Some(connection)), path, &root)?;
    (kind_of(found) == "vm").then(|| (connection, reference(found, "", &root)))
}

/// Lists the resources of a resource pool.
pub(in crate::daas) fn of_pool(context: &mut Context<'_>) -> Outcome {
    let pool = pool(context)?;
    let tree = tree_of_pool(context.site, pool);
    respond(context, tree, &pool.name, &pool_path(pool), Some(pool))
}

/// Searches a connection's resources.
pub(in crate::daas) fn search_hypervisor(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, ResourceKind::Hypervisor)?.into_owned();
    search_connection(context, &hypervisor, &context.body()?)
}

/// Searches the resources of a connection, which may be only described.
pub(in crate::daas) fn search_connection(
    context: &Context<'_>,
    connection: &Resource,
    wanted: &resource::Fields,
) -> Outcome {
    let root = root_of(connection);
    let tree = tree_of(Some(connection));
    search(context, wanted, tree, "", (&connection.name, &root))
}

/// Searches a resource pool's resources.
pub(in crate::daas) fn search_pool(context: &mut Context<'_>) -> Outcome {
    let pool = pool(context)?;
    let tree = tree_of_pool(context.site, pool);
    let body = context.body()?;
    let root = pool_path(pool);
    search(context, &body, tree, tree.pools_at, (&pool.name, &root))
}

fn search(
    context: &Context<'_>,
    body: &resource::Fields,
    tree: &'static Tree,
    base: &'static str,
    (name, root): (&str, &str),
) -> Outcome {
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let below = match text("Path") {
        path if path.is_empty() || is_root(path, root) => base,
        path => find(tree, path, root)
            .ok_or_else(|| orchestration::not_found("HypervisorResource", path))?,
    };
    let words = text("NameContains").to_lowercase();
    let mut kinds = resource::strings(body.get("ResourceTypes"));
    kinds.extend(Some(text("ResourceType").to_owned()).filter(|it| !it.is_empty()));
    let place = Place {
        tree,
        base,
        root,
        name,
        pool: None,
        model: resource::model_of(context),
        wanted: "",
    };
    let paths = tree.paths.iter().filter(|path| {
        let last = path.rsplit('/').next().unwrap_or_default();
        path.starts_with(below)
            && last.to_lowercase().contains(&words)
            && (kinds.is_empty()
                || kinds
                    .iter()
                    .any(|it| it.eq_ignore_ascii_case(kind_of(path))))
    });
    let views: Vec<Value> = paths.map(|path| place.view(Some(path), 0)).collect();
    resource::page(context, views.into_iter())
}

/// Returns whether a path exists; the response is no error if it does not.
pub(in crate::daas) fn validate(context: &mut Context<'_>) -> Outcome {
    let pool = pool(context)?;
    let root = pool_path(pool);
    let tree = tree_of_pool(context.site, pool);
    let body = context.body()?;
    let path = body.get("Path").and_then(Value::as_str).unwrap_or_default();
    let found = find(tree, path, &root);
    let reference = found.map(|path| reference(path, tree.pools_at, &root));
    let result = if found.is_some() { "Passed" } else { "Failed" };
    let view = resource::Fields::from_iter([
        ("ResourceRef".to_owned(), json!(reference)),
        (
            "Reports".to_owned(),
            json!([{ "Category": "MachineProfile", "Result": result }]),
        ),
    ]);
    Ok(Reply::json(
        200,
        &resource::shown(context.objects(), &view, resource::model_of(context)),
    ))
}

/// Builds a resource that an object refers to by path, such as a pool's network.
pub(in crate::daas) fn named(path: &str, kind: &str) -> Value {
    let path = path.replace("`/", SLASH);
    let last = path.rsplit(['/', '\\']).next().unwrap_or(&path);
    let name = last.rsplit_once('.').map_or(last, |(name, _)| name);
    json!({
        "Id": guid(&path),
        "Name": name.replace(SLASH, "/"),
        "FullName": last.replace(SLASH, "/"),
        "XDPath": spoken(&path),
        "RelativePath": spoken(last),
        "FullRelativePath": spoken(&path),
        "ResourceType": kind,
        "ObjectTypeName": kind.to_lowercase(),
        "Enabled": true,
    })
}

fn respond(
    context: &Context<'_>,
    tree: &'static Tree,
    name: &str,
    root: &str,
    pool: Option<&Resource>,
) -> Outcome {
    let query = &context.call.query;
    let path = query.get("path").filter(|path| !path.is_empty());
    let depth = query.number("children", 0, 100)?.unwrap_or(1);
    let depth = if query.flag("recurse")? == Some(true) {
        u32::MAX
    } else {
        depth
    };
    let start = match path.filter(|it| !is_root(it, root)) {
        None => None,
        Some(path) => {
            let found = find(tree, path, root);
            Some(found.ok_or_else(|| orchestration::not_found("HypervisorResource", path))?)
        }
    };
    let wanted = query.get("type").unwrap_or_default().to_lowercase();
    let base = if pool.is_some() { tree.pools_at } else { "" };
    let place = Place {
        tree,
        base,
        root,
        name,
        pool: pool.map(|it| json!({ "Id": it.id(), "Name": it.name, "XDPath": pool_path(it) })),
        model: resource::model_of(context),
        wanted: &wanted,
    };
    Ok(Reply::json(200, &place.view(start, depth)))
}

/// The position of a tree, and the requested part of it.
struct Place<'a> {
    tree: &'static Tree,
    /// The start of the visible part of the tree.
    base: &'static str,
    root: &'a str,
    name: &'a str,
    pool: Option<Value>,
    model: &'a str,
    wanted: &'a str,
}

impl Place<'_> {
    fn view(&self, path: Option<&str>, depth: u32) -> Value {
        let known = match path {
            Some(path) => reference(path, self.base, self.root),
            None => named(self.name, "Container"),
        };
        let kind = path.map_or("connection", kind_of);
        let parent = path.or(Some(self.base).filter(|it| !it.is_empty()));
        let children = self.tree.paths.iter().filter(|it| parent_of(it) == parent);
        let children = children.filter(|it| {
            self.wanted.is_empty()
                || kind_of(it) == self.wanted
                || has_below(self.tree, it, self.wanted)
        });
        let has_children = self.tree.paths.iter().any(|it| parent_of(it) == parent);
        let children: Value = match depth {
            0 => json!([]),
            _ => children.map(|it| self.view(Some(it), depth - 1)).collect(),
        };
        filled(self.model, |field| {
            Some(match field.name {
                "Children" => children.clone(),
                "IsContainer" => json!(has_children && kind != "vm" && kind != "snapshot"),
                "IsMachine" => json!(matches!(kind, "vm" | "template")),
                "IsSnapshotable" => json!(kind == "vm"),
                "XDPath" if path.is_none() => json!(self.root),
                "ResourcePool" => self.pool.clone()?,
                "VMId" => json!(path.map(guid)),
                "AllResourcesRelativePath" => json!(path.unwrap_or_default()),
                name => known.get(name)?.clone(),
            })
        })
    }
}

/// Returns a path as text, with slashes within names marked.
fn spoken(path: &str) -> String {
    path.replace(SLASH, "`/")
}

/// Returns whether a path is the tree's root.
fn is_root(path: &str, root: &str) -> bool {
    plain(path) == plain(root)
}

fn plain(path: &str) -> String {
    let path = path.replace("`/", SLASH).replace('\\', "/");
    path.trim_matches('/').to_lowercase()
}

/// Finds a path in the tree, with slashes or backslashes, relative or with its root. Below a pool, a path may start at
/// the pool.
fn find(tree: &Tree, path: &str, root: &str) -> Option<&'static str> {
    let (path, root) = (plain(path), plain(root));
    let relative = path.strip_prefix(&root).unwrap_or(&path).trim_matches('/');
    let below = format!("/{relative}");
    let mut paths = tree.paths.iter();
    let found = paths.find(|it| {
        let it = it.to_lowercase();
        it == relative || (!relative.is_empty() && it.ends_with(&below))
    });
    found.copied()
}

fn reference(path: &str, base: &str, root: &str) -> Value {
    let mut reference = named(path, "");
    let below = path.strip_prefix(base).unwrap_or(path);
    let below = below.trim_start_matches('/');
    // The folders of a region only group their content.
    let relative = below.rsplit_once(".folder/").map_or(below, |(_, it)| it);
    let kind = kind_of(path);
    let xd_path = spoken(&below.replace('/', "\\"));
    reference["XDPath"] = json!(format!("{root}\\{xd_path}"));
    reference["RelativePath"] = json!(spoken(relative));
    reference["FullRelativePath"] = json!(spoken(below));
    if let Some((_, group)) = in_a_group(path) {
        // The id contains the resource group.
        let name = reference["Name"].as_str().unwrap_or_default();
        reference["Id"] = json!(format!("{group}/{name}"));
    }
    reference["ResourceType"] = json!(match kind {
        "vm" => "Vm",
        "snapshot" => "Snapshot",
        "network" => "Network",
        "storage" => "Storage",
        "host" => "Host",
        "cluster" => "Cluster",
        "template" => "Template",
        "datacenter" => "DataCenter",
        "region" => "Region",
        "resourcegroup" => "ResourceGroup",
        "virtualprivatecloud" => "VirtualPrivateCloud",
        "availabilityzone" => "AvailabilityZone",
        "project" => "Project",
        "namespace" => "Namespace",
        "securitygroup" => "SecurityGroup",
        "manageddisk" => "ManagedDisk",
        "serviceoffering" => "ServiceOffering",
        _ => "Folder",
    });
    reference["ObjectTypeName"] = json!(kind);
    reference
}

/// Returns the path under which a path is listed.
fn parent_of<'a>(path: &&'a str) -> Option<&'a str> {
    match in_a_group(path) {
        Some((folder, _)) => Some(folder),
        None => path.rsplit_once('/').map(|(parent, _)| parent),
    }
}

/// Returns the folder and the resource group of an object that is listed for all groups together, although its path
/// includes the group.
fn in_a_group(path: &str) -> Option<(&str, &str)> {
    let (above, _) = path.rsplit_once('/')?;
    let (folder, group) = above.rsplit_once('/')?;
    let group = group.strip_suffix(".resourcegroup")?;
    let together = ["/virtualprivatecloud.folder", "/vm.folder"];
    together
        .iter()
        .any(|it| folder.ends_with(it))
        .then_some((folder, group))
}

fn kind_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

fn has_below(tree: &Tree, path: &str, kind: &str) -> bool {
    tree.paths
        .iter()
        .any(|it| kind_of(it) == kind && it.starts_with(&format!("{path}/")))
}

fn guid(path: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, path.to_lowercase().as_bytes())
}
