//! A machine.

use citrix_cloud_gen::daas::types;

use super::{PowerAction, PowerRequest, Site};
use crate::Request;
use crate::models::{MachineDetail, Session};

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
    pub fn get(&self) -> Request<MachineDetail> {
        self.get_fields([""; 0])
    }

    /// Gets some of the machine's properties, by their names on the wire; the rest are `None`.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::get`].
    pub fn get_fields<S: Into<String>>(
        &self,
        names: impl IntoIterator<Item = S>,
    ) -> Request<MachineDetail> {
        let name = self.name_or_id.clone();
        let fields = names
            .into_iter()
            .map(Into::into)
            .collect::<Vec<_>>()
            .join(",");
        self.site.request(|call| async move {
            let daas = call.daas();
            let mut operation = daas.machines_get_machine().name_or_id(name);
            if !fields.is_empty() {
                operation = operation.fields(fields);
            }
            call.settle(operation.send().await).await
        })
    }

    /// Starts the machine.
    pub fn start(&self) -> PowerRequest {
        self.power(PowerAction::Start)
    }

    /// Shuts the machine down; the guest is asked to, unless forced.
    pub fn shutdown(&self) -> PowerRequest {
        self.power(PowerAction::Shutdown)
    }

    /// Restarts the machine; the guest is asked to, unless forced.
    pub fn reboot(&self) -> PowerRequest {
        self.power(PowerAction::Reboot)
    }

    /// Suspends the machine.
    pub fn suspend(&self) -> PowerRequest {
        self.power(PowerAction::Suspend)
    }

    /// Resumes the machine after it was suspended.
    pub fn resume(&self) -> PowerRequest {
        self.power(PowerAction::Resume)
    }

    /// Any power action.
    pub fn power(&self, action: PowerAction) -> PowerRequest {
        PowerRequest::new(self.site.clone(), self.name_or_id.clone(), action)
    }

    /// Puts the machine into maintenance mode, in which it takes no new sessions, or out of it.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::get`].
    pub fn maintenance_mode(&self, on: bool) -> Request<()> {
        let name = self.name_or_id.clone();
        self.site.request(move |call| async move {
            let body = types::UpdateMachineRequestModel::builder().in_maintenance_mode(on);
            let daas = call.daas();
            let operation = daas.machines_update_machine_catalog_machine();
            call.settle_empty(operation.name_or_id(name).body(body).send().await)
                .await
        })
    }

    /// Lists the sessions on the machine.
    ///
    /// # Errors
    ///
    /// As [`MachineHandle::get`].
    pub fn sessions(&self) -> Request<Vec<Session>> {
        let name = self.name_or_id.clone();
        self.site.request(|call| async move {
            let sent = call
                .daas()
                .machines_get_machine_sessions()
                .name_or_id(name)
                .send()
                .await;
            Ok(call.settle(sent).await?.items)
        })
    }
}
