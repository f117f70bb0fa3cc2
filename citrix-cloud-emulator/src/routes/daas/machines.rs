//! `/Machines`, apart from power actions.

use serde_json::Value;

use super::catalog_view::CatalogView;
use super::machine_view::MachineView;
use super::session_view::SessionView;
use super::turn::Turn;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply, json_body};
use crate::paging;
use crate::world::{Machine, SessionState};

pub(super) fn list(turn: &mut Turn<'_>) -> Outcome {
    let world = &*turn.world;
    let query = &turn.call.query;
    turn.shared.pager.page_after(&["Machines"], query, |after| {
        let machines = world.machines.after(after);
        machines.map(|(serial, machine)| (serial, MachineView::new(world, machine)))
    })
}

pub(super) fn get(turn: &mut Turn<'_>) -> Outcome {
    let view = MachineView::new(turn.world, named(turn)?).detailed();
    Ok(paging::single(&turn.call.query, &view))
}

pub(super) fn exists(turn: &mut Turn<'_>) -> Outcome {
    named(turn).map(|_| Reply::empty(200))
}

pub(super) fn catalog(turn: &mut Turn<'_>) -> Outcome {
    let id = &named(turn)?.catalog_id;
    let catalog = turn.world.catalogs.get(id);
    let catalog = catalog.ok_or_else(|| orchestration::not_found("MachineCatalog", id))?;
    Ok(Reply::json(
        200,
        &CatalogView::new(turn.world, catalog).detailed(),
    ))
}

pub(super) fn sessions(turn: &mut Turn<'_>) -> Outcome {
    let machine = named(turn)?;
    let world = &*turn.world;
    let list = ["MachineSessions", machine.id()];
    let query = &turn.call.query;
    turn.shared.pager.page_after(&list, query, |after| {
        let sessions = world.sessions.group_after(machine.id(), after);
        sessions.map(|(serial, session)| (serial, SessionView::new(world, session)))
    })
}

/// Sets maintenance mode, and ignores what else the model allows. The answer has no body.
pub(super) fn update(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id().to_owned();
    let body = json_body(&turn.call.body)?;
    let wanted = match body.get("InMaintenanceMode") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(wanted)) => Some(*wanted),
        Some(_) => return Err(common::invalid_string("InMaintenanceMode")),
    };
    if let (Some(wanted), Some(mut machine)) = (wanted, turn.world.machines.get_mut(&id)) {
        machine.in_maintenance_mode = wanted;
    }
    Ok(Reply::empty(200))
}

pub(super) fn log_off(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id().to_owned();
    turn.world.end_sessions_on(&id);
    get(turn)
}

pub(super) fn disconnect(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id().to_owned();
    let sessions = &mut turn.world.sessions;
    sessions.change_group(&id, |session| session.state = SessionState::Disconnected);
    get(turn)
}

pub(super) fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t Machine, Reply> {
    let machine = turn.world.machines.get(turn.name());
    machine.ok_or_else(|| orchestration::not_found("Machine", turn.name()))
}
