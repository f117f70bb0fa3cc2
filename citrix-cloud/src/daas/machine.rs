//! Hand-written operations on machines.

use citrix_cloud_gen::daas::types;
use citrix_cloud_gen::ops::machines::{
    RebootMachine, ResumeMachine, ShutdownMachine, StartMachine, SuspendMachine,
    UpdateMachineCatalogMachine,
};

use super::PowerAction;
use crate::handles::machines::{MachineHandle, Machines};
use crate::models::{Machine, MachineDetail};
#[cfg(doc)]
use crate::paging::List;
use crate::watch::Watch;
use crate::{BoxRequest, Request};

/// The properties of a machine that are watched by default. Times and load are left out because
/// they change all the time.
const WATCHED: [&str; 15] = [
    "Id",
    "Name",
    "DnsName",
    "MachineCatalog",
    "DeliveryGroup",
    "AssociatedUsers",
    "PowerState",
    "PowerActionPending",
    "RegistrationState",
    "FaultState",
    "SummaryState",
    "InMaintenanceMode",
    "SessionCount",
    "SessionUserName",
    "Tags",
];

impl Machines {
    /// Keeps a copy of all machines up to date, with the properties needed for daily work; times
    /// and load are left out because they change all the time. Nothing is sent until its changes
    /// are read.
    ///
    /// To watch other properties or the results of a search, use [`List::watch`]:
    /// `site.machines().search(filter).fields(names).watch()`.
    pub fn watch(&self) -> Watch<Machine> {
        self.list().fields(WATCHED).watch()
    }
}

impl MachineHandle {
    /// Starts the machine.
    ///
    /// The service responds when it has accepted a power action, not when the action is done.
    /// Awaiting it returns the machine as it is at that time, or `None` if the response has no
    /// body.
    ///
    /// # Errors
    ///
    /// The same as [`MachineHandle::get`]. Also [`ErrorKind::Api`] with the service's message if
    /// the machine does not support the action (`Machine does not support specified power
    /// action.`), and [`ErrorKind::OutcomeUnknown`] if the request was sent and no response came.
    ///
    /// [`ErrorKind::Api`]: crate::ErrorKind::Api
    /// [`ErrorKind::OutcomeUnknown`]: crate::ErrorKind::OutcomeUnknown
    pub fn start(&self) -> Request<StartMachine> {
        self.at.send(StartMachine::new(&self.machine))
    }

    /// Shuts the machine down by asking the guest, unless forced.
    ///
    /// # Errors
    ///
    /// The same as [`MachineHandle::start`].
    pub fn shutdown(&self) -> Request<ShutdownMachine> {
        self.at.send(ShutdownMachine::new(&self.machine))
    }

    /// Restarts the machine by asking the guest, unless forced.
    ///
    /// # Errors
    ///
    /// The same as [`MachineHandle::start`].
    pub fn reboot(&self) -> Request<RebootMachine> {
        self.at.send(RebootMachine::new(&self.machine))
    }

    /// Suspends the machine.
    ///
    /// # Errors
    ///
    /// The same as [`MachineHandle::start`].
    pub fn suspend(&self) -> Request<SuspendMachine> {
        self.at.send(SuspendMachine::new(&self.machine))
    }

    /// Resumes the suspended machine.
    ///
    /// # Errors
    ///
    /// The same as [`MachineHandle::start`].
    pub fn resume(&self) -> Request<ResumeMachine> {
        self.at.send(ResumeMachine::new(&self.machine))
    }

    /// Performs any power action, without its options.
    ///
    /// # Errors
    ///
    /// The same as [`MachineHandle::start`].
    pub fn power(&self, action: PowerAction) -> BoxRequest<Option<MachineDetail>> {
        match action {
            PowerAction::Start => self.start().boxed(),
            PowerAction::Shutdown => self.shutdown().boxed(),
            PowerAction::Reboot => self.reboot().boxed(),
            PowerAction::Suspend => self.suspend().boxed(),
            PowerAction::Resume => self.resume().boxed(),
        }
    }

    /// Turns maintenance mode on or off; a machine in maintenance mode accepts no new sessions.
    ///
    /// # Errors
    ///
    /// The same as [`MachineHandle::get`].
    pub fn maintenance_mode(&self, on: bool) -> Request<UpdateMachineCatalogMachine> {
        let body = types::UpdateMachine::new().in_maintenance_mode(on);
        let name = &self.machine;
        self.at.send(UpdateMachineCatalogMachine::new(name, body))
    }
}
