//! `/Sites/{nameOrId}/...` beyond the site itself.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::clock::later;
use crate::daas::context::{Context, Handler};
use crate::daas::resource::{self, Fields};
use crate::daas::times::{self, formatted};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::paging;
use crate::world::{Resource, ResourceKind, SessionState};

/// The initial settings of a site.
const DEFAULTS: &str = r#"{
    "UseVerticalScalingForRdsLaunches": false, "DnsResolutionEnabled": false,
    "TrustRequestsSentToTheXmlServicePortEnabled": false, "WebUiPolicySetEnabled": true,
    "ConsoleInactivityTimeoutMinutes": 60, "SupportedAuthenticators": "Basic"
}"#;

/// The field of the one setting that has operations of its own.
const REMOTE_PC: &str = "AllowMultipleRemotePCAssignments";

/// The maximum number of points in a trend.
const MOST_POINTS: usize = 10_000;

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "SitesGetMultipleRemotePCAssignments" => get_remote_pc,
        "SitesPatchMultipleRemotePCAssignments" => set_remote_pc,
        "SitesGetSessionsTrend" => trend,
        "SitesGetSiteSettings" => get,
        "SitesPatchSiteSettings" => update,
        "SitesGetSiteStatus" => status,
        _ => return None,
    })
}

fn get(context: &mut Context<'_>) -> Outcome {
    let settings = settings(context)?;
    let view = resource::shown(context.objects(), &settings, resource::model_of(context));
    Ok(paging::single(&context.call.query, &view))
}

fn update(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    if let Some(minutes) = body
        .get("ConsoleInactivityTimeoutMinutes")
        .and_then(Value::as_i64)
        && !(10..=1440).contains(&minutes)
    {
        return Err(common::out_of_range(
            "ConsoleInactivityTimeoutMinutes",
            10,
            1440,
        ));
    }
    change(context, body)
}

fn get_remote_pc(context: &mut Context<'_>) -> Outcome {
    let allowed = settings(context)?.get(REMOTE_PC).cloned();
    Ok(Reply::json(200, &allowed.unwrap_or(json!(true))))
}

fn set_remote_pc(context: &mut Context<'_>) -> Outcome {
    let allow = context.call.query.flag("allow")?;
    change(
        context,
        Fields::from_iter([(REMOTE_PC.to_owned(), json!(allow))]),
    )
}

fn status(context: &mut Context<'_>) -> Outcome {
    settings(context)?;
    let view = Fields::from_iter([
        ("SiteState".to_owned(), json!("Configured")),
        ("LatestControllerVersion".to_owned(), json!("7.45")),
    ]);
    Ok(Reply::json(
        200,
        &resource::shown(context.objects(), &view, resource::model_of(context)),
    ))
}

/// Returns the number of sessions at the end of each interval. The emulator keeps no record of ended sessions.
fn trend(context: &mut Context<'_>) -> Outcome {
    settings(context)?;
    let query = &context.call.query;
    let time = |name: &str| {
        let text = query.get(name).unwrap_or_default();
        times::read(text).ok_or_else(|| common::invalid_string(name))
    };
    let (start, end) = (time("startDate")?, time("endDate")?);
    let minutes = query.number("intervalLength", 1, 100_000)?.unwrap_or(60);
    if end < start {
        return Err(orchestration::bad_request("endDate is before startDate."));
    }
    let interval = SignedDuration::from_mins(minutes.into());
    let mut points = Vec::new();
    let mut at = start;
    while at <= end && points.len() < MOST_POINTS {
        let sessions = context.site.sessions.iter().filter(|it| it.started <= at);
        let (mut connected, mut disconnected) = (0, 0);
        for session in sessions {
            match session.state {
                SessionState::Disconnected => disconnected += 1,
                _ => connected += 1,
            }
        }
        points.push(json!({
            "Date": formatted(Some(at)),
            "ConcurrentSessions": connected + disconnected,
            "ConnectedSessions": connected,
            "DisconnectedSessions": disconnected,
        }));
        at = later(at, interval);
    }
    let mut page = json!({ "Items": points, "TotalItems": points.len() });
    if context.shared.settings.strict {
        page["ContinuationToken"] = Value::Null;
    }
    Ok(Reply::json(200, &page))
}

/// Returns the settings of the site in the path.
fn settings(context: &Context<'_>) -> Result<Fields, Reply> {
    let id = site(context)?;
    let mut settings: Fields = serde_json::from_str(DEFAULTS).unwrap_or_default();
    if let Some(stored) = context.site.resources(ResourceKind::SiteSettings).get(&id) {
        settings.extend(stored.fields.clone());
    }
    Ok(settings)
}

fn change(context: &mut Context<'_>, changes: Fields) -> Outcome {
    let id = site(context)?;
    let all = context.site.resources_mut(ResourceKind::SiteSettings);
    if !all.contains(&id) {
        all.push(Resource::new("settings").with_id(&id));
    }
    if let Some(mut settings) = all.get_mut(&id) {
        settings.fields.extend(changes);
    }
    resource::empty()
}

fn site(context: &Context<'_>) -> Result<String, Reply> {
    let site = Some(&*context.site).filter(|it| it.is_called(context.name()));
    let site = site.ok_or_else(|| orchestration::not_found("Site", context.name()))?;
    Ok(site.id().to_owned())
}
