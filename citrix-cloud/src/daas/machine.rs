//! A machine.

use citrix_cloud_gen::daas::types;
use citrix_cloud_gen::ops::machines::{
    GetMachine, GetMachineSessions, RebootMachine, ResumeMachine, ShutdownMachine, StartMachine,
    SuspendMachine, UpdateMachineCatalogMachine,
};

use super::{PowerAction, Site};
use crate::models::MachineDetail;
use crate::paging::List;
use crate::{BoxRequest, Request};

/// A machine, by id or name.
///
/// In a name, `\` may be written as it is: `DEMOLAB\EAGLE`.
#[derive(Debug, Clone)]
pub struct MachineHandle {
    site: Site,
    name_or_id: String,
}

impl MachineHandle {
    pub(super) fn new(site: Site, name_or_id: String) -> Self {
        Self { site, name_or_id }
    }

    /// Gets the machine's details.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id or name;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when it is empty,
    /// `.` or `..`.
    pub fn get(&self) -> Request<GetMachine> {
        self.site.send(GetMachine::new(&self.name_or_id))
    }

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
        self.site.send(StartMachine::new(&self.name_or_id))
    }

    /// Shuts the machine down; the guest is asked to, unless forced.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn shutdown(&self) -> Request<ShutdownMachine> {
        self.site.send(ShutdownMachine::new(&self.name_or_id))
    }

    /// Restarts the machine; the guest is asked to, unless forced.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn reboot(&self) -> Request<RebootMachine> {
        self.site.send(RebootMachine::new(&self.name_or_id))
    }

    /// Suspends the machine.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn suspend(&self) -> Request<SuspendMachine> {
        self.site.send(SuspendMachine::new(&self.name_or_id))
    }

    /// Resumes the machine after it was suspended.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::start`].
    pub fn resume(&self) -> Request<ResumeMachine> {
        self.site.send(ResumeMachine::new(&self.name_or_id))
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
        let body = types::UpdateMachineRequestModel {
            in_maintenance_mode: Some(on),
            ..types::UpdateMachineRequestModel::default()
        };
        let name = &self.name_or_id;
        self.site.send(UpdateMachineCatalogMachine::new(name, body))
    }

    /// Lists the sessions on the machine.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::get`].
    pub fn sessions(&self) -> List<GetMachineSessions> {
        self.site.list(GetMachineSessions::new(&self.name_or_id))
    }
}
