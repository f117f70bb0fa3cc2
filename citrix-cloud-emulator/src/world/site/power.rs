//! Power actions: which are accepted, and a machine's states until they are done.
//!
//! The service documents no timing. Here, an accepted action is pending for the first half of its time, and the machine
//! is in a transitional state for the second half.

use jiff::{SignedDuration, Timestamp};

use super::Site;
use crate::world::machine::{PowerState, RegistrationState};
use crate::world::power::{PowerAction, PowerRefusal};
use crate::world::schedule::Event;

impl Site {
    /// Accepts an action that takes `duration` and starts after `delay`.
    pub(crate) fn power(
        &mut self,
        machine: &str,
        action: PowerAction,
        now: Timestamp,
        delay: SignedDuration,
        duration: SignedDuration,
    ) -> Result<(), PowerRefusal> {
        let mut machine = self
            .machines
            .get_mut(machine)
            .ok_or(PowerRefusal::NoSuchMachine)?;
        if !machine.power_managed {
            return Err(PowerRefusal::NotSupported);
        }
        machine.power_actions.push(action);
        machine.power_action_pending = true;
        let (id, number) = (machine.id().to_owned(), machine.power_actions.len());
        drop(machine);
        let halfway = Event::PowerHalfway {
            machine: id.clone(),
            action: number,
        };
        let done = Event::PowerDone {
            machine: id,
            action: number,
        };
        self.schedule
            .plan(now, delay.saturating_add(duration / 2), halfway);
        self.schedule
            .plan(now, delay.saturating_add(duration), done);
        Ok(())
    }

    pub(crate) fn power_halfway(&mut self, machine: &str, number: usize, at: Timestamp) {
        let Some((id, action)) = self.current_action(machine, number) else {
            return;
        };
        if let Some(mut machine) = self.machines.get_mut(&id) {
            machine.power_action_pending = false;
            machine.power_state = action.between();
            if machine.registration_state != RegistrationState::Unregistered {
                machine.registration_state = RegistrationState::Unregistered;
                machine.last_deregistration = Some(at);
            }
        }
        if action.ends_sessions() {
            self.end_sessions_on(&id);
        }
    }

    pub(crate) fn power_done(&mut self, machine: &str, number: usize) {
        let Some((id, action)) = self.current_action(machine, number) else {
            return;
        };
        if let Some(mut machine) = self.machines.get_mut(&id) {
            machine.power_state = action.after();
            if machine.power_state == PowerState::On {
                machine.registration_state = RegistrationState::Registered;
            }
        }
    }

    /// Returns the action an event belongs to, unless a newer one has replaced it.
    fn current_action(&self, machine: &str, number: usize) -> Option<(String, PowerAction)> {
        let machine = self.machines.get(machine)?;
        let newest = machine.power_actions.last()?;
        (machine.power_actions.len() == number).then(|| (machine.id().to_owned(), *newest))
    }
}
