//! `/Sessions`.

use super::handlers::Handler;
use super::machine_view::MachineView;
use super::objects;
use super::session_view::SessionView;
use super::turn::Turn;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply, json_body};
use crate::paging;
use crate::world::{Session, SessionState};

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
        "SessionsHideSession" => |turn| hide(turn, true),
        "SessionsUnhideSession" => |turn| hide(turn, false),
        "SessionsSendSessionMessage" => send_message,
        _ => return None,
    })
}

/// A desktop runs no published application.
fn applications(turn: &mut Turn<'_>) -> Outcome {
    named(turn)?;
    objects::page(turn, std::iter::empty())
}

fn list(turn: &mut Turn<'_>) -> Outcome {
    let site = &*turn.site;
    let query = &turn.call.query;
    turn.shared.pager.page_after(
        &["Sessions"],
        query,
        || site.sessions.len(),
        |after| {
            let sessions = site.sessions.after(after);
            sessions.map(|(serial, session)| (serial, SessionView::new(site, session)))
        },
    )
}

fn get(turn: &mut Turn<'_>) -> Outcome {
    let view = SessionView::new(turn.site, named(turn)?);
    Ok(paging::single(&turn.call.query, &view))
}

fn machine(turn: &mut Turn<'_>) -> Outcome {
    let id = &named(turn)?.machine_id;
    let machine = turn.site.machines.get(id);
    let machine = machine.ok_or_else(|| orchestration::not_found("Machine", id))?;
    Ok(Reply::json(
        200,
        &MachineView::new(turn.site, machine).detailed(),
    ))
}

/// Ends the session; the answer has no body.
fn log_off(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id().to_owned();
    turn.site.end_session(&id);
    Ok(Reply::empty(200))
}

fn disconnect(turn: &mut Turn<'_>) -> Outcome {
    change(turn, |session| session.state = SessionState::Disconnected)?;
    get(turn)
}

fn hide(turn: &mut Turn<'_>, hidden: bool) -> Outcome {
    change(turn, |session| session.hidden = hidden)?;
    Ok(Reply::empty(200))
}

fn send_message(turn: &mut Turn<'_>) -> Outcome {
    named(turn)?;
    let body = json_body(&turn.call.body)?;
    if let Some(style) = body["Style"].as_str()
        && !STYLES.iter().any(|known| known.eq_ignore_ascii_case(style))
    {
        return Err(common::invalid_enum("Style", &STYLES));
    }
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    change(turn, |session| {
        session.messages.push((text("Title"), text("Text")));
    })?;
    get(turn)
}

fn change(turn: &mut Turn<'_>, change: impl FnOnce(&mut Session)) -> Result<(), Reply> {
    let name = turn.name().to_owned();
    let session = turn.site.sessions.get_mut(&name);
    change(&mut *session.ok_or_else(|| orchestration::not_found("Session", &name))?);
    Ok(())
}

fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t Session, Reply> {
    let session = turn.site.sessions.get(turn.name());
    session.ok_or_else(|| orchestration::not_found("Session", turn.name()))
}
