//! `/gpo`: policy sets, their policies in order of priority, and the settings and filters of those.

use serde_json::{Map, Value, json};

use super::handlers::Handler;
use super::objects::{self, Fields, PLAIN, Traits};
use super::turn::Turn;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Kind, Resource, Site};

pub(super) const SET: Traits = Traits {
    entity: "PolicySet",
    keys: ("policySetGuid", "name"),
    defaults: r#"{ "policySetType": "DeliveryGroupPolicies", "scopes": [] }"#,
    derived: |site, set| {
        let count = site.resources(Kind::Policy).group_len(set.id());
        let assigned = assigned_to(site, set).is_some();
        Map::from_iter([
            ("policyCount".to_owned(), json!(count)),
            ("isAssigned".to_owned(), json!(assigned)),
        ])
    },
    in_use: |site, set| Some(format!("delivery group '{}'", assigned_to(site, set)?)),
    forgotten: |site, set| {
        for policy in site.resources_mut(Kind::Policy).remove_group(set.id()) {
            forget_policy(site, &policy);
        }
    },
    ..PLAIN
};

pub(super) const POLICY: Traits = Traits {
    entity: "Policy",
    keys: ("policyGuid", "policyName"),
    defaults: r#"{ "isEnabled": true }"#,
    renamed: &[("name", "policyName")],
    derived: |site, policy| {
        let siblings = set_of(policy)
            .map(|set| in_order(site, set))
            .unwrap_or_default();
        let place = siblings.iter().position(|id| id == policy.id());
        Map::from_iter([
            ("policySetGuid".to_owned(), json!(set_of(policy))),
            ("priority".to_owned(), json!(place)),
        ])
    },
    forgotten: forget_policy,
    ..PLAIN
};

pub(super) const SETTING: Traits = Traits {
    entity: "Setting",
    keys: ("settingGuid", "settingName"),
    defaults: r#"{ "useDefault": false }"#,
    derived: of_policy,
    ..PLAIN
};

pub(super) const FILTER: Traits = Traits {
    entity: "Filter",
    keys: ("filterGuid", "filterType"),
    shares_names: true,
    defaults: r#"{ "isAllowed": true, "isEnabled": true }"#,
    derived: of_policy,
    ..PLAIN
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "GpoReadGpoPolicySets" => |turn| envelope(turn, Kind::PolicySet, None),
        "GpoCreateGpoPolicySet" => create_set,
        "GpoReadGpoPolicySet" => read_set,
        "GpoUpdateGpoPolicySet" => |turn| objects::update(turn, Kind::PolicySet),
        "GpoDeleteGpoPolicySet" => |turn| objects::delete(turn, Kind::PolicySet),
        "GpoReadGpoPolicies" => |turn| envelope(turn, Kind::Policy, Some("policySetGuid")),
        "GpoCreateGpoPolicy" => create_policy,
        "GpoReadGpoPolicy" => read_policy,
        "GpoUpdateGpoPolicy" => |turn| objects::update(turn, Kind::Policy),
        "GpoDeleteGpoPolicy" => |turn| objects::delete(turn, Kind::Policy),
        "GpoMoveGpoPolicies" => move_policies,
        "GpoRankGpoPolicies" => rank,
        "GpoReadGpoSettings" => |turn| envelope(turn, Kind::PolicySetting, Some("policyGuid")),
        "GpoCreateGpoSetting" => |turn| create_part(turn, Kind::PolicySetting),
        "GpoReadGpoSetting" => |turn| objects::get(turn, Kind::PolicySetting),
        "GpoUpdateGpoSetting" => |turn| objects::update(turn, Kind::PolicySetting),
        "GpoDeleteGpoSetting" => |turn| objects::delete(turn, Kind::PolicySetting),
        "GpoReadGpoFilters" => |turn| envelope(turn, Kind::PolicyFilter, Some("policyGuid")),
        "GpoCreateGpoFilter" => |turn| create_part(turn, Kind::PolicyFilter),
        "GpoReadGpoFilter" => |turn| objects::get(turn, Kind::PolicyFilter),
        "GpoUpdateGpoFilter" => |turn| objects::update(turn, Kind::PolicyFilter),
        "GpoDeleteGpoFilter" => |turn| objects::delete(turn, Kind::PolicyFilter),
        "GpoGetSettingDefinitions" => super::policy_settings::definitions,
        _ => return None,
    })
}

/// Answers a whole list with the small keys that this area has; `of` is the parameter that says whose list.
fn envelope(turn: &mut Turn<'_>, kind: Kind, of: Option<&str>) -> Outcome {
    let site: &Site = turn.site;
    let model = objects::model_of(turn);
    let ids: Vec<String> = match of {
        None => site
            .resources(kind)
            .iter()
            .map(|it| it.id().to_owned())
            .collect(),
        Some("policySetGuid") => {
            in_order(site, parent(turn, Kind::PolicySet, "policySetGuid")?.id())
        }
        Some(parameter) => {
            let policy = parent(turn, Kind::Policy, parameter)?;
            let parts = site.resources(kind).group(policy.id());
            parts.map(|it| it.id().to_owned()).collect()
        }
    };
    let items = ids.iter().filter_map(|id| site.resources(kind).get(id));
    let items = items.map(|it| match kind {
        Kind::Policy => policy_view(turn, it),
        _ => Ok(objects::view(site, kind, it, model)),
    });
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let total = items.len();
    let mut body = json!({ "items": items, "totalItems": total });
    if turn.shared.settings.strict {
        body["continuationToken"] = Value::Null;
    }
    Ok(Reply::json(200, &body))
}

/// The object that a query names.
fn parent<'t>(turn: &'t Turn<'_>, kind: Kind, parameter: &str) -> Result<&'t Resource, Reply> {
    let id = turn.call.query.get(parameter).unwrap_or_default();
    let entity = if kind == Kind::Policy {
        "Policy"
    } else {
        "PolicySet"
    };
    let found = turn.site.resources(kind).get(id);
    found.ok_or_else(|| orchestration::not_found(entity, id))
}

fn create_set(turn: &mut Turn<'_>) -> Outcome {
    let body = turn.body()?;
    named(&body, "name")?;
    let id = objects::make(turn, Kind::PolicySet, body, Vec::new())?;
    objects::answer(turn, Kind::PolicySet, &id)
}

fn read_set(turn: &mut Turn<'_>) -> Outcome {
    let set = objects::named(turn, Kind::PolicySet)?.into_owned();
    let mut view = objects::view(turn.site, Kind::PolicySet, &set, "PolicySetResponse");
    if turn.call.query.flag("withPolicies")? == Some(true) {
        let policies = in_order(turn.site, set.id()).into_iter();
        let policies = policies.filter_map(|id| {
            let policy = turn.site.resources(Kind::Policy).get(&id)?;
            Some(policy_view(turn, policy))
        });
        view["policies"] = policies.collect::<Result<_, _>>()?;
    }
    Ok(Reply::json(200, &view))
}

/// A new policy comes last. Its settings and filters may come with it.
fn create_policy(turn: &mut Turn<'_>) -> Outcome {
    let set = parent(turn, Kind::PolicySet, "policySetGuid")?
        .id()
        .to_owned();
    let mut body = turn.body()?;
    named(&body, "name")?;
    let parts = [
        ("settings", Kind::PolicySetting),
        ("filters", Kind::PolicyFilter),
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
    let place = turn.site.resources(Kind::Policy).group_len(&set);
    body.insert("place".to_owned(), json!(place));
    let id = objects::make(turn, Kind::Policy, body, vec![set])?;
    for (kind, list) in parts {
        for part in list
            .as_ref()
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let part = part.as_object().cloned().unwrap_or_default();
            objects::make(turn, kind, part, vec![id.clone()])?;
        }
    }
    answer_policy(turn, &id)
}

fn read_policy(turn: &mut Turn<'_>) -> Outcome {
    let id = objects::named(turn, Kind::Policy)?.id().to_owned();
    answer_policy(turn, &id)
}

fn answer_policy(turn: &Turn<'_>, id: &str) -> Outcome {
    let policy = objects::found(turn.site, Kind::Policy, id)?;
    Ok(Reply::json(200, &policy_view(turn, &policy)?))
}

/// Shows a policy, with settings and filters unless the caller reads it without asking for them.
fn policy_view(turn: &Turn<'_>, policy: &Resource) -> Result<Value, Reply> {
    let site: &Site = turn.site;
    let mut view = objects::view(site, Kind::Policy, policy, "PolicyResponse");
    let created = turn.call.operation == "GpoCreateGpoPolicy";
    for (list, flag, kind, model) in [
        (
            "settings",
            "withSettings",
            Kind::PolicySetting,
            "SettingResponse",
        ),
        (
            "filters",
            "withFilters",
            Kind::PolicyFilter,
            "FilterResponse",
        ),
    ] {
        if created || turn.call.query.flag(flag)? == Some(true) {
            let parts = site.resources(kind).group(policy.id());
            view[list] = parts
                .map(|it| objects::view(site, kind, it, model))
                .collect();
        }
    }
    Ok(view)
}

fn create_part(turn: &mut Turn<'_>, kind: Kind) -> Outcome {
    let policy = parent(turn, Kind::Policy, "policyGuid")?.id().to_owned();
    let body = turn.body()?;
    named(&body, name_of(kind))?;
    let id = objects::make(turn, kind, body, vec![policy])?;
    objects::answer(turn, kind, &id)
}

/// Moves policies to the end of another set.
fn move_policies(turn: &mut Turn<'_>) -> Outcome {
    let set = parent(turn, Kind::PolicySet, "toPolicySet")?
        .id()
        .to_owned();
    let policies = policies_of_body(turn)?;
    let place = turn.site.resources(Kind::Policy).group_len(&set);
    for (place, id) in (place..).zip(policies) {
        if let Some(mut policy) = turn.site.resources_mut(Kind::Policy).get_mut(&id) {
            policy.parents = vec![set.clone()];
            policy.fields.insert("place".to_owned(), json!(place));
        }
    }
    objects::empty()
}

/// Puts the policies of a set in the order of the body; those it leaves out follow in the order they had.
fn rank(turn: &mut Turn<'_>) -> Outcome {
    let set = parent(turn, Kind::PolicySet, "policySetGuid")?
        .id()
        .to_owned();
    let mut order = policies_of_body(turn)?;
    let all = in_order(turn.site, &set);
    if let Some(foreign) = order.iter().find(|id| !all.contains(id)) {
        return Err(orchestration::no_such("Policy", foreign, "the body"));
    }
    order.extend(
        all.into_iter()
            .filter(|id| !order.contains(id))
            .collect::<Vec<_>>(),
    );
    for (place, id) in order.iter().enumerate() {
        if let Some(mut policy) = turn.site.resources_mut(Kind::Policy).get_mut(id) {
            policy.fields.insert("place".to_owned(), json!(place));
        }
    }
    Ok(Reply::json(200, &json!(true)))
}

fn policies_of_body(turn: &Turn<'_>) -> Result<Vec<String>, Reply> {
    let body = crate::http::json_body(&turn.call.body)?;
    let ids = objects::strings(Some(&body)).into_iter();
    let found = ids.map(|id| {
        let policy = turn.site.resources(Kind::Policy).get(&id);
        let policy = policy.ok_or_else(|| orchestration::no_such("Policy", &id, "the body"))?;
        Ok(policy.id().to_owned())
    });
    found.collect()
}

/// Ids of a set's policies, first priority first.
fn in_order(site: &Site, set: &str) -> Vec<String> {
    let policies = site.resources(Kind::Policy).group(set);
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

fn of_policy(_: &Site, part: &Resource) -> Map<String, Value> {
    Map::from_iter([("policyGuid".to_owned(), json!(set_of(part)))])
}

fn assigned_to<'w>(site: &'w Site, set: &Resource) -> Option<&'w str> {
    let mut groups = site.resources(Kind::DeliveryGroup).iter();
    let group = groups.find(|it| {
        it.fields
            .get("PolicySetGuid")
            .is_some_and(|it| it == set.id())
    });
    group.map(|it| it.name.as_str())
}

fn forget_policy(site: &mut Site, policy: &Resource) {
    for kind in [Kind::PolicySetting, Kind::PolicyFilter] {
        site.resources_mut(kind).remove_group(policy.id());
    }
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::PolicySetting => "settingName",
        _ => "filterType",
    }
}

/// The models let names be absent, since they serve changes too; a new object needs one.
fn named(body: &Fields, field: &str) -> Result<(), Reply> {
    match body.get(field) {
        Some(_) => Ok(()),
        None => Err(common::missing(field)),
    }
}
