//! What is done with one machine besides plain operations.

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

/// The properties of a machine that are watched unless others are chosen: no times and no load, which
/// change all the time.
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
    /// Keeps a copy of all machines up to date, with the properties that daily work needs and no times
    /// or load, which change all the time. Nothing is sent until its changes are read.
    ///
    /// [`List::watch`] watches other properties, or what a search finds:
    /// `site.machines().search(filter).fields(names).watch()`.
    pub fn watch(&self) -> Watch<Machine> {
        self.list().fields(WATCHED).watch()
    }
}

impl MachineHandle {
    /// Starts the machine.
    ///
    /// The service answers when it has taken a power action up, not when it is done. Awaiting gives
    /// the machine as the service then has it, or `None` when the answer has no body.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::get`]; [`ErrorKind::Api`] with the service's words when the machine cannot
    /// do it (`Machine does not support specified power action.`); [`ErrorKind::OutcomeUnknown`] when
    /// the request was sent and no answer came.
    ///
    /// [`ErrorKind::Api`]: crate::ErrorKind::Api
    /// [`ErrorKind::OutcomeUnknown`]: crate::ErrorKind::OutcomeUnknown
    pub fn start(&self) -> Request<StartMachine> {
        self.at.send(StartMachine::new(&self.machine))
    }

    /// Shuts the machine down; the guest is asked to, unless forced.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn shutdown(&self) -> Request<ShutdownMachine> {
        self.at.send(ShutdownMachine::new(&self.machine))
    }

    /// Restarts the machine; the guest is asked to, unless forced.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn reboot(&self) -> Request<RebootMachine> {
        self.at.send(RebootMachine::new(&self.machine))
    }

    /// Suspends the machine.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn suspend(&self) -> Request<SuspendMachine> {
        self.at.send(SuspendMachine::new(&self.machine))
    }

    /// Resumes the machine after it was suspended.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn resume(&self) -> Request<ResumeMachine> {
        self.at.send(ResumeMachine::new(&self.machine))
    }

    /// Any power action, without its options.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn power(&self, action: PowerAction) -> BoxRequest<Option<MachineDetail>> {
        match action {
            PowerAction::Start => self.start().boxed(),
            PowerAction::Shutdown => self.shutdown().boxed(),
            PowerAction::Reboot => self.reboot().boxed(),
            PowerAction::Suspend => self.suspend().boxed(),
            PowerAction::Resume => self.resume().boxed(),
        }
    }

    /// Puts the machine into maintenance mode, in which it takes no new sessions, or out of it.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::get`].
    pub fn maintenance_mode(&self, on: bool) -> Request<UpdateMachineCatalogMachine> {
        let body = types::UpdateMachine::new().in_maintenance_mode(on);
        let name = &self.machine;
        self.at.send(UpdateMachineCatalogMachine::new(name, body))
    }
}
