//! `/Machines`, apart from power actions.

use super::catalogs;
use super::handlers::Handler;
use super::machine_view::MachineView;
use super::power;
use super::session_view::SessionView;
use super::turn::Turn;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::paging;
use crate::world::{Machine, PowerAction, SessionState};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachinesGetMachines" | "MachinesGetMachinesV2" => list,
        "MachinesGetMachine" => get,
        "MachinesCheckMachineExists" => exists,
        "MachinesGetMachineMachineCatalog" => catalogs::of_machine,
        "MachinesGetMachineSessions" => sessions,
        "MachinesLogoffMachineSessions" => log_off,
        "MachinesDisconnectSessions" => disconnect,
        "MachinesStartMachine" => |turn| power::act(turn, PowerAction::Start),
        "MachinesShutdownMachine" => |turn| power::act(turn, PowerAction::Shutdown),
        "MachinesRebootMachine" => |turn| power::act(turn, PowerAction::Reboot),
        "MachinesSuspendMachine" => |turn| power::act(turn, PowerAction::Suspend),
        "MachinesResumeMachine" => |turn| power::act(turn, PowerAction::Resume),
        _ => return None,
    })
}

fn list(turn: &mut Turn<'_>) -> Outcome {
    let site = &*turn.site;
    let query = &turn.call.query;
    turn.shared.pager.page_after(
        &["Machines"],
        query,
        || site.machines.len(),
        |after| {
            let machines = site.machines.after(after);
            machines.map(|(serial, machine)| (serial, MachineView::new(site, machine)))
        },
    )
}

fn get(turn: &mut Turn<'_>) -> Outcome {
    let view = MachineView::new(turn.site, named(turn)?).detailed();
    Ok(paging::single(&turn.call.query, &view))
}

fn exists(turn: &mut Turn<'_>) -> Outcome {
    named(turn).map(|_| Reply::empty(200))
}

fn sessions(turn: &mut Turn<'_>) -> Outcome {
    let machine = named(turn)?;
    let site = &*turn.site;
    let list = ["MachineSessions", machine.id()];
    let query = &turn.call.query;
    turn.shared.pager.page_after(
        &list,
        query,
        || site.sessions.group_len(machine.id()),
        |after| {
            let sessions = site.sessions.group_after(machine.id(), after);
            sessions.map(|(serial, session)| (serial, SessionView::new(site, session)))
        },
    )
}

fn log_off(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id().to_owned();
    turn.site.end_sessions_on(&id);
    get(turn)
}

fn disconnect(turn: &mut Turn<'_>) -> Outcome {
    let id = named(turn)?.id().to_owned();
    let sessions = &mut turn.site.sessions;
    sessions.change_group(&id, |session| session.state = SessionState::Disconnected);
    get(turn)
}

pub(super) fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t Machine, Reply> {
    let machine = turn.site.machines.get(turn.name());
    machine.ok_or_else(|| orchestration::not_found("Machine", turn.name()))
}
