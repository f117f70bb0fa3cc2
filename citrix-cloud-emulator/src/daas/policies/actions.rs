//! `/gpo` beyond single objects: enables, copies, removes, compares, simulates and validates policies.

use serde_json::{Map, Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::policies;
use crate::daas::policies::{in_order, named_in, policies_of_body};
use crate::daas::resource::{self, Fields};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::{Model, filled, model};
use crate::world::{Resource, ResourceKind, Site};

/// The SID of the group Everyone.
const WORLD: &str = "S-1-1-0";

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "GpoEnableGpoPolicies" => |context| switch(context, true),
        "GpoDisableGpoPolicies" => |context| switch(context, false),
        "GpoRemoveGpoPolicies" => remove,
        "GpoCopyGpoPolicies" => copy_policies,
        "GpoCopyGpoPolicySet" => copy_set,
        "GpoGetFilterDefinitions" => filter_definitions,
        "GpoGetSettingFullDetail" => policies::settings::detail,
        "GpoComparePolicies" => compare,
        "GpoRunSimulation" => simulate,
        "GpoRunValidation" => validate,
        _ => return None,
    })
}

fn switch(context: &mut Context<'_>, enabled: bool) -> Outcome {
    for id in policies_of_body(context)? {
        resource::edit(context.site, ResourceKind::Policy, &id, |fields| {
            fields.insert("isEnabled".to_owned(), json!(enabled));
        });
    }
    resource::empty()
}

fn remove(context: &mut Context<'_>) -> Outcome {
    for id in policies_of_body(context)? {
        resource::remove(context, ResourceKind::Policy, &id)?;
    }
    resource::empty()
}

/// Appends copies of policies to other sets.
fn copy_policies(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let with_filters = context.call.query.flag("withFilters")? == Some(true);
    let found = |list: &str, kind: ResourceKind| -> Result<Vec<String>, Reply> {
        let ids = resource::strings(body.get(list)).into_iter();
        let found = ids.map(|id| {
            let it = context.site.resources(kind).get(&id);
            let it = it.ok_or_else(|| orchestration::no_such(&kind.name(), &id, list))?;
            Ok(it.id().to_owned())
        });
        found.collect()
    };
    let policies = found("policyGuids", ResourceKind::Policy)?;
    let sets = found("toPolicySets", ResourceKind::PolicySet)?;
    for set in sets {
        for policy in &policies {
            copy(context.site, policy, &set, with_filters);
        }
    }
    resource::empty()
}

/// Copies a set under another name, with its policies in the same order. The copy is assigned to nothing.
fn copy_set(context: &mut Context<'_>) -> Outcome {
    let set = resource::named(context, ResourceKind::PolicySet)?.into_owned();
    let query = &context.call.query;
    let with_filters = query.flag("withFilters")? == Some(true);
    let name = query.get("name").unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return Err(common::missing("name"));
    }
    let mut body = set.fields.clone();
    body.shift_remove("Uid");
    body.insert("name".to_owned(), json!(name));
    let copied = resource::make(context, ResourceKind::PolicySet, body, Vec::new())?;
    for policy in in_order(context.site, set.id()) {
        copy(context.site, &policy, &copied, with_filters);
    }
    resource::respond(context, ResourceKind::PolicySet, &copied)
}

/// Copies a policy with its settings, and with its filters if requested.
fn copy(site: &mut Site, policy: &str, set: &str, with_filters: bool) {
    let Some(old) = site.resources(ResourceKind::Policy).get(policy).cloned() else {
        return;
    };
    let place = site.resources(ResourceKind::Policy).group_len(set);
    let name = free_name(site, set, &old.name);
    let new = again(site, ResourceKind::Policy, &old, name, set).with("place", place);
    let id = new.id().to_owned();
    site.resources_mut(ResourceKind::Policy).push(new);
    let mut kinds = vec![ResourceKind::PolicySetting];
    kinds.extend(with_filters.then_some(ResourceKind::PolicyFilter));
    for kind in kinds {
        let parts: Vec<_> = site.resources(kind).group(old.id()).cloned().collect();
        for part in parts {
            let new = again(site, kind, &part, part.name.clone(), &id);
            site.resources_mut(kind).push(new);
        }
    }
}

/// Copies an object to another parent.
fn again(site: &Site, kind: ResourceKind, old: &Resource, name: String, parent: &str) -> Resource {
    let mut new = Resource::new(name).within(parent);
    new.fields = old.fields.clone();
    new.with("Uid", resource::next_uid(site, kind))
}

/// Finds a free name, because two policies of one set cannot share a name.
fn free_name(site: &Site, set: &str, wanted: &str) -> String {
    let is_taken = |name: &str| {
        let mut policies = site.resources(ResourceKind::Policy).group(set);
        policies.any(|it| it.name.to_lowercase() == name.to_lowercase())
    };
    let mut name = wanted.to_owned();
    let mut number = 1;
    while is_taken(&name) {
        number += 1;
        name = format!("{wanted} ({number})");
    }
    name
}

fn filter_definitions(context: &mut Context<'_>) -> Outcome {
    let kinds = match model("FilterType") {
        Some(Model::Enumeration(kinds)) => kinds.as_slice(),
        _ => &[],
    };
    let definitions = kinds.iter().map(|kind| {
        filled("FilterDefinition", |field| {
            Some(match field.name {
                "filterType" | "filterName" => json!(kind),
                "isUserFilter" => json!(!matches!(*kind, "OU" | "DesktopTag" | "DesktopKind")),
                "isSingleton" => json!(*kind == "BranchRepeater"),
                _ => return None,
            })
        })
    });
    let definitions: Vec<_> = definitions.collect();
    let mut page = json!({ "items": definitions, "totalItems": definitions.len() });
    if context.shared.settings.strict {
        page["continuationToken"] = Value::Null;
    }
    Ok(Reply::json(200, &page))
}

fn text<'r>(it: &'r Resource, field: &str) -> Option<&'r str> {
    it.fields.get(field).and_then(Value::as_str)
}

/// Compares the settings of policies, one row per setting.
fn compare(context: &mut Context<'_>) -> Outcome {
    let with_defaults = context.call.query.flag("withDefaults")? == Some(true);
    let ids = policies_of_body(context)?;
    let site = &*context.site;
    let policies = ids.iter();
    let policies = policies.filter_map(|id| site.resources(ResourceKind::Policy).get(id));
    let policies: Vec<_> = policies.collect();
    let settings = |policy: &Resource| {
        let all = site
            .resources(ResourceKind::PolicySetting)
            .group(policy.id());
        all.map(|it| (it.name.clone(), text(it, "settingValue").map(str::to_owned)))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let columns: Vec<_> = policies.iter().map(|it| settings(it)).collect();
    let names: std::collections::BTreeSet<_> = columns.iter().flat_map(|it| it.keys()).collect();
    let rows = names.into_iter().map(|name| {
        let (category, default) = policies::settings::known(name).unwrap_or_default();
        let values = columns.iter().map(|column| match column.get(name) {
            Some(value) => value.clone().unwrap_or_default(),
            None if with_defaults => default.to_owned(),
            None => String::new(),
        });
        let values: Vec<_> = values.collect();
        let used: Vec<_> = columns.iter().map(|it| it.contains_key(name)).collect();
        json!({
            "SettingName": name, "IsSetting": true, "Category": category, "DefaultValue": default,
            "IsDifferent": values.windows(2).any(|pair| pair[0] != pair[1]),
            "IsInUse": used, "Values": values,
        })
    });
    let rows: Vec<Value> = rows.collect();
    let targets: Vec<_> = policies.iter().map(|it| it.name.as_str()).collect();
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "Targets" => json!(targets),
            "Result" => json!(rows),
            "WithDefaults" => json!(with_defaults),
            _ => return None,
        })
    });
    Ok(Reply::json(200, &view))
}

/// Returns the policies of a set that apply to the subject in the body. If several contain a setting, the first one
/// wins.
fn simulate(context: &mut Context<'_>) -> Outcome {
    let set = named_in(context, ResourceKind::PolicySet, "policySetGuid")?;
    let (set, set_name) = (set.id().to_owned(), set.name.clone());
    let subject = context.body()?;
    let site = &*context.site;
    let results = [true, false].map(|of_user| {
        let (mut applied, mut losing) = (Vec::new(), Vec::new());
        let (mut won, mut lost) = (Vec::new(), Vec::new());
        let mut decided = Map::new();
        let policies = in_order(site, &set).into_iter();
        for policy in policies.filter_map(|id| site.resources(ResourceKind::Policy).get(&id)) {
            if !applies(site, policy, &subject) {
                lost.push(json!({ "PolicyName": policy.name, "GpoName": set_name }));
                continue;
            }
            won.push(json!({ "PolicyName": policy.name, "GpoName": set_name }));
            for setting in site
                .resources(ResourceKind::PolicySetting)
                .group(policy.id())
            {
                if policies::settings::is_of_user(&setting.name) != of_user {
                    continue;
                }
                let mut row = json!({
                    "PolicyName": policy.name, "SettingName": setting.name, "GpoName": set_name,
                });
                if decided.insert(setting.name.clone(), Value::Null).is_some() {
                    losing.push(row);
                } else {
                    row["SettingValue"] = json!(text(setting, "settingValue"));
                    applied.push(row);
                }
            }
        }
        filled("SimulationResponseContract", |field| {
            Some(match field.name {
                "IsUserRsop" => json!(of_user),
                "AppliedSettings" => json!(applied),
                "AppliedPolicies" => json!(won),
                "LosingSettings" => json!(losing),
                "LosingPolicies" => json!(lost),
                _ => return None,
            })
        })
    });
    Ok(Reply::json(200, &json!(results)))
}

/// Returns whether a policy applies: for each type of its filters, one that allows must match, and none that denies.
fn applies(site: &Site, policy: &Resource, subject: &Fields) -> bool {
    if policy.fields.get("isEnabled") == Some(&json!(false)) {
        return false;
    }
    let filters = site
        .resources(ResourceKind::PolicyFilter)
        .group(policy.id());
    let filters: Vec<_> = filters
        .filter(|it| it.fields.get("isEnabled") != Some(&json!(false)))
        .collect();
    let denies = |it: &Resource| it.fields.get("isAllowed") == Some(&json!(false));
    let is_denied = filters.iter().any(|it| denies(it) && fits(it, subject));
    let is_allowed = filters.iter().filter(|it| !denies(it)).all(|filter| {
        let mut same = filters
            .iter()
            .filter(|it| !denies(it) && it.name == filter.name);
        same.any(|it| fits(it, subject))
    });
    !is_denied && is_allowed
}

fn fits(filter: &Resource, subject: &Fields) -> bool {
    let wanted = text(filter, "filterData").unwrap_or_default();
    let is = |field: &str| {
        let have = subject.get(field).and_then(Value::as_str);
        have.is_some_and(|it| it.eq_ignore_ascii_case(wanted))
    };
    let has = |list: &str| {
        let mut all = resource::strings(subject.get(list)).into_iter();
        all.any(|it| it.eq_ignore_ascii_case(wanted))
    };
    match filter.name.as_str() {
        "User" => wanted == WORLD || is("UserSid") || has("GroupSids"),
        "ClientIP" => is("ClientIpAddress"),
        "ClientName" => is("ClientName"),
        "ClientPlatform" => is("ClientPlatform"),
        "DesktopGroup" => is("DeliveryGroupGuid"),
        "DesktopKind" => is("DeliveryGroupType"),
        "DesktopTag" => has("Tags"),
        "OU" => is("ComputerOu"),
        "AccessControl" => subject.get("IsUsingAccessGateway") == Some(&json!(true)),
        "BranchRepeater" => subject.get("IsUsingWanScaler") == Some(&json!(true)),
        _ => false,
    }
}

/// Lists the policies whose filters refer to missing objects, or all policies.
fn validate(context: &mut Context<'_>) -> Outcome {
    let all = context.call.query.flag("all")? == Some(true);
    let site = &*context.site;
    let mut response = Vec::new();
    for policy in site.resources(ResourceKind::Policy).iter() {
        let filters = site
            .resources(ResourceKind::PolicyFilter)
            .group(policy.id());
        let filters: Vec<Value> = filters
            .map(|filter| {
                let data = text(filter, "filterData").unwrap_or_default();
                let missing = points_nowhere(site, &filter.name, data);
                filled("GpoTestFilterData", |field| match field.name {
                    "filterType" => Some(json!(filter.name)),
                    "filterValue" => Some(json!(data)),
                    "errorCode" if missing => Some(json!("ObjectNotFound")),
                    "errorMessage" if missing => Some(json!(format!("'{data}' was not found."))),
                    _ => None,
                })
            })
            .collect();
        let is_wrong = filters.iter().any(|it| !it["errorCode"].is_null());
        if !all && !is_wrong {
            continue;
        }
        let settings = site
            .resources(ResourceKind::PolicySetting)
            .group(policy.id());
        let settings: Vec<Value> = settings
            .map(|setting| {
                filled("GpoTestSettingData", |field| match field.name {
                    "settingName" => Some(json!(setting.name)),
                    "settingValue" => setting.fields.get("settingValue").cloned(),
                    _ => None,
                })
            })
            .collect();
        response.push(filled("GpoTestPolicyData", |field| {
            Some(match field.name {
                "policyName" => json!(policy.name),
                "settings" => json!(settings),
                "filters" => json!(filters),
                "errorCode" if is_wrong => json!("InvalidFilter"),
                _ => return None,
            })
        }));
    }
    Ok(Reply::json(200, &json!(response)))
}

fn points_nowhere(site: &Site, kind: &str, data: &str) -> bool {
    match kind {
        "DesktopGroup" => !site.resources(ResourceKind::DeliveryGroup).contains(data),
        "DesktopTag" => !site.resources(ResourceKind::Tag).contains(data),
        _ => false,
    }
}
