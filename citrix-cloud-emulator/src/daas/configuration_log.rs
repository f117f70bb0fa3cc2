//! `/ConfigLog/Operations`: every write adds an entry.

use serde_json::{Value, json};

use super::context::{Context, Handler};
use super::resource;
use super::times::{self, formatted, spoken};
use crate::clock::later;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::system_log;
use crate::world::{Resource, ResourceKind};

/// The field of an entry with its labels.
const LABELS: &str = "Labels";

/// The maximum number of entries; the oldest are dropped.
const CAPACITY: usize = 10_000;

/// Operations that change nothing, although their method suggests it.
const LOOKS: [&str; 10] = [
    "ApplicationsSearchStartMenuApplications",
    "BatchDoBatchRequest",
    "ConfigLogExportReportData",
    "GpoComparePolicies",
    "GpoRunSimulation",
    "HypervisorsValidateHypervisorResourcePoolResource",
    "IdentityValidateUser",
    "JobsCancelJob",
    "JobsSkipRemainingSubtasks",
    "MachinesImportFileTypes",
];

/// Further endings of such operations' names.
const QUESTIONS: [&str; 17] = [
    "$GetFileTypes",
    "$GetHypervisor",
    "$GetResources",
    "$PreviewReport",
    "$ValidateVm",
    "$checkName",
    "$checkNameExists",
    "$checkObjectNameExists",
    "$checkScopeName",
    "$export",
    "$exportMachineProfile",
    "$fetchExistingLabels",
    "$getPatchPreview",
    "$group",
    "$search",
    "$test",
    "$validate",
];

/// Actions on machines and sessions do not change the configuration.
const ACTIVITIES: [&str; 15] = [
    "$start",
    "$shutdown",
    "$reboot",
    "$suspend",
    "$resume",
    "$logoff",
    "$disconnect",
    "$hide",
    "$unhide",
    "$sendMessage",
    "$applyUpdate",
    "$RebootMachines",
    "$StartRebootCycle",
    "$startRecording",
    "$stopRecording",
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ConfigLogGetOperations" => list,
        "ConfigLogGetOperation" => get,
        "ConfigLogGetLowLevelOperations" => low_level,
        "ConfigLogGetFirstLogDate" => first_date,
        "ConfigLogPatchOperation" => label,
        "ConfigLogFetchExistingOperationLabels" => labels,
        "ConfigLogDeleteLogs" => |context| {
            let log = context
                .site
                .resources_mut(ResourceKind::ConfigurationLogEntry);
            let ids: Vec<String> = log.iter().map(|it| it.id().to_owned()).collect();
            for id in ids {
                log.remove(&id);
            }
            resource::empty()
        },
        "ConfigLogGetLogSite" => logging,
        "ConfigLogSetLogSite" => set_logging,
        "ConfigLogExportReportData" => export,
        _ => return None,
    })
}

/// Adds an entry for a completed call, if it changed something.
pub(super) fn note(context: &mut Context<'_>, reply: &Reply) {
    let operation = context.call.operation;
    if matches!(operation.method, "GET" | "HEAD") || LOOKS.contains(&operation.name) {
        return;
    }
    let action = operation.path.iter().rev().find(|it| it.starts_with('$'));
    if action.is_some_and(|it| QUESTIONS.contains(it)) {
        return;
    }
    let activity = action.is_some_and(|it| ACTIVITIES.contains(it));
    let verb = match (action, operation.method) {
        (Some(action), _) => action.trim_start_matches('$'),
        (None, "POST") => "create",
        (None, "DELETE") => "delete",
        (None, _) => "update",
    };
    let mut words = operation.path.iter().rev();
    let target = words.find(|it| !it.starts_with(['{', '$']));
    let target = target.copied().unwrap_or_default();
    let name = named(context, reply, verb);
    let administrator = context.administrator;
    let entry = Resource::new(system_log::words(verb, target, &name))
        .with("User", administrator.display_name.as_str())
        .with("UserIdentity", administrator.user_id.as_str())
        .with("TargetTypes", json!([target]))
        .with(
            "OperationType",
            if activity {
                "AdminActivity"
            } else {
                "ConfigurationChange"
            },
        )
        .with("At", context.now.to_string());
    system_log::note(
        context.platform,
        administrator,
        context.now,
        verb,
        target,
        &name,
    );
    let log = context
        .site
        .resources_mut(ResourceKind::ConfigurationLogEntry);
    log.push(entry);
    let oldest = log.iter().next().map(|it| it.id().to_owned());
    if let Some(oldest) = oldest.filter(|_| log.len() > CAPACITY) {
        log.remove(&oldest);
    }
}

/// Returns the call's subjects: the path's parameters, and the name of a created object.
fn named(context: &Context<'_>, reply: &Reply, verb: &str) -> String {
    let mut names = context.call.parameters.clone();
    if verb == "create" {
        let name = |body: &[u8]| {
            let body: Value = serde_json::from_slice(body).ok()?;
            body["Name"].as_str().map(str::to_owned)
        };
        // An object without a given name still gets one.
        names.extend(name(&context.call.body).or_else(|| name(&reply.body)));
    }
    names.join("\\")
}

/// Lists the entries of the last `days` that contain `text`, newest first.
fn list(context: &mut Context<'_>) -> Outcome {
    let query = &context.call.query;
    let text = query.get("text").unwrap_or_default().to_lowercase();
    let days = query.number("days", 0, 36_500)?;
    let first = days.map(|days| {
        later(
            context.now,
            jiff::SignedDuration::from_hours(-24 * i64::from(days)),
        )
    });
    let site = &*context.site;
    let model = resource::model_of(context);
    let entries = site
        .resources(ResourceKind::ConfigurationLogEntry)
        .iter()
        .rev();
    let entries = entries.filter_map(|entry| {
        let at: jiff::Timestamp = entry.fields.get("At")?.as_str()?.parse().ok()?;
        let fits = entry.name.to_lowercase().contains(&text) && first.is_none_or(|it| at >= it);
        fits.then(|| shown(entry, at, model))
    });
    resource::page(context, entries)
}

/// Returns all entries as the operation's model, newest first.
pub(super) fn views(context: &Context<'_>) -> Vec<Value> {
    let model = resource::model_of(context);
    let entries = context
        .site
        .resources(ResourceKind::ConfigurationLogEntry)
        .iter()
        .rev();
    let views = entries.filter_map(|entry| Some(shown(entry, time_of(entry)?, model)));
    views.collect()
}

fn time_of(entry: &Resource) -> Option<jiff::Timestamp> {
    entry.fields.get("At")?.as_str()?.parse().ok()
}

fn entry<'t>(context: &'t Context<'_>) -> Result<(&'t Resource, jiff::Timestamp), Reply> {
    let entries = context.site.resources(ResourceKind::ConfigurationLogEntry);
    let entry = entries.get(context.name());
    let found = entry.and_then(|entry| Some((entry, time_of(entry)?)));
    found.ok_or_else(|| orchestration::not_found("Operation", context.name()))
}

fn get(context: &mut Context<'_>) -> Outcome {
    let (entry, at) = entry(context)?;
    Ok(Reply::json(
        200,
        &shown(entry, at, resource::model_of(context)),
    ))
}

/// Each operation in the log stands for one low-level operation.
fn low_level(context: &mut Context<'_>) -> Outcome {
    let (entry, at) = entry(context)?;
    let mut view = shown(entry, at, resource::model_of(context));
    view["OperationId"] = json!(entry.id());
    view["SourceSdk"] = json!("Orchestration");
    resource::page(context, [view].into_iter())
}

/// Adds labels to an entry.
fn label(context: &mut Context<'_>) -> Outcome {
    let id = entry(context)?.0.id().to_owned();
    let labels = context.body()?.shift_remove(LABELS).unwrap_or_default();
    let log = context
        .site
        .resources_mut(ResourceKind::ConfigurationLogEntry);
    if let Some(mut entry) = log.get_mut(&id) {
        entry.fields.insert(LABELS.to_owned(), labels);
    }
    resource::empty()
}

/// Lists every label once.
#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn labels(context: &mut Context<'_>) -> Outcome {
    let log = context
        .site
        .resources(ResourceKind::ConfigurationLogEntry)
        .iter();
    let labels = log.flat_map(|it| resource::strings(it.fields.get(LABELS)));
    let labels: std::collections::BTreeSet<_> = labels.collect();
    Ok(Reply::json(200, &json!(labels)))
}

/// Returns the logging settings of the site.
#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn logging(context: &mut Context<'_>) -> Outcome {
    let set = context.site.resources(ResourceKind::LogSite).iter().next();
    let view = crate::schema::filled(resource::model_of(context), |field| {
        let given = set.and_then(|it| it.fields.get(field.name)).cloned();
        given.or_else(|| match field.name {
            "LoggingEnabled" => Some(json!(true)),
            "Locale" => Some(json!("en")),
            _ => None,
        })
    });
    Ok(Reply::json(200, &view))
}

fn set_logging(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    body.retain(|_, value| !value.is_null());
    let all = context.site.resources_mut(ResourceKind::LogSite);
    if all.is_empty() {
        all.push(Resource::new("logging"));
    }
    let id = all.iter().next().map(|it| it.id().to_owned());
    if let Some(mut logging) = id.and_then(|id| all.get_mut(&id)) {
        logging.fields.extend(body);
    }
    logging(context)
}

/// Exports the entries between two times as text, one per line, and as a page.
fn export(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let moment = |field: &str| {
        let text = body
            .get(field)
            .and_then(Value::as_str)
            .filter(|it| !it.is_empty());
        let moment = text.map(|it| times::read(it).ok_or_else(|| common::invalid_string(field)));
        moment.transpose()
    };
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let back = |hours: i64| Some(later(context.now, jiff::SignedDuration::from_hours(-hours)));
    let (from, to) = match text("CustomReportDateRange") {
        "Last24Hours" => (back(24), None),
        "Last7Days" => (back(7 * 24), None),
        "Last4Weeks" => (back(28 * 24), None),
        "Custom" => (moment("StartDate")?, moment("EndDate")?),
        _ => (None, None),
    };
    let log = context
        .site
        .resources(ResourceKind::ConfigurationLogEntry)
        .iter();
    let rows = log.filter_map(|entry| {
        let at = time_of(entry)?;
        let fits = from.is_none_or(|it| at >= it) && to.is_none_or(|it| at <= it);
        let user = entry
            .fields
            .get("User")
            .and_then(Value::as_str)
            .unwrap_or_default();
        fits.then(|| {
            [
                formatted(Some(at)).unwrap_or_default(),
                user.to_owned(),
                entry.name.clone(),
            ]
        })
    });
    let rows: Vec<[String; 3]> = rows.collect();
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let lines = rows.iter().map(|row| row.each_ref().map(quoted).join(","));
    let csv: Vec<String> = std::iter::once("Time,User,Operation".to_owned())
        .chain(lines)
        .collect();
    let format = text("CustomReportFormat");
    let view = crate::schema::filled(resource::model_of(context), |field| match field.name {
        "CsvData" if format != "Html" => Some(json!(csv.join("\r\n"))),
        "HtmlSummaryData" if format != "Csv" => {
            Some(json!(format!("<p>{} operations</p>", rows.len())))
        }
        "HtmlDetailsData" if format != "Csv" => Some(json!(as_table(&rows))),
        _ => None,
    });
    Ok(Reply::json(200, &view))
}

fn as_table(rows: &[[String; 3]]) -> String {
    let escaped = |cell: &String| {
        let cell = cell.replace('&', "&amp;").replace('<', "&lt;");
        format!("<td>{cell}</td>")
    };
    let rows = rows.iter().map(|row| {
        let cells: String = row.iter().map(escaped).collect();
        format!("<tr>{cells}</tr>")
    });
    format!("<table>{}</table>", rows.collect::<String>())
}

#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn first_date(context: &mut Context<'_>) -> Outcome {
    let first = context
        .site
        .resources(ResourceKind::ConfigurationLogEntry)
        .iter()
        .next();
    let first = first.and_then(time_of).unwrap_or(context.now);
    Ok(Reply::json(200, &json!(formatted(Some(first)))))
}

fn shown(entry: &Resource, at: jiff::Timestamp, model: &str) -> Value {
    crate::schema::filled(model, |field| match field.name {
        "Id" => Some(json!(entry.id())),
        "Text" => Some(json!(entry.name)),
        "Source" => Some(json!("Citrix DaaS REST API")),
        "IsSuccessful" => Some(json!(true)),
        "StartTime" | "EndTime" => Some(json!(spoken(Some(at)))),
        "FormattedStartTime" | "FormattedEndTime" => Some(json!(formatted(Some(at)))),
        name => entry.fields.get(name).cloned(),
    })
}
