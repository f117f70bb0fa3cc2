//! Starts and ends sessions.

use super::Site;
use crate::world::session::Session;

impl Site {
    /// Adds a session, and counts it on its machine.
    pub fn start_session(&mut self, session: Session) {
        if let Some(mut machine) = self.machines.get_mut(&session.machine_id) {
            machine.session_count = machine.session_count.map(|count| count.saturating_add(1));
            machine.last_user = Some(session.user.clone());
            machine.last_connection = Some(session.started);
        }
        self.sessions.push(session);
    }

    /// Ends one session, and subtracts it from its machine's count.
    pub fn end_session(&mut self, id: &str) -> Option<Session> {
        let session = self.sessions.remove(id)?;
        if let Some(mut machine) = self.machines.get_mut(&session.machine_id) {
            machine.session_count = machine.session_count.map(|count| count.saturating_sub(1));
        }
        Some(session)
    }

    /// Ends every session on a machine, including those that it only counts.
    pub fn end_sessions_on(&mut self, machine: &str) {
        let Some(mut machine) = self.machines.get_mut(machine) else {
            return;
        };
        machine.session_count = machine.session_count.map(|_| 0);
        let id = machine.id().to_owned();
        drop(machine);
        self.sessions.remove_group(&id);
    }
}
