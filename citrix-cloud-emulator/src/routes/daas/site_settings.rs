//! `/Sites/{nameOrId}/...` beyond the site itself.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::handlers::Handler;
use super::jobs::formatted;
use super::objects::{self, Fields};
use super::turn::Turn;
use crate::clock::later;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::paging;
use crate::world::{Kind, Resource, SessionState};

/// What a site begins with.
const DEFAULTS: &str = r#"{
    "UseVerticalScalingForRdsLaunches": false, "DnsResolutionEnabled": false,
    "TrustRequestsSentToTheXmlServicePortEnabled": false, "WebUiPolicySetEnabled": true,
    "ConsoleInactivityTimeoutMinutes": 60, "SupportedAuthenticators": "Basic"
}"#;

/// Where the one setting is kept that has operations of its own.
const REMOTE_PC: &str = "AllowMultipleRemotePCAssignments";

/// The most points that a trend has.
const MOST_POINTS: usize = 10_000;

pub(super) fn handler(operation: &str) -> Option<Handler> {
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

fn get(turn: &mut Turn<'_>) -> Outcome {
    let settings = settings(turn)?;
    let view = objects::shown(turn.site, &settings, objects::model_of(turn));
    Ok(paging::single(&turn.call.query, &view))
}

fn update(turn: &mut Turn<'_>) -> Outcome {
    let body = turn.body()?;
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
    change(turn, body)
}

fn get_remote_pc(turn: &mut Turn<'_>) -> Outcome {
    let allowed = settings(turn)?.get(REMOTE_PC).cloned();
    Ok(Reply::json(200, &allowed.unwrap_or(json!(true))))
}

fn set_remote_pc(turn: &mut Turn<'_>) -> Outcome {
    let allow = turn.call.query.flag("allow")?;
    change(
        turn,
        Fields::from_iter([(REMOTE_PC.to_owned(), json!(allow))]),
    )
}

fn status(turn: &mut Turn<'_>) -> Outcome {
    settings(turn)?;
    let view = Fields::from_iter([
        ("SiteState".to_owned(), json!("Configured")),
        ("LatestControllerVersion".to_owned(), json!("7.45")),
    ]);
    Ok(Reply::json(
        200,
        &objects::shown(turn.site, &view, objects::model_of(turn)),
    ))
}

/// Answers how many sessions there were at the end of each interval; what is over has left no trace.
fn trend(turn: &mut Turn<'_>) -> Outcome {
    settings(turn)?;
    let query = &turn.call.query;
    let time = |name: &str| {
        let text = query.get(name).unwrap_or_default();
        let time = text.parse::<Timestamp>().ok().or_else(|| {
            let date = text.parse::<jiff::civil::DateTime>().ok()?;
            Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
        });
        time.ok_or_else(|| common::invalid_string(name))
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
        let sessions = turn.site.sessions.iter().filter(|it| it.started <= at);
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
    if turn.shared.settings.strict {
        page["ContinuationToken"] = Value::Null;
    }
    Ok(Reply::json(200, &page))
}

/// The settings of the site that the path names.
fn settings(turn: &Turn<'_>) -> Result<Fields, Reply> {
    let id = site(turn)?;
    let mut settings: Fields = serde_json::from_str(DEFAULTS).unwrap_or_default();
    if let Some(stored) = turn.site.resources(Kind::SiteSettings).get(&id) {
        settings.extend(stored.fields.clone());
    }
    Ok(settings)
}

fn change(turn: &mut Turn<'_>, changes: Fields) -> Outcome {
    let id = site(turn)?;
    let all = turn.site.resources_mut(Kind::SiteSettings);
    if !all.contains(&id) {
        all.push(Resource::new("settings").with_id(&id));
    }
    if let Some(mut settings) = all.get_mut(&id) {
        settings.fields.extend(changes);
    }
    objects::empty()
}

fn site(turn: &Turn<'_>) -> Result<String, Reply> {
    let site = Some(&*turn.site).filter(|it| it.is_called(turn.name()));
    let site = site.ok_or_else(|| orchestration::not_found("Site", turn.name()))?;
    Ok(site.id().to_owned())
}
