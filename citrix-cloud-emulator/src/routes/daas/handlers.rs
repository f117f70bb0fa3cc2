//! The operations that are emulated, out of all that exist.

use super::turn::Turn;
use super::{batch, catalogs, jobs, machines, power, sessions, sites};
use crate::http::Outcome;
use crate::world::PowerAction;

pub(super) type Handler = fn(&mut Turn<'_>) -> Outcome;

pub(super) fn is_emulated(operation: &str) -> bool {
    handler(operation).is_some()
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MeGetMe" => sites::me,
        "SitesGetSites" => sites::list,
        "SitesGetSite" => sites::get,
        "MachineCatalogsGetMachineCatalogs" | "MachineCatalogsGetMachineCatalogsV2" => {
            catalogs::list
        }
        "MachineCatalogsGetMachineCatalog" => catalogs::get,
        "MachineCatalogsGetMachineCatalogMachines" => catalogs::machines,
        "MachineCatalogsCheckMachineCatalogExists" => catalogs::exists,
        "MachinesGetMachines" | "MachinesGetMachinesV2" => machines::list,
        "MachinesGetMachine" => machines::get,
        "MachinesCheckMachineExists" => machines::exists,
        "MachinesGetMachineMachineCatalog" => machines::catalog,
        "MachinesGetMachineSessions" => machines::sessions,
        "MachinesUpdateMachineCatalogMachine" => machines::update,
        "MachinesLogoffMachineSessions" => machines::log_off,
        "MachinesDisconnectSessions" => machines::disconnect,
        "MachinesStartMachine" => |turn| power::act(turn, PowerAction::Start),
        "MachinesShutdownMachine" => |turn| power::act(turn, PowerAction::Shutdown),
        "MachinesRebootMachine" => |turn| power::act(turn, PowerAction::Reboot),
        "MachinesSuspendMachine" => |turn| power::act(turn, PowerAction::Suspend),
        "MachinesResumeMachine" => |turn| power::act(turn, PowerAction::Resume),
        "SessionsGetSessions" | "SessionsGetSessionsV2" => sessions::list,
        "SessionsGetSession" => sessions::get,
        "SessionsGetSessionMachine" => sessions::machine,
        "SessionsLogoffSession" => sessions::log_off,
        "SessionsDisconnectSession" => sessions::disconnect,
        "SessionsHideSession" => |turn| sessions::hide(turn, true),
        "SessionsUnhideSession" => |turn| sessions::hide(turn, false),
        "SessionsSendSessionMessage" => sessions::send_message,
        "JobsGetJobs" => jobs::list,
        "JobsGetJob" => jobs::get,
        "JobsGetJobResults" => jobs::results,
        "JobsCancelJob" => jobs::cancel,
        "JobsDeleteJob" => jobs::delete,
        "BatchDoBatchRequest" => batch::run_items,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::is_emulated;

    #[test]
    fn every_emulated_operation_is_in_the_table() {
        let table = include_str!("../../daas_operations.tsv");
        let names = table.lines().filter_map(|line| line.split('\t').next());
        assert_eq!(names.filter(|name| is_emulated(name)).count(), 37);
    }
}
