//! The tags of an object, for all kinds that have tags.

use serde_json::{Value, json};

use super::find::{found, named, put};
use super::verbs::{empty, list_where, make, remove};
use super::write::strings;
use crate::daas::context::Context;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind};

/// The field of an object with the ids of its tags.
const FIELD: &str = "Tags";

/// Lists the tags of the object in the path.
pub(in crate::daas) fn tags(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let ids = ids(named(context, kind)?.as_ref());
    list_where(context, ResourceKind::Tag, |_, tag| {
        ids.iter().any(|id| id == tag.id())
    })
}

/// Replaces the object's tags by those in the body.
pub(in crate::daas) fn set_tags(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let id = named(context, kind)?.id().to_owned();
    let mut body = context.body()?;
    let mut wanted = Vec::new();
    for name in strings(body.get("Items")) {
        wanted.push(
            found(context.objects(), ResourceKind::Tag, &name)?
                .id()
                .to_owned(),
        );
    }
    if let Some(Value::Array(new)) = body.remove("CreateTags") {
        for tag in new.into_iter().filter_map(|it| it.as_object().cloned()) {
            wanted.push(make(context, ResourceKind::Tag, tag, Vec::new())?);
        }
    }
    assign(context, kind, &id, &wanted)?;
    for name in strings(body.get("DeleteTags")) {
        let tag = found(context.objects(), ResourceKind::Tag, &name)?
            .id()
            .to_owned();
        remove(context, ResourceKind::Tag, &tag)?;
    }
    empty()
}

/// Returns the id of the tag in the path, the object, and the object's tags.
fn tag_and_object(
    context: &Context<'_>,
    kind: ResourceKind,
) -> Result<(String, Resource, Vec<String>), Reply> {
    let tag = found(context.objects(), ResourceKind::Tag, context.part(1))?;
    let it = named(context, kind)?.into_owned();
    let all = ids(&it);
    Ok((tag.id().to_owned(), it, all))
}

/// Adds a tag to the object, and returns all of its tags.
pub(in crate::daas) fn add_tag(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let (tag, it, mut all) = tag_and_object(context, kind)?;
    if !all.contains(&tag) {
        all.push(tag);
        assign(context, kind, it.id(), &all)?;
    }
    tags(context, kind)
}

/// Removes a tag from the object.
///
/// # Errors
///
/// A 404, also if the tag exists but is not on this object.
pub(in crate::daas) fn remove_tag(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let (tag, it, mut all) = tag_and_object(context, kind)?;
    if !all.contains(&tag) {
        return Err(orchestration::not_found("Tag", context.part(1)));
    }
    all.retain(|id| *id != tag);
    assign(context, kind, it.id(), &all)?;
    empty()
}

/// Returns the ids of an object's tags.
pub(in crate::daas) fn ids(it: &Resource) -> Vec<String> {
    strings(it.fields.get(FIELD))
}

fn assign(
    context: &mut Context<'_>,
    kind: ResourceKind,
    id: &str,
    tags: &[String],
) -> Result<(), Reply> {
    let mut it = found(context.objects(), kind, id)?.into_owned();
    if tags.is_empty() {
        it.fields.shift_remove(FIELD);
    } else {
        it.fields.insert(FIELD.to_owned(), json!(tags));
    }
    put(context.site, kind, it);
    Ok(())
}
