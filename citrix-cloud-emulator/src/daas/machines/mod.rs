//! `/Machines`, apart from power actions.

use self::view::{MachineView, dns_name};
use super::catalogs;
use super::context::{Context, Handler};
use crate::daas::sessions::view::SessionView;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::paging;
use crate::world::{Machine, PowerAction};

pub(super) mod parts;
pub(super) mod power;
pub(super) mod settings;
pub(super) mod vda_upgrades;
pub(super) mod view;
pub(super) mod writes;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachinesGetMachines" | "MachinesGetMachinesV2" => list,
        "MachinesGetMachine" => get,
        "MachinesCheckMachineExists" => exists,
        "MachinesGetMachineMachineCatalog" => catalogs::of_machine,
        "MachinesGetMachineSessions" => sessions,
        "MachinesLogoffMachineSessions" => log_off,
        "MachinesDisconnectSessions" => disconnect,
        "MachinesStartMachine" => |context| power::act(context, PowerAction::Start),
        "MachinesShutdownMachine" => |context| power::act(context, PowerAction::Shutdown),
        "MachinesRebootMachine" => |context| power::act(context, PowerAction::Reboot),
        "MachinesSuspendMachine" => |context| power::act(context, PowerAction::Suspend),
        "MachinesResumeMachine" => |context| power::act(context, PowerAction::Resume),
        _ => return None,
    })
}

fn list(context: &mut Context<'_>) -> Outcome {
    let site = &*context.site;
    let objects = context.objects();
    let query = &context.call.query;
    context.shared.pager.page_after(
        &["Machines"],
        query,
        || site.machines.len(),
        |after| {
            let machines = site.machines.after(after);
            machines.map(|(serial, machine)| (serial, MachineView::new(objects, machine)))
        },
    )
}

fn get(context: &mut Context<'_>) -> Outcome {
    let view = MachineView::new(context.objects(), named(context)?).detailed();
    Ok(paging::single(&context.call.query, &view))
}

fn exists(context: &mut Context<'_>) -> Outcome {
    named(context).map(|_| Reply::empty(200))
}

fn sessions(context: &mut Context<'_>) -> Outcome {
    let machine = named(context)?;
    let site = &*context.site;
    let objects = context.objects();
    let list = ["MachineSessions", machine.id()];
    let query = &context.call.query;
    context.shared.pager.page_after(
        &list,
        query,
        || site.sessions.group_len(machine.id()),
        |after| {
            let sessions = site.sessions.group_after(machine.id(), after);
            sessions.map(|(serial, session)| (serial, SessionView::new(objects, session)))
        },
    )
}

fn log_off(context: &mut Context<'_>) -> Outcome {
    let id = named(context)?.id().to_owned();
    context.site.end_sessions_on(&id);
    get(context)
}

fn disconnect(context: &mut Context<'_>) -> Outcome {
    let id = named(context)?.id().to_owned();
    let now = context.now;
    let sessions = &mut context.site.sessions;
    sessions.change_group(&id, |session| session.disconnect(now));
    get(context)
}

pub(super) fn named<'t>(context: &'t Context<'_>) -> Result<&'t Machine, Reply> {
    let machines = &context.site.machines;
    let name = context.name();
    let machine = machines.get(name).or_else(|| {
        // Computer names contain no dots, so few calls have to search all machines.
        let has_dots = name.contains('.');
        let mut all = machines.iter().filter(|_| has_dots);
        all.find(|it| dns_name(it).eq_ignore_ascii_case(name))
    });
    machine.ok_or_else(|| orchestration::not_found("Machine", context.name()))
}
