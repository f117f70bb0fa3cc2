//! `/Tags`.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::resource::{self, Objects, PLAIN, ResourceSpec, strings};
use crate::daas::machines::view::MachineView;
use crate::http::Outcome;
use crate::world::{Machine, Resource, ResourceKind, Site};

pub(super) const TAG: ResourceSpec = ResourceSpec {
    entity: "Tag",
    computed: counts,
    blocks_delete: users,
    on_delete: untag,
    ..PLAIN
};

/// Kinds that have tags, and the tag's field with their number.
const TAGGED: [(ResourceKind, &str); 5] = [
    (ResourceKind::Machine, "NumMachines"),
    (ResourceKind::Application, "NumApplications"),
    (ResourceKind::ApplicationGroup, "NumApplicationGroups"),
    (ResourceKind::MachineCatalog, "NumMachineCatalogs"),
    (ResourceKind::DeliveryGroup, "NumDeliveryGroups"),
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "TagsGetTags" => |context| resource::list(context, ResourceKind::Tag),
        "TagsCreateTag" => |context| resource::create(context, ResourceKind::Tag),
        "TagsGetTag" => |context| resource::get(context, ResourceKind::Tag),
        "TagsPatchTag" => |context| resource::update(context, ResourceKind::Tag),
        "TagsGetTagApplicationGroups" => |context| members(context, ResourceKind::ApplicationGroup),
        "TagsGetTagApplications" => |context| members(context, ResourceKind::Application),
        "TagsGetTagDeliveryGroups" => |context| members(context, ResourceKind::DeliveryGroup),
        "TagsGetTagMachineCatalogs" => |context| members(context, ResourceKind::MachineCatalog),
        "TagsGetTagMachines" => machines,
        "TagsSetTagApplications" => |context| set_members(context, ResourceKind::Application),
        "TagsSetTagDeliveryGroups" => |context| set_members(context, ResourceKind::DeliveryGroup),
        "TagsDeleteTag" => |context| resource::delete(context, ResourceKind::Tag),
        _ => return None,
    })
}

/// Lists the objects of a kind that have the tag.
fn members(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let tag = resource::named(context, ResourceKind::Tag)?.id().to_owned();
    resource::list_where(context, kind, |_, it| {
        strings(it.fields.get("Tags")).contains(&tag)
    })
}

fn machines(context: &mut Context<'_>) -> Outcome {
    let tag = resource::named(context, ResourceKind::Tag)?.into_owned();
    let objects = context.objects();
    let machines = tagged(objects.site, ResourceKind::Machine, &tag);
    let machines = machines.filter_map(|id| objects.site.machines.get(id));
    let machines = machines.map(|it| MachineView::new(objects, it));
    let list = ["TagMachines", tag.id()];
    context
        .shared
        .pager
        .page(&list, &context.call.query, machines)
}

/// Adds the tag to the objects in the body, and removes it from all others of their kind.
fn set_members(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let tag = resource::named(context, ResourceKind::Tag)?.id().to_owned();
    let body = context.body()?;
    let mut wanted = Vec::new();
    for name in strings(body.get("Items")) {
        wanted.push(
            resource::found(context.objects(), kind, &name)?
                .id()
                .to_owned(),
        );
    }
    let all = context.site.resources(kind).iter();
    let all: Vec<String> = all.map(|it| it.id().to_owned()).collect();
    for id in all {
        let is_wanted = wanted.contains(&id);
        resource::edit(context.site, kind, &id, |fields| {
            let mut tags = strings(fields.get("Tags"));
            tags.retain(|it| *it != tag);
            if is_wanted {
                tags.push(tag.clone());
            }
            fields.insert("Tags".to_owned(), json!(tags));
        });
    }
    resource::empty()
}

fn counts(objects: Objects<'_>, tag: &Resource) -> Map<String, Value> {
    let site = objects.site;
    let mut derived = Map::new();
    for (kind, field) in TAGGED {
        derived.insert(field.to_owned(), json!(tagged(site, kind, tag).count()));
    }
    let scopes = strings(tag.fields.get("Scopes")).into_iter().map(|id| {
        let scope = site.resources(ResourceKind::Scope).get(&id);
        json!({ "ScopeId": id, "ScopeName": scope.map(|it| it.name.as_str()) })
    });
    derived.insert("ScopeReferences".to_owned(), scopes.collect());
    for (kind, field) in [
        (
            ResourceKind::ApplicationGroup,
            "RestrictedApplicationGroups",
        ),
        (ResourceKind::DeliveryGroup, "RestrictedAutoscale"),
    ] {
        let restricted = restricted(objects, kind, tag);
        derived.insert(field.to_owned(), restricted.collect());
    }
    for (list, field) in [
        ("Desktops", "RestrictedDesktops"),
        ("RebootSchedules", "RestrictedRebootSchedules"),
    ] {
        let groups = site.resources(ResourceKind::DeliveryGroup).iter();
        let items = groups
            .filter_map(|group| group.fields.get(list)?.as_array())
            .flatten();
        let items = items.filter(|item| item["RestrictToTag"] == tag.id());
        derived.insert(field.to_owned(), items.cloned().collect());
    }
    derived
}

fn tagged<'w>(
    site: &'w Site,
    kind: ResourceKind,
    tag: &'w Resource,
) -> Box<dyn Iterator<Item = &'w str> + 'w> {
    let has = |fields: &Map<String, Value>| {
        let tags = fields.get("Tags").and_then(Value::as_array);
        tags.is_some_and(|tags| tags.iter().any(|it| it == tag.id()))
    };
    match kind {
        ResourceKind::Machine => {
            let machines = site.machines.iter();
            let tagged = machines.filter(move |it| it.settings.as_deref().is_some_and(has));
            Box::new(tagged.map(Machine::id))
        }
        _ => {
            let all = site
                .resources(kind)
                .iter()
                .filter(move |it| has(&it.fields));
            Box::new(all.map(Resource::id))
        }
    }
}

/// Returns the objects that accept only machines with the tag.
fn restricted<'w>(
    objects: Objects<'w>,
    kind: ResourceKind,
    tag: &'w Resource,
) -> impl Iterator<Item = Value> + 'w {
    let site = objects.site;
    let all = site.resources(kind).iter().filter(|it| {
        let fields = ["RestrictToTag", "RestrictAutoscaleTag"].into_iter();
        fields
            .filter_map(|field| it.fields.get(field))
            .any(|id| id == tag.id())
    });
    all.filter_map(move |it| resource::reference(objects, kind, it.id()))
}

fn users(site: &Site, tag: &Resource) -> Option<String> {
    let carriers: usize = TAGGED
        .iter()
        .map(|(kind, _)| tagged(site, *kind, tag).count())
        .sum();
    if carriers > 0 {
        return Some(format!("{carriers} objects"));
    }
    let restricts =
        |it: &Resource, field: &str| it.fields.get(field).is_some_and(|id| id == tag.id());
    let mut holders = site
        .resources(ResourceKind::ApplicationGroup)
        .iter()
        .chain(site.resources(ResourceKind::DeliveryGroup));
    let is_restriction = holders.any(|it| {
        let lists = ["Desktops", "RebootSchedules"].into_iter();
        let items = lists.filter_map(|list| it.fields.get(list)?.as_array());
        restricts(it, "RestrictToTag")
            || restricts(it, "RestrictAutoscaleTag")
            || items.flatten().any(|it| it["RestrictToTag"] == tag.id())
    });
    is_restriction.then(|| "a restriction".to_owned())
}

fn untag(site: &mut Site, tag: &Resource) {
    for (kind, _) in TAGGED {
        let carriers: Vec<String> = tagged(site, kind, tag).map(str::to_owned).collect();
        for id in carriers {
            resource::edit(site, kind, &id, |fields| {
                resource::drop_from(fields, "Tags", tag.id());
            });
        }
    }
}
