//! `/Machines/$search` and `/Sessions/$search`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use self::filter::{Filter, order};
use super::context::{Context, Handler};
use super::resource::Fields;
use super::resource::Objects;
use crate::daas::machines::view::{MachineView, dns_name, fault, summary};
use crate::daas::sessions::view::SessionView;
use crate::field_mask;
use crate::http::errors::common;
use crate::http::{Outcome, Reply};
use crate::world::{Machine, ResourceKind, Session};

pub(super) mod filter;
pub(super) mod objects;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachinesDoMachineSearch" => machines,
        "SessionsDoSessionSearch" => sessions,
        "MachinesGroupMachine" => count_by_property,
        _ => return None,
    })
}

fn machines(context: &mut Context<'_>) -> Outcome {
    let site = &*context.site;
    let objects = context.objects();
    let all = site.machines.iter();
    let found = search(context, all, |machine, property| {
        machine_property(objects, machine, property)
    })?;
    respond(
        context,
        found.len(),
        found.into_iter().map(|it| MachineView::new(objects, it)),
    )
}

fn sessions(context: &mut Context<'_>) -> Outcome {
    let site = &*context.site;
    let objects = context.objects();
    let all = site.sessions.iter();
    let found = search(context, all, |session, property| {
        session_property(objects, session, property)
    })?;
    respond(
        context,
        found.len(),
        found.into_iter().map(|it| SessionView::new(objects, it)),
    )
}

/// Counts the machines that match the body, by the values of one of their properties.
fn count_by_property(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let name = body.get("MachinePropertyName").and_then(Value::as_str);
    let name = name.filter(|it| !it.is_empty());
    let name = name.ok_or_else(|| common::missing("MachinePropertyName"))?;
    let objects = context.objects();
    let property = |machine: &Machine, name: &str| machine_property(objects, machine, name);
    let found = search(context, context.site.machines.iter(), property)?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for machine in found {
        let value = match property(machine, name) {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        *counts.entry(value).or_default() += 1;
    }
    Ok(Reply::json(200, &json!(counts)))
}

/// Returns the views that match the body.
pub(super) fn among(context: &Context<'_>, views: &[Value]) -> Outcome {
    among_called(context, views, &[])
}

/// Does the same for searches whose field names differ from those of responses.
pub(super) fn among_called(
    context: &Context<'_>,
    views: &[Value],
    names: &[(&str, &str)],
) -> Outcome {
    let found = chosen(context, views, names)?;
    respond(context, found.len(), found.into_iter())
}

/// Filters and sorts views as in the body. A property is a field, or the name of the object in that field.
pub(super) fn chosen<'w>(
    context: &Context<'_>,
    views: &'w [Value],
    names: &[(&str, &str)],
) -> Result<Vec<&'w Value>, Reply> {
    search(context, views.iter(), |view, property| {
        let mut other = names
            .iter()
            .filter(|it| it.0.eq_ignore_ascii_case(property));
        let property = other.next().map_or(property, |it| it.1);
        let fields = view.as_object().into_iter().flatten();
        let mut fields = fields.filter(|(name, _)| name.eq_ignore_ascii_case(property));
        match fields.next() {
            Some((_, Value::Object(inner))) => inner.get("Name").cloned().unwrap_or_default(),
            Some((_, value)) => value.clone(),
            None => Value::Null,
        }
    })
}

/// Filters and sorts as in the body.
fn search<'w, T>(
    context: &Context<'_>,
    all: impl Iterator<Item = &'w T>,
    property: impl Fn(&T, &str) -> Value,
) -> Result<Vec<&'w T>, Reply> {
    let body = context.body()?;
    let filter = Filter::read(&body)?;
    let words = body
        .get("BasicSearchString")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let words = words.trim_matches('*').to_lowercase();
    let fits_words = |it: &T| {
        words.is_empty()
            || [
                "MachineName",
                "DnsName",
                "UserName",
                "DeliveryGroup",
                "MachineCatalog",
                "Name",
                "Text",
                "Description",
            ]
            .iter()
            .any(|name| {
                let value = property(it, name);
                value
                    .as_str()
                    .is_some_and(|it| it.to_lowercase().contains(&words))
            })
    };
    let mut found = Vec::new();
    for it in all {
        if fits_words(it) && filter.fits(&|name: &str| property(it, name))? {
            found.push(it);
        }
    }
    for (name, descending) in criteria(&body).into_iter().rev() {
        found.sort_by_cached_key(|it| order(&property(it, &name)));
        if descending {
            found.reverse();
        }
    }
    let skip = context.call.query.number("skip", 0, u32::MAX)?.unwrap_or(0);
    let skip = usize::try_from(skip).unwrap_or(usize::MAX).min(found.len());
    Ok(found.split_off(skip))
}

/// Returns the properties to sort by, most important first, each with whether the order is descending.
fn criteria(body: &Fields) -> Vec<(String, bool)> {
    let several = body.get("SortCriteriaItems").and_then(Value::as_array);
    let one = body.get("SortCriteria").into_iter();
    let all = several.into_iter().flatten().chain(one);
    all.filter_map(|it| {
        Some((
            it["Property"].as_str()?.to_owned(),
            it["SortDirection"] == "Descending",
        ))
    })
    .collect()
}

/// Returns a page with the total, which only searches have.
fn respond<V: Serialize>(
    context: &Context<'_>,
    total: usize,
    views: impl Iterator<Item = V>,
) -> Outcome {
    // A token is valid only for the same search.
    let body = String::from_utf8_lossy(&context.call.body);
    let list = [context.call.operation.name, &body];
    let mut reply = context
        .shared
        .pager
        .page(&list, &context.call.query, views)?;
    if !context.shared.settings.strict {
        return Ok(reply);
    }
    let mut page = reply.body.to_vec();
    if page.pop() != Some(b'}') {
        return Err(common::invalid_string("limit"));
    }
    page.extend_from_slice(format!(",\"TotalItems\":{total}}}").as_bytes());
    reply.body = page.into();
    Ok(reply)
}

/// Reads the most common properties without building the machine's whole response.
fn machine_property(objects: Objects<'_>, machine: &Machine, property: &str) -> Value {
    let site = objects.site;
    match property {
        "MachineName" => json!(machine.name()),
        "DnsName" => json!(dns_name(machine)),
        // Only sessions and other objects have these.
        "UserName" | "Text" => Value::Null,
        "Name" => json!(machine.name()),
        "Description" => {
            let settings = machine.settings.as_deref();
            settings
                .and_then(|it| it.get(property).cloned())
                .unwrap_or_default()
        }
        // Without settings of its own, a machine has the same name on its hypervisor and in its domain.
        "HostedMachineName" if machine.settings.is_none() => {
            let name = machine.name().rsplit('\\').next();
            json!(name.filter(|_| machine.power_managed))
        }
        "Uid" => json!(machine.uid()),
        "PowerState" => json!(format!("{:?}", machine.power_state)),
        "RegistrationState" => json!(format!("{:?}", machine.registration_state)),
        "InMaintenanceMode" => json!(machine.in_maintenance_mode),
        "PowerActionPending" => json!(machine.power_action_pending),
        "SessionCount" => json!(machine.session_count),
        "SummaryState" => json!(summary(machine)),
        "FaultState" => json!(fault(machine)),
        "MachineCatalog" => {
            let catalog = site.catalogs().get(&machine.catalog_id);
            json!(catalog.map(|it| it.name.as_str()))
        }
        "DeliveryGroup" => {
            let id = machine.delivery_group_id.as_deref();
            let group = id.and_then(|id| site.resources(ResourceKind::DeliveryGroup).get(id));
            json!(group.map(|it| it.name.as_str()))
        }
        _ => from_view(&MachineView::new(objects, machine).detailed(), property),
    }
}

fn session_property(objects: Objects<'_>, session: &Session, property: &str) -> Value {
    let site = objects.site;
    match property {
        "SessionState" => json!(format!("{:?}", session.state)),
        "UserName" | "CurrentUser" | "LastConnectionUser" => json!(session.user),
        "UserDisplayName" => json!(session.user.rsplit('\\').next()),
        "Uid" => json!(session.uid()),
        "StartTime" => json!(session.started.to_string()),
        "SessionStateChangeTime" => {
            json!(session.state_changed.unwrap_or(session.started).to_string())
        }
        "AppState" => from_view(&SessionView::new(objects, session), property),
        _ => match site.machines.get(&session.machine_id) {
            Some(machine) => machine_property(objects, machine, property),
            None => Value::Null,
        },
    }
}

/// Reads a property, whose name may differ between searches and responses.
fn from_view(view: &impl Serialize, property: &str) -> Value {
    let (field, inner) = match property {
        "AppsInUse" => ("ApplicationsInUse", ""),
        "ClientIP" => ("SessionClientAddress", ""),
        "ClientName" => ("SessionClientName", ""),
        "ClientVersion" => ("SessionClientVersion", ""),
        "ConnectedViaHostName" => ("SessionConnectedViaHostName", ""),
        "ConnectedViaIP" => ("SessionConnectedViaIP", ""),
        "ConnectionProtocol" => ("SessionProtocol", ""),
        "CurrentUser" | "UserName" => ("SessionUserName", ""),
        "HostedMachineName" => ("Hosting", "HostedMachineName"),
        "HostingServerName" => ("Hosting", "HostingServerName"),
        "HypervisorConnection" => ("Hosting", "HypervisorConnection"),
        "ImageOutOfDate" => ("Hosting", "ImageOutOfDate"),
        "LaunchedViaHostName" => ("SessionLaunchedViaHostName", ""),
        "LaunchedViaIP" => ("SessionLaunchedViaIP", ""),
        "SecureIcaActive" => ("SessionSecureIcaActive", ""),
        "SmartAccessFilters" => ("SessionSmartAccessTags", ""),
        "StartTime" => ("SessionStartTime", ""),
        "VdaUpgrade" => ("UpgradeType", ""),
        "VdaUpgradeState" => ("UpgradeState", ""),
        "ZoneName" => ("Zone", ""),
        other => (other, ""),
    };
    // Views are objects, so this cannot fail.
    let mut value = field_mask::pick(view, field)
        .ok()
        .flatten()
        .unwrap_or_default();
    if !inner.is_empty() {
        value = value[inner].take();
    }
    match value {
        Value::Object(mut it) => it.shift_remove("Name").unwrap_or_default(),
        other => other,
    }
}
