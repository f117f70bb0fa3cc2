//! What there is to see on a hypervisor: the same small tree on each of them.

use serde_json::{Value, json};
use uuid::Uuid;

use super::context::Context;
use super::hypervisors::{pool, pool_path};
use super::resource;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Kind, Resource};

/// Paths of everything in the tree; the end of a name says what it is, as on the service.
const TREE: [&str; 14] = [
    "Cluster 1.cluster",
    "Cluster 1.cluster/Host 1.host",
    "Cluster 1.cluster/Host 2.host",
    "Cluster 1.cluster/Desktops.network",
    "Cluster 1.cluster/Management.network",
    "Cluster 1.cluster/Local.storage",
    "Cluster 1.cluster/Shared.storage",
    "Cluster 1.cluster/Windows 2022.vm",
    "Cluster 1.cluster/Windows 2022.vm/Base.snapshot",
    "Cluster 1.cluster/Windows 2022.vm/Base.snapshot/November.snapshot",
    "Cluster 1.cluster/Windows 11.vm",
    "Cluster 1.cluster/Windows 11.vm/Base.snapshot",
    "Templates.folder",
    "Templates.folder/Standard.template",
];

/// Answers the resources of a connection.
pub(super) fn of_hypervisor(context: &mut Context<'_>) -> Outcome {
    let hypervisor = resource::named(context, Kind::Hypervisor)?;
    let root = format!(r"XDHyp:\Connections\{}", hypervisor.name);
    answer(context, &hypervisor.name, &root, None)
}

/// Answers the resources of a resource pool.
pub(super) fn of_pool(context: &mut Context<'_>) -> Outcome {
    let pool = pool(context)?;
    answer(context, &pool.name, &pool_path(pool), Some(pool))
}

/// Says whether a path leads to something; the answer is no error where it does not.
pub(super) fn validate(context: &mut Context<'_>) -> Outcome {
    let root = pool_path(pool(context)?);
    let body = context.body()?;
    let path = body.get("Path").and_then(Value::as_str).unwrap_or_default();
    let found = find(path, &root);
    let reference = found.map(|path| reference(path, &root));
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

/// A resource that an object names by its path, such as the network of a pool.
pub(super) fn named(path: &str, kind: &str) -> Value {
    let last = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = last.rsplit_once('.').map_or(last, |(name, _)| name);
    json!({
        "Id": guid(path),
        "Name": name,
        "FullName": last,
        "XDPath": path,
        "RelativePath": last,
        "FullRelativePath": path,
        "ResourceType": kind,
        "ObjectTypeName": kind.to_lowercase(),
        "Enabled": true,
    })
}

fn answer(context: &Context<'_>, name: &str, root: &str, pool: Option<&Resource>) -> Outcome {
    let query = &context.call.query;
    let path = query.get("path").filter(|path| !path.is_empty());
    let depth = query.number("children", 0, 100)?.unwrap_or(1);
    let depth = if query.flag("recurse")? == Some(true) {
        u32::MAX
    } else {
        depth
    };
    let start = match path {
        None => None,
        Some(path) => {
            let found = find(path, root);
            Some(found.ok_or_else(|| orchestration::not_found("HypervisorResource", path))?)
        }
    };
    let wanted = query.get("type").unwrap_or_default().to_lowercase();
    let place = Place {
        root,
        name,
        pool: pool.map(|it| json!({ "Id": it.id(), "Name": it.name, "XDPath": pool_path(it) })),
        model: resource::model_of(context),
        wanted: &wanted,
    };
    Ok(Reply::json(200, &place.view(start, depth)))
}

/// Where a tree hangs, and what of it is wanted.
struct Place<'a> {
    root: &'a str,
    name: &'a str,
    pool: Option<Value>,
    model: &'a str,
    wanted: &'a str,
}

impl Place<'_> {
    fn view(&self, path: Option<&str>, depth: u32) -> Value {
        let known = match path {
            Some(path) => reference(path, self.root),
            None => named(self.name, "Container"),
        };
        let kind = path.map_or("connection", kind_of);
        let children = TREE.iter().filter(|it| parent_of(it) == path);
        let children = children.filter(|it| {
            self.wanted.is_empty() || kind_of(it) == self.wanted || has_below(it, self.wanted)
        });
        let has_children = TREE.iter().any(|it| parent_of(it) == path);
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

/// Finds a path of the tree, given with slashes or backslashes, relative or with its root.
fn find(path: &str, root: &str) -> Option<&'static str> {
    let plain = |path: &str| path.replace('\\', "/").trim_matches('/').to_lowercase();
    let (path, root) = (plain(path), plain(root));
    let relative = path.strip_prefix(&root).unwrap_or(&path).trim_matches('/');
    TREE.iter()
        .find(|it| it.to_lowercase() == relative)
        .copied()
}

fn reference(path: &str, root: &str) -> Value {
    let mut reference = named(path, "");
    let kind = kind_of(path);
    reference["XDPath"] = json!(format!("{root}\\{}", path.replace('/', "\\")));
    reference["ResourceType"] = json!(match kind {
        "vm" => "Vm",
        "snapshot" => "Snapshot",
        "network" => "Network",
        "storage" => "Storage",
        "host" => "Host",
        "cluster" => "Cluster",
        "template" => "Template",
        _ => "Folder",
    });
    reference["ObjectTypeName"] = json!(kind);
    reference
}

fn parent_of<'a>(path: &&'a str) -> Option<&'a str> {
    path.rsplit_once('/').map(|(parent, _)| parent)
}

fn kind_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

fn has_below(path: &str, kind: &str) -> bool {
    TREE.iter()
        .any(|it| kind_of(it) == kind && it.starts_with(&format!("{path}/")))
}

fn guid(path: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, path.to_lowercase().as_bytes())
}
