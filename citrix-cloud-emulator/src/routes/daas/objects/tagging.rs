//! Tags of an object, the same for all kinds that have them.

use serde_json::{Value, json};

use super::find::{found, named, put};
use super::verbs::{empty, list_where, make, remove};
use super::write::strings;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::routes::daas::turn::Turn;
use crate::world::{Kind, Resource, Site};

/// The field of an object that lists the ids of its tags.
const FIELD: &str = "Tags";

/// Answers the tags of the object that the path names.
pub(in crate::routes::daas) fn tags(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let ids = ids(named(turn, kind)?.as_ref());
    list_where(turn, Kind::Tag, |_, tag| {
        ids.iter().any(|id| id == tag.id())
    })
}

/// Gives the object the tags that the body lists, and no others.
pub(in crate::routes::daas) fn set_tags(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let id = named(turn, kind)?.id().to_owned();
    let mut body = turn.body()?;
    let mut wanted = Vec::new();
    for name in strings(body.get("Items")) {
        wanted.push(found(turn.site, Kind::Tag, &name)?.id().to_owned());
    }
    if let Some(Value::Array(new)) = body.remove("CreateTags") {
        for tag in new.into_iter().filter_map(|it| it.as_object().cloned()) {
            wanted.push(make(turn, Kind::Tag, tag, Vec::new())?);
        }
    }
    assign(turn.site, kind, &id, &wanted)?;
    for name in strings(body.get("DeleteTags")) {
        let tag = found(turn.site, Kind::Tag, &name)?.id().to_owned();
        remove(turn, Kind::Tag, &tag)?;
    }
    empty()
}

/// Gives the object one more tag, and answers all it has then.
pub(in crate::routes::daas) fn add_tag(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let tag = found(turn.site, Kind::Tag, turn.part(1))?.id().to_owned();
    let it = named(turn, kind)?.into_owned();
    let mut all = ids(&it);
    if !all.contains(&tag) {
        all.push(tag);
        assign(turn.site, kind, it.id(), &all)?;
    }
    tags(turn, kind)
}

/// Takes a tag from the object.
///
/// # Errors
///
/// A 404 also where there is such a tag, but not on this object.
pub(in crate::routes::daas) fn remove_tag(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let tag = found(turn.site, Kind::Tag, turn.part(1))?.id().to_owned();
    let it = named(turn, kind)?.into_owned();
    let mut all = ids(&it);
    if !all.contains(&tag) {
        return Err(orchestration::not_found("Tag", turn.part(1)));
    }
    all.retain(|id| *id != tag);
    assign(turn.site, kind, it.id(), &all)?;
    empty()
}

/// Lists the ids of an object's tags.
pub(in crate::routes::daas) fn ids(it: &Resource) -> Vec<String> {
    strings(it.fields.get(FIELD))
}

fn assign(site: &mut Site, kind: Kind, id: &str, tags: &[String]) -> Result<(), Reply> {
    let mut it = found(site, kind, id)?.into_owned();
    if tags.is_empty() {
        it.fields.shift_remove(FIELD);
    } else {
        it.fields.insert(FIELD.to_owned(), json!(tags));
    }
    put(site, kind, it);
    Ok(())
}
