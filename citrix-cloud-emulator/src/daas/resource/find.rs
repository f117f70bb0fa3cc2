//! Finds objects by the names that paths and bodies use.

use std::borrow::Cow;

use super::spec::Objects;
use super::write::Fields;
use crate::daas::context::Context;
use crate::daas::user_view::sid_of;
use crate::http::Reply;
use crate::http::errors::orchestration;
use crate::world::{Resource, ResourceKind, Site};

/// Fields with the folder of an object.
pub(super) const FOLDERS: [&str; 2] = ["AdminFolder", "ApplicationFolder"];

/// Finds an object by id, number or name. For kinds that are kept in folders, `folder\name` works too, and `|` stands
/// for `\`.
pub(in crate::daas) fn lookup<'w>(
    site: &'w Site,
    kind: ResourceKind,
    name: &str,
) -> Option<Cow<'w, Resource>> {
    let name = name.trim_end_matches(['\\', '|']);
    match kind {
        ResourceKind::Machine => site.machines.get(name).map(|it| Cow::Owned(it.document())),
        ResourceKind::User if name.starts_with("S-1-") => {
            let mut users = site.resources(ResourceKind::User).iter();
            let user = users.find(|it| sid_of(&it.name).eq_ignore_ascii_case(name));
            user.map(Cow::Borrowed)
        }
        _ => site.resources(kind).get(name).map(Cow::Borrowed),
    }
    .filter(|it| goes_by(kind, it, name))
    .or_else(|| in_folder(site, kind, name))
}

/// Returns whether a call can identify an object by this name. Policies and their parts have only GUIDs.
pub(in crate::daas) fn goes_by(kind: ResourceKind, it: &Resource, name: &str) -> bool {
    let by_guid = matches!(
        kind,
        ResourceKind::Policy
            | ResourceKind::PolicyFilter
            | ResourceKind::PolicySet
            | ResourceKind::PolicySetting
    );
    !by_guid || it.id().eq_ignore_ascii_case(name)
}

/// Returns the objects of a kind after a serial number in order, each with its own serial number.
pub(super) fn numbered(
    site: &Site,
    kind: ResourceKind,
    after: u64,
) -> Box<dyn Iterator<Item = (u64, Cow<'_, Resource>)> + '_> {
    match kind {
        ResourceKind::Machine => {
            let machines = site.machines.after(after);
            Box::new(machines.map(|(serial, it)| (serial, Cow::Owned(it.document()))))
        }
        _ => {
            let resources = site.resources(kind).after(after);
            Box::new(resources.map(|(serial, it)| (serial, Cow::Borrowed(it))))
        }
    }
}

/// Returns all objects of a kind in order.
pub(super) fn all(site: &Site, kind: ResourceKind) -> impl Iterator<Item = Cow<'_, Resource>> {
    numbered(site, kind, 0).map(|(_, it)| it)
}

/// Finds the object in the path.
///
/// # Errors
///
/// A 404 worded as by the service.
pub(in crate::daas) fn found<'w>(
    objects: Objects<'w>,
    kind: ResourceKind,
    name: &str,
) -> Result<Cow<'w, Resource>, Reply> {
    lookup(objects.site, kind, name)
        .ok_or_else(|| orchestration::not_found(objects.spec(kind).entity, name))
}

/// Finds the first object in the call's path.
pub(in crate::daas) fn named<'t>(
    context: &'t Context<'_>,
    kind: ResourceKind,
) -> Result<Cow<'t, Resource>, Reply> {
    found(context.objects(), kind, context.name())
}

/// Stores a changed object.
pub(super) fn put(site: &mut Site, kind: ResourceKind, changed: Resource) {
    match kind {
        ResourceKind::Machine => {
            if let Some(mut machine) = site.machines.get_mut(changed.id()) {
                machine.take_over(changed);
            }
        }
        _ => {
            if let Some(mut resource) = site.resources_mut(kind).get_mut(changed.id()) {
                *resource = changed;
            }
        }
    }
}

/// Returns the folder of an object; `None` is the root.
pub(in crate::daas) fn folder_of<'a>(site: &'a Site, it: &'a Resource) -> Option<&'a Resource> {
    let id = FOLDERS
        .iter()
        .find_map(|field| it.fields.get(*field)?.as_str());
    site.resources(ResourceKind::AdminFolder).get(id?)
}

fn in_folder<'w>(site: &'w Site, kind: ResourceKind, path: &str) -> Option<Cow<'w, Resource>> {
    let path = path.replace('|', "\\");
    let (folder, name) = path.rsplit_once('\\')?;
    let folder = site.resources(ResourceKind::AdminFolder).get(folder)?;
    all(site, kind).find(|it| {
        it.name.eq_ignore_ascii_case(name)
            && folder_of(site, it).is_some_and(|it| it.id() == folder.id())
    })
}

/// Changes the fields of an object, if it exists.
pub(in crate::daas) fn edit(
    site: &mut Site,
    kind: ResourceKind,
    id: &str,
    change: impl FnOnce(&mut Fields),
) {
    if let Some(mut changed) = lookup(site, kind, id).map(Cow::into_owned) {
        change(&mut changed.fields);
        put(site, kind, changed);
    }
}
