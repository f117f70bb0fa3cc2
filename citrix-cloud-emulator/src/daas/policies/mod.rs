//! `/gpo`: policy sets, their policies in order of priority, and the policies' settings and filters.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::resource::{self, Fields, Objects, PLAIN, ResourceSpec};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind, Site};

pub(super) mod actions;
pub(super) mod settings;

pub(super) const SET: ResourceSpec = ResourceSpec {
    entity: "PolicySet",
    keys: ("policySetGuid", "name"),
    defaults: r#"{ "policySetType": "DeliveryGroupPolicies", "scopes": [] }"#,
    computed: |objects, set| {
        let site = objects.site;
        let count = site.resources(ResourceKind::Policy).group_len(set.id());
        let assigned = assigned_to(site, set).is_some();
        Map::from_iter([
            ("policyCount".to_owned(), json!(count)),
            ("isAssigned".to_owned(), json!(assigned)),
            ("scopes".to_owned(), scope_names(site, set)),
        ])
    },
    blocks_delete: |site, set| Some(format!("delivery group '{}'", assigned_to(site, set)?)),
    on_delete: |site, set| {
        for policy in site
            .resources_mut(ResourceKind::Policy)
            .remove_group(set.id())
        {
            forget_policy(site, &policy);
        }
    },
    ..PLAIN
};

pub(super) const POLICY: ResourceSpec = ResourceSpec {
    entity: "Policy",
    keys: ("policyGuid", "policyName"),
    defaults: r#"{ "isEnabled": true }"#,
    renamed: &[("name", "policyName")],
    computed: |objects, policy| {
        let site = objects.site;
        let siblings = set_of(policy)
            .map(|set| in_order(site, set))
            .unwrap_or_default();
        let place = siblings.iter().position(|id| id == policy.id());
        Map::from_iter([
            ("policySetGuid".to_owned(), json!(set_of(policy))),
            ("priority".to_owned(), json!(place)),
        ])
    },
    on_delete: forget_policy,
    ..PLAIN
};

pub(super) const SETTING: ResourceSpec = ResourceSpec {
    entity: "Setting",
    keys: ("settingGuid", "settingName"),
    defaults: r#"{ "useDefault": false }"#,
    computed: of_policy,
    ..PLAIN
};

pub(super) const FILTER: ResourceSpec = ResourceSpec {
    entity: "Filter",
    keys: ("filterGuid", "filterType"),
    shares_names: true,
    defaults: r#"{ "isAllowed": true, "isEnabled": true }"#,
    computed: of_policy,
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "GpoReadGpoPolicySets" => |context| envelope(context, ResourceKind::PolicySet, None),
        "GpoCreateGpoPolicySet" => create_set,
        "GpoReadGpoPolicySet" => read_set,
        "GpoUpdateGpoPolicySet" => |context| resource::update(context, ResourceKind::PolicySet),
        "GpoDeleteGpoPolicySet" => |context| resource::delete(context, ResourceKind::PolicySet),
        "GpoReadGpoPolicies" => {
            |context| envelope(context, ResourceKind::Policy, Some("policySetGuid"))
        }
        "GpoCreateGpoPolicy" => create_policy,
        "GpoReadGpoPolicy" => read_policy,
        "GpoUpdateGpoPolicy" => |context| resource::update(context, ResourceKind::Policy),
        "GpoDeleteGpoPolicy" => |context| resource::delete(context, ResourceKind::Policy),
        "GpoMoveGpoPolicies" => move_policies,
        "GpoRankGpoPolicies" => rank,
        "GpoReadGpoSettings" => {
            |context| envelope(context, ResourceKind::PolicySetting, Some("policyGuid"))
        }
        "GpoCreateGpoSetting" => |context| create_part(context, ResourceKind::PolicySetting),
        "GpoReadGpoSetting" => |context| resource::get(context, ResourceKind::PolicySetting),
        "GpoUpdateGpoSetting" => |context| resource::update(context, ResourceKind::PolicySetting),
        "GpoDeleteGpoSetting" => |context| resource::delete(context, ResourceKind::PolicySetting),
        "GpoReadGpoFilters" => {
            |context| envelope(context, ResourceKind::PolicyFilter, Some("policyGuid"))
        }
        "GpoCreateGpoFilter" => |context| create_part(context, ResourceKind::PolicyFilter),
        "GpoReadGpoFilter" => |context| resource::get(context, ResourceKind::PolicyFilter),
        "GpoUpdateGpoFilter" => |context| resource::update(context, ResourceKind::PolicyFilter),
        "GpoDeleteGpoFilter" => |context| resource::delete(context, ResourceKind::PolicyFilter),
        "GpoGetSettingDefinitions" => settings::definitions,
        _ => return None,
    })
}

/// Returns a whole list with this area's lowercase keys; `of` is the parameter that names the list's owner.
fn envelope(context: &mut Context<'_>, kind: ResourceKind, of: Option<&str>) -> Outcome {
    let site: &Site = context.site;
    let objects = context.objects();
    let model = resource::model_of(context);
    let ids: Vec<String> = match of {
        None => site
            .resources(kind)
            .iter()
            .map(|it| it.id().to_owned())
            .collect(),
        Some("policySetGuid") => in_order(
            site,
            named_in(context, ResourceKind::PolicySet, "policySetGuid")?.id(),
        ),
        Some(parameter) => {
            let policy = named_in(context, ResourceKind::Policy, parameter)?;
            let parts = site.resources(kind).group(policy.id());
            parts.map(|it| it.id().to_owned()).collect()
        }
    };
    let items = ids.iter().filter_map(|id| site.resources(kind).get(id));
    let items = items.map(|it| match kind {
        ResourceKind::Policy => policy_view(context, it),
        _ => Ok(resource::view(objects, kind, it, model)),
    });
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let total = items.len();
    let mut body = json!({ "items": items, "totalItems": total });
    if context.shared.settings.strict {
        body["continuationToken"] = Value::Null;
    }
    Ok(Reply::json(200, &body))
}

/// Returns the object in a query parameter.
pub(super) fn named_in<'t>(
    context: &'t Context<'_>,
    kind: ResourceKind,
    parameter: &str,
) -> Result<&'t Resource, Reply> {
    let id = context.call.query.get(parameter).unwrap_or_default();
    let entity = if kind == ResourceKind::Policy {
        "Policy"
    } else {
        "PolicySet"
    };
    let found = context.site.resources(kind).get(id);
    found
        .filter(|it| resource::goes_by(kind, it, id))
        .ok_or_else(|| orchestration::not_found(entity, id))
}

fn create_set(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    named(&body, "name")?;
    let id = resource::make(context, ResourceKind::PolicySet, body, Vec::new())?;
    resource::respond(context, ResourceKind::PolicySet, &id)
}

fn read_set(context: &mut Context<'_>) -> Outcome {
    let set = resource::named(context, ResourceKind::PolicySet)?.into_owned();
    let mut view = resource::view(
        context.objects(),
        ResourceKind::PolicySet,
        &set,
        "PolicySetResponse",
    );
    if context.call.query.flag("withPolicies")? == Some(true) {
        let policies = in_order(context.site, set.id()).into_iter();
        let policies = policies.filter_map(|id| {
            let policy = context.site.resources(ResourceKind::Policy).get(&id)?;
            Some(policy_view(context, policy))
        });
        view["policies"] = policies.collect::<Result<_, _>>()?;
    }
    Ok(Reply::json(200, &view))
}

/// Creates a policy, which comes last. The body may contain its settings and filters.
fn create_policy(context: &mut Context<'_>) -> Outcome {
    let set = named_in(context, ResourceKind::PolicySet, "policySetGuid")?
        .id()
        .to_owned();
    let mut body = context.body()?;
    named(&body, "name")?;
    let parts = [
        ("settings", ResourceKind::PolicySetting),
        ("filters", ResourceKind::PolicyFilter),
    ];
    let parts = parts.map(|(list, kind)| (kind, body.shift_remove(list)));
    for (kind, list) in &parts {
        for part in list
            .as_ref()
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            named(part.as_object().unwrap_or(&Fields::new()), name_of(*kind))?;
        }
    }
    let place = context.site.resources(ResourceKind::Policy).group_len(&set);
    body.insert("place".to_owned(), json!(place));
    let id = resource::make(context, ResourceKind::Policy, body, vec![set])?;
    for (kind, list) in parts {
        for part in list
            .as_ref()
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let part = part.as_object().cloned().unwrap_or_default();
            resource::make(context, kind, part, vec![id.clone()])?;
        }
    }
    policy_response(context, &id)
}

fn read_policy(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::Policy)?
        .id()
        .to_owned();
    policy_response(context, &id)
}

fn policy_response(context: &Context<'_>, id: &str) -> Outcome {
    let policy = resource::found(context.objects(), ResourceKind::Policy, id)?;
    Ok(Reply::json(200, &policy_view(context, &policy)?))
}

/// Returns a policy, with settings and filters unless the caller only reads it without asking for them.
fn policy_view(context: &Context<'_>, policy: &Resource) -> Result<Value, Reply> {
    let site: &Site = context.site;
    let objects = context.objects();
    let mut view = resource::view(objects, ResourceKind::Policy, policy, "PolicyResponse");
    let created = context.call.operation.name == "GpoCreateGpoPolicy";
    for (list, flag, kind, model) in [
        (
            "settings",
            "withSettings",
            ResourceKind::PolicySetting,
            "SettingResponse",
        ),
        (
            "filters",
            "withFilters",
            ResourceKind::PolicyFilter,
            "FilterResponse",
        ),
    ] {
        if created || context.call.query.flag(flag)? == Some(true) {
            let parts = site.resources(kind).group(policy.id());
            view[list] = parts
                .map(|it| resource::view(objects, kind, it, model))
                .collect();
        }
    }
    Ok(view)
}

fn create_part(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let policy = named_in(context, ResourceKind::Policy, "policyGuid")?
        .id()
        .to_owned();
    let body = context.body()?;
    named(&body, name_of(kind))?;
    let id = resource::make(context, kind, body, vec![policy])?;
    resource::respond(context, kind, &id)
}

/// Moves policies to the end of another set.
fn move_policies(context: &mut Context<'_>) -> Outcome {
    let set = named_in(context, ResourceKind::PolicySet, "toPolicySet")?
        .id()
        .to_owned();
    let policies = policies_of_body(context)?;
    let place = context.site.resources(ResourceKind::Policy).group_len(&set);
    for (place, id) in (place..).zip(policies) {
        if let Some(mut policy) = context
            .site
            .resources_mut(ResourceKind::Policy)
            .get_mut(&id)
        {
            policy.parents = vec![set.clone()];
            policy.fields.insert("place".to_owned(), json!(place));
        }
    }
    resource::empty()
}

/// Reorders a set's policies as in the body; policies that it omits follow in their previous order.
fn rank(context: &mut Context<'_>) -> Outcome {
    let set = named_in(context, ResourceKind::PolicySet, "policySetGuid")?
        .id()
        .to_owned();
    let mut order = policies_of_body(context)?;
    let all = in_order(context.site, &set);
    if let Some(foreign) = order.iter().find(|id| !all.contains(id)) {
        return Err(orchestration::no_such("Policy", foreign, "the body"));
    }
    order.extend(
        all.into_iter()
            .filter(|id| !order.contains(id))
            .collect::<Vec<_>>(),
    );
    for (place, id) in order.iter().enumerate() {
        if let Some(mut policy) = context.site.resources_mut(ResourceKind::Policy).get_mut(id) {
            policy.fields.insert("place".to_owned(), json!(place));
        }
    }
    Ok(Reply::json(200, &json!(true)))
}

pub(super) fn policies_of_body(context: &Context<'_>) -> Result<Vec<String>, Reply> {
    let body = crate::http::json_body(&context.call.body)?;
    let ids = resource::strings(Some(&body)).into_iter();
    let found = ids.map(|id| {
        let policy = context.site.resources(ResourceKind::Policy).get(&id);
        let policy = policy.filter(|it| resource::goes_by(ResourceKind::Policy, it, &id));
        let policy = policy.ok_or_else(|| orchestration::no_such("Policy", &id, "the body"))?;
        Ok(policy.id().to_owned())
    });
    found.collect()
}

/// Returns the ids of a set's policies, highest priority first.
pub(super) fn in_order(site: &Site, set: &str) -> Vec<String> {
    let policies = site.resources(ResourceKind::Policy).group(set);
    let mut policies: Vec<_> = policies
        .map(|it| {
            (
                it.fields.get("place").and_then(Value::as_u64),
                it.id().to_owned(),
            )
        })
        .collect();
    policies.sort();
    policies.into_iter().map(|(_, id)| id).collect()
}

fn set_of(policy: &Resource) -> Option<&str> {
    policy.parents.first().map(String::as_str)
}

fn of_policy(_: Objects<'_>, part: &Resource) -> Map<String, Value> {
    Map::from_iter([("policyGuid".to_owned(), json!(set_of(part)))])
}

fn assigned_to<'w>(site: &'w Site, set: &Resource) -> Option<&'w str> {
    let mut groups = site.resources(ResourceKind::DeliveryGroup).iter();
    let group = groups.find(|it| {
        it.fields
            .get("PolicySetGuid")
            .is_some_and(|it| it == set.id())
    });
    group.map(|it| it.name.as_str())
}

/// Returns the names of scopes, which bodies may identify by id.
fn scope_names(site: &Site, set: &Resource) -> Value {
    let given = resource::strings(set.fields.get("scopes")).into_iter();
    let names = given.map(|it| match site.resources(ResourceKind::Scope).get(&it) {
        Some(scope) => scope.name.clone(),
        None => it,
    });
    names.collect()
}

fn forget_policy(site: &mut Site, policy: &Resource) {
    for kind in [ResourceKind::PolicySetting, ResourceKind::PolicyFilter] {
        site.resources_mut(kind).remove_group(policy.id());
    }
}

fn name_of(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::PolicySetting => "settingName",
        _ => "filterType",
    }
}

/// Requires a name, which the models leave optional because they are also used for updates.
fn named(body: &Fields, field: &str) -> Result<(), Reply> {
    match body.get(field) {
        Some(_) => Ok(()),
        None => Err(common::missing(field)),
    }
}
