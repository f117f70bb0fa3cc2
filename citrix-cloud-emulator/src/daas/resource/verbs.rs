//! The operations list, get, create, update and delete.

use serde_json::{Value, json};

use super::find::{all, folder_of, found, named, numbered, put};
use super::page::page_after;
use super::spec::{Objects, SpecOf};
use super::view::{model_of, view};
use super::write::{Fields, next_uid, take};
use crate::daas::context::Context;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::paging;
use crate::world::{Resource, ResourceKind, Site};

/// Lists all objects, or those in the folder that the query names.
pub(in crate::daas) fn list(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let query = &context.call.query;
    let folder = query
        .get("adminFolder")
        .or_else(|| query.get("applicationFolder"));
    let folder = folder.filter(|it| !it.is_empty());
    let folder = folder
        .map(|it| found(context.objects(), ResourceKind::AdminFolder, it))
        .transpose()?;
    let folder = folder.map(|it| it.id().to_owned());
    list_where(context, kind, |site, it| match &folder {
        Some(id) => folder_of(site, it).is_some_and(|it| it.id() == id),
        None => true,
    })
}

/// Lists the objects that match a condition.
pub(in crate::daas) fn list_where(
    context: &mut Context<'_>,
    kind: ResourceKind,
    condition: impl Fn(&Site, &Resource) -> bool,
) -> Outcome {
    let site = &*context.site;
    let objects = context.objects();
    let model = model_of(context);
    let total = || {
        let all = numbered(site, kind, 0);
        all.filter(|(_, it)| condition(site, it)).count()
    };
    page_after(context, total, |after| {
        let chosen = numbered(site, kind, after).filter(|(_, it)| condition(site, it));
        chosen.map(|(serial, it)| (serial, view(objects, kind, &it, model)))
    })
}

/// Returns the object in the path.
pub(in crate::daas) fn get(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let it = named(context, kind)?;
    let view = view(context.objects(), kind, &it, model_of(context));
    Ok(paging::single(&context.call.query, &view))
}

/// Returns 200 if the object exists, otherwise 404.
pub(in crate::daas) fn exists(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    named(context, kind).map(|_| Reply::empty(200))
}

/// Creates an object from the body, and returns it if the operation has a response body.
pub(in crate::daas) fn create(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let body = context.body()?;
    let id = make(context, kind, body, Vec::new())?;
    respond(context, kind, &id)
}

/// Creates an object and returns its id.
///
/// # Errors
///
/// Those of [`composed`].
pub(in crate::daas) fn make(
    context: &mut Context<'_>,
    kind: ResourceKind,
    body: Fields,
    parents: Vec<String>,
) -> Result<String, Reply> {
    let made = composed(context, kind, body, parents)?;
    let id = made.id().to_owned();
    context.site.resources_mut(kind).push(made);
    Ok(id)
}

/// Builds an object from a body, without adding it to the site.
///
/// # Errors
///
/// A 400 for missing fields and unknown names, a 409 if the name is taken.
pub(in crate::daas) fn composed(
    context: &Context<'_>,
    kind: ResourceKind,
    body: Fields,
    parents: Vec<String>,
) -> Result<Resource, Reply> {
    let mut fields = take(context.objects(), kind, body)?;
    let name = taken_name(context.spec, kind, &mut fields)?.unwrap_or_default();
    let mut made = Resource::new(name);
    made.parents = parents;
    fields.retain(|_, value| !value.is_null());
    fields.insert("Uid".to_owned(), json!(next_uid(context.site, kind)));
    made.fields = fields;
    ((context.spec)(kind).validate)(context, &mut made)?;
    check_name(context.objects(), kind, &made)?;
    Ok(made)
}

/// Applies the body to the object in the path; omitted fields stay.
pub(in crate::daas) fn update(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let id = named(context, kind)?.id().to_owned();
    let body = context.body()?;
    change(context, kind, &id, body)?;
    respond(context, kind, &id)
}

/// Applies a body to an object.
///
/// # Errors
///
/// Those of [`make`], and a 404 if the object does not exist.
pub(in crate::daas) fn change(
    context: &mut Context<'_>,
    kind: ResourceKind,
    id: &str,
    body: Fields,
) -> Result<(), Reply> {
    let mut changed = found(context.objects(), kind, id)?.into_owned();
    let mut fields = take(context.objects(), kind, body)?;
    if let Some(name) = taken_name(context.spec, kind, &mut fields)? {
        changed.name = name;
    }
    changed.fields.extend(fields);
    changed.fields.retain(|_, value| !value.is_null());
    ((context.spec)(kind).validate)(context, &mut changed)?;
    check_name(context.objects(), kind, &changed)?;
    put(context.site, kind, changed);
    Ok(())
}

/// Deletes the object in the path, unless something uses it; `force=true` deletes it anyway.
pub(in crate::daas) fn delete(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let id = named(context, kind)?.id().to_owned();
    remove(context, kind, &id)?;
    Ok(Reply::empty(200))
}

/// Deletes an object by its id, with the same check.
pub(in crate::daas) fn remove(
    context: &mut Context<'_>,
    kind: ResourceKind,
    id: &str,
) -> Result<(), Reply> {
    let forced = context.call.query.flag("force")?.unwrap_or(false);
    let spec = (context.spec)(kind);
    let it = found(context.objects(), kind, id)?.into_owned();
    if is_built_in(&it) {
        return Err(orchestration::built_in(spec.entity, &it.name));
    }
    if let Some(user) = (spec.blocks_delete)(context.site, &it).filter(|_| !forced) {
        return Err(orchestration::in_use(spec.entity, &it.name, &user));
    }
    context.site.resources_mut(kind).remove(it.id());
    (spec.on_delete)(context.site, &it);
    Ok(())
}

/// Returns the full object if the operation has a response body, otherwise an empty response.
pub(in crate::daas) fn respond(context: &Context<'_>, kind: ResourceKind, id: &str) -> Outcome {
    let model = model_of(context);
    if model.is_empty() {
        return empty();
    }
    let it = found(context.objects(), kind, id)?;
    Ok(Reply::json(200, &view(context.objects(), kind, &it, model)))
}

/// Returns an empty 200.
pub(in crate::daas) fn empty() -> Outcome {
    Ok(Reply::empty(200))
}

/// Returns whether an object is built-in and cannot be changed.
pub(in crate::daas) fn is_built_in(it: &Resource) -> bool {
    ["IsBuiltIn", "IsPrimary"]
        .iter()
        .any(|field| it.fields.get(*field) == Some(&json!(true)))
}

/// Removes the name from the fields.
fn taken_name(
    spec: SpecOf,
    kind: ResourceKind,
    fields: &mut Fields,
) -> Result<Option<String>, Reply> {
    let field = spec(kind).keys.1;
    match fields.shift_remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) if !name.trim().is_empty() => Ok(Some(name)),
        Some(_) => Err(common::invalid_string(field)),
    }
}

/// Rejects a name that is taken; names are unique within a kind and folder.
fn check_name(objects: Objects<'_>, kind: ResourceKind, it: &Resource) -> Result<(), Reply> {
    let spec = objects.spec(kind);
    let site = objects.site;
    let folder = folder_of(site, it).map(Resource::id);
    let taken = !spec.shares_names
        && all(site, kind).any(|other| {
            other.id() != it.id()
                && other.parents == it.parents
                && other.name.to_lowercase() == it.name.to_lowercase()
                && folder_of(site, &other).map(Resource::id) == folder
        });
    if taken {
        return Err(orchestration::name_taken(spec.entity, &it.name));
    }
    Ok(())
}
