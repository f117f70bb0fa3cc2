//! List, get, create, update, delete.

use serde_json::{Value, json};

use super::find::{all, folder_of, found, named, numbered, put};
use super::kinds::traits;
use super::page::page_after;
use super::view::{model_of, view};
use super::write::{Fields, next_uid, take};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::paging;
use crate::routes::daas::turn::Turn;
use crate::world::{Kind, Resource, Site};

/// Answers a list of all objects, or of those in the folder that the query names.
pub(in crate::routes::daas) fn list(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let query = &turn.call.query;
    let folder = query
        .get("adminFolder")
        .or_else(|| query.get("applicationFolder"));
    let folder = folder.filter(|it| !it.is_empty());
    let folder = folder
        .map(|it| found(turn.site, Kind::AdminFolder, it))
        .transpose()?;
    let folder = folder.map(|it| it.id().to_owned());
    list_where(turn, kind, |site, it| match &folder {
        Some(id) => folder_of(site, it).is_some_and(|it| it.id() == id),
        None => true,
    })
}

/// Answers a list of the objects that a condition holds for.
pub(in crate::routes::daas) fn list_where(
    turn: &mut Turn<'_>,
    kind: Kind,
    condition: impl Fn(&Site, &Resource) -> bool,
) -> Outcome {
    let site = &*turn.site;
    let model = model_of(turn);
    let total = || {
        let all = numbered(site, kind, 0);
        all.filter(|(_, it)| condition(site, it)).count()
    };
    page_after(turn, total, |after| {
        let chosen = numbered(site, kind, after).filter(|(_, it)| condition(site, it));
        chosen.map(|(serial, it)| (serial, view(site, kind, &it, model)))
    })
}

/// Answers the object that the path names.
pub(in crate::routes::daas) fn get(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let it = named(turn, kind)?;
    let view = view(turn.site, kind, &it, model_of(turn));
    Ok(paging::single(&turn.call.query, &view))
}

/// Answers 200 where there is such an object, else 404.
pub(in crate::routes::daas) fn exists(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    named(turn, kind).map(|_| Reply::empty(200))
}

/// Makes an object of the body, and answers it where the operation has an answer.
pub(in crate::routes::daas) fn create(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let body = turn.body()?;
    let id = make(turn, kind, body, Vec::new())?;
    answer(turn, kind, &id)
}

/// Makes an object and returns its id.
///
/// # Errors
///
/// As [`composed`].
pub(in crate::routes::daas) fn make(
    turn: &mut Turn<'_>,
    kind: Kind,
    body: Fields,
    parents: Vec<String>,
) -> Result<String, Reply> {
    let made = composed(turn, kind, body, parents)?;
    let id = made.id().to_owned();
    turn.site.resources_mut(kind).push(made);
    Ok(id)
}

/// Makes an object of a body, and leaves it to the caller to put it into the site.
///
/// # Errors
///
/// A 400 for what the body lacks or names wrongly, a 409 where the name is taken.
pub(in crate::routes::daas) fn composed(
    turn: &Turn<'_>,
    kind: Kind,
    body: Fields,
    parents: Vec<String>,
) -> Result<Resource, Reply> {
    let mut fields = take(turn.site, kind, body)?;
    let name = taken_name(kind, &mut fields)?.unwrap_or_default();
    let mut made = Resource::new(name);
    made.parents = parents;
    fields.retain(|_, value| !value.is_null());
    fields.insert("Uid".to_owned(), json!(next_uid(turn.site, kind)));
    made.fields = fields;
    (traits(kind).settled)(turn, &mut made)?;
    check_name(turn.site, kind, &made)?;
    Ok(made)
}

/// Changes the object that the path names as the body says; what the body leaves out stays.
pub(in crate::routes::daas) fn update(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let id = named(turn, kind)?.id().to_owned();
    let body = turn.body()?;
    change(turn, kind, &id, body)?;
    answer(turn, kind, &id)
}

/// Changes an object as a body says.
///
/// # Errors
///
/// As [`make`], and a 404 where there is no such object.
pub(in crate::routes::daas) fn change(
    turn: &mut Turn<'_>,
    kind: Kind,
    id: &str,
    body: Fields,
) -> Result<(), Reply> {
    let mut changed = found(turn.site, kind, id)?.into_owned();
    let mut fields = take(turn.site, kind, body)?;
    if let Some(name) = taken_name(kind, &mut fields)? {
        changed.name = name;
    }
    changed.fields.extend(fields);
    changed.fields.retain(|_, value| !value.is_null());
    (traits(kind).settled)(turn, &mut changed)?;
    check_name(turn.site, kind, &changed)?;
    put(turn.site, kind, changed);
    Ok(())
}

/// Deletes the object that the path names, unless something uses it; `force=true` does it all the same.
pub(in crate::routes::daas) fn delete(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let id = named(turn, kind)?.id().to_owned();
    remove(turn, kind, &id)?;
    Ok(Reply::empty(200))
}

/// Deletes an object by its id, with the same care.
pub(in crate::routes::daas) fn remove(
    turn: &mut Turn<'_>,
    kind: Kind,
    id: &str,
) -> Result<(), Reply> {
    let forced = turn.call.query.flag("force")?.unwrap_or(false);
    let traits = traits(kind);
    let it = found(turn.site, kind, id)?.into_owned();
    if is_built_in(&it) {
        return Err(orchestration::built_in(traits.entity, &it.name));
    }
    if let Some(user) = (traits.in_use)(turn.site, &it).filter(|_| !forced) {
        return Err(orchestration::in_use(traits.entity, &it.name, &user));
    }
    turn.site.resources_mut(kind).remove(it.id());
    (traits.forgotten)(turn.site, &it);
    Ok(())
}

/// Answers an object in full where the operation has an answer, and nothing where it has none.
pub(in crate::routes::daas) fn answer(turn: &Turn<'_>, kind: Kind, id: &str) -> Outcome {
    let model = model_of(turn);
    if model.is_empty() {
        return empty();
    }
    let it = found(turn.site, kind, id)?;
    Ok(Reply::json(200, &view(turn.site, kind, &it, model)))
}

/// Answers 200 with nothing.
pub(in crate::routes::daas) fn empty() -> Outcome {
    Ok(Reply::empty(200))
}

/// Says whether an object came with the site and cannot be changed.
pub(in crate::routes::daas) fn is_built_in(it: &Resource) -> bool {
    ["IsBuiltIn", "IsPrimary"]
        .iter()
        .any(|field| it.fields.get(*field) == Some(&json!(true)))
}

/// Takes the name out of the fields.
fn taken_name(kind: Kind, fields: &mut Fields) -> Result<Option<String>, Reply> {
    let field = traits(kind).keys.1;
    match fields.shift_remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) if !name.trim().is_empty() => Ok(Some(name)),
        Some(_) => Err(common::invalid_string(field)),
    }
}

/// Names are unique in their kind and folder.
fn check_name(site: &Site, kind: Kind, it: &Resource) -> Result<(), Reply> {
    let traits = traits(kind);
    let folder = folder_of(site, it).map(Resource::id);
    let taken = !traits.shares_names
        && all(site, kind).any(|other| {
            other.id() != it.id()
                && other.parents == it.parents
                && other.name.to_lowercase() == it.name.to_lowercase()
                && folder_of(site, &other).map(Resource::id) == folder
        });
    if taken {
        return Err(orchestration::name_taken(traits.entity, &it.name));
    }
    Ok(())
}
