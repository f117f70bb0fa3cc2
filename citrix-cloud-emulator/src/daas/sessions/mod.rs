//! `/Sessions`.

use serde_json::json;

use self::view::SessionView;
use super::context::{Context, Handler};
use super::resource;
use crate::daas::machines::view::MachineView;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply, json_body};
use crate::paging;
use crate::world::Session;

pub(super) mod view;

const STYLES: [&str; 5] = [
    "Unknown",
    "Critical",
    "Question",
    "Exclamation",
    "Information",
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "SessionsGetSessions" | "SessionsGetSessionsV2" => list,
        "SessionsGetSession" => get,
        "SessionsGetSessionMachine" => machine,
        "SessionsGetSessionApplications" => applications,
        "SessionsLogoffSession" => log_off,
        "SessionsDisconnectSession" => disconnect,
        "SessionsHideSession" => |context| hide(context, true),
        "SessionsUnhideSession" => |context| hide(context, false),
        "SessionsSendSessionMessage" => send_message,
        "SessionsStartSessionRecording" => |context| record(context, true),
        "SessionsStopSessionRecording" => |context| record(context, false),
        "SessionsGetSessionRecordingStatus" => recording,
        _ => return None,
    })
}

/// A desktop does not run a published application.
fn applications(context: &mut Context<'_>) -> Outcome {
    named(context)?;
    resource::page(context, std::iter::empty())
}

fn list(context: &mut Context<'_>) -> Outcome {
    let site = &*context.site;
    let objects = context.objects();
    let query = &context.call.query;
    context.shared.pager.page_after(
        &["Sessions"],
        query,
        || site.sessions.len(),
        |after| {
            let sessions = site.sessions.after(after);
            sessions.map(|(serial, session)| (serial, SessionView::new(objects, session)))
        },
    )
}

fn get(context: &mut Context<'_>) -> Outcome {
    let view = SessionView::new(context.objects(), named(context)?);
    Ok(paging::single(&context.call.query, &view))
}

fn machine(context: &mut Context<'_>) -> Outcome {
    let id = &named(context)?.machine_id;
    let machine = context.site.machines.get(id);
    let machine = machine.ok_or_else(|| orchestration::not_found("Machine", id))?;
    Ok(Reply::json(
        200,
        &MachineView::new(context.objects(), machine).detailed(),
    ))
}

/// Ends the session; the response has no body.
fn log_off(context: &mut Context<'_>) -> Outcome {
    let id = named(context)?.id().to_owned();
    context.site.end_session(&id);
    Ok(Reply::empty(200))
}

fn disconnect(context: &mut Context<'_>) -> Outcome {
    let now = context.now;
    change(context, |session| session.disconnect(now))?;
    get(context)
}

fn hide(context: &mut Context<'_>, hidden: bool) -> Outcome {
    change(context, |session| session.hidden = hidden)?;
    Ok(Reply::empty(200))
}

fn record(context: &mut Context<'_>, recorded: bool) -> Outcome {
    context.call.query.flag("notifyUser")?;
    change(context, |session| session.recorded = recorded)?;
    get(context)
}

/// Returns whether the session in the query is being recorded.
fn recording(context: &mut Context<'_>) -> Outcome {
    let id = context.call.query.get("id").unwrap_or_default();
    let session = context.site.sessions.get(id);
    let session = session.ok_or_else(|| orchestration::not_found("Session", id))?;
    Ok(Reply::json(
        200,
        &json!({ "IsSessionBeingRecorded": session.recorded }),
    ))
}

fn send_message(context: &mut Context<'_>) -> Outcome {
    named(context)?;
    let body = json_body(&context.call.body)?;
    if let Some(style) = body["Style"].as_str()
        && !STYLES.iter().any(|known| known.eq_ignore_ascii_case(style))
    {
        return Err(common::invalid_enum("Style", &STYLES));
    }
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    change(context, |session| {
        session.messages.push((text("Title"), text("Text")));
    })?;
    get(context)
}

fn change(context: &mut Context<'_>, change: impl FnOnce(&mut Session)) -> Result<(), Reply> {
    let name = context.name().to_owned();
    let session = context.site.sessions.get_mut(&name);
    change(&mut *session.ok_or_else(|| orchestration::not_found("Session", &name))?);
    Ok(())
}

fn named<'t>(context: &'t Context<'_>) -> Result<&'t Session, Reply> {
    let session = context.site.sessions.get(context.name());
    session.ok_or_else(|| orchestration::not_found("Session", context.name()))
}
