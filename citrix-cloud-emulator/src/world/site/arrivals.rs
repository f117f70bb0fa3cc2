//! Users who log on and off as time passes.

use jiff::Timestamp;
use uuid::Uuid;

use super::Site;
use crate::world::arrivals::{Arrivals, around};
use crate::world::collection::Collection;
use crate::world::machine::{Machine, PowerState, RegistrationState};
use crate::world::schedule::Event;
use crate::world::session::Session;

/// How many machines an arriving user tries.
const TRIES: usize = 8;

impl Site {
    /// Schedules the next arrival.
    pub(crate) fn expect_sessions(&mut self, mut arrivals: Arrivals, now: Timestamp) {
        let wait = around(arrivals.every, &mut arrivals.random());
        self.schedule.plan(now, wait, Event::Arrival { arrivals });
    }

    /// Starts a session for an arriving user, if one of a few machines is available.
    pub(crate) fn arrive(&mut self, mut arrivals: Arrivals, at: Timestamp) {
        let mut random = arrivals.random();
        let machine = (0..TRIES).find_map(|_| ready(&self.machines, random.u64(..)));
        if let Some(machine) = machine {
            let user = format!(r"DEMOLAB\user{:05}", random.u32(1..=99_999));
            let id = Uuid::from_u128(random.u128(..)).to_string();
            let uid = 1 + u32::try_from(arrivals.seed % 1_000_000_000).unwrap_or(0);
            let session = Session::new(user, uid, machine)
                .with_id(id.as_str())
                .started(at);
            self.start_session(session);
            let stay = around(arrivals.stay, &mut random);
            self.schedule
                .plan(at, stay, Event::Departure { session: id });
        }
        self.expect_sessions(arrivals, at);
    }
}

/// Returns the machine at a position in the list, if a session can start on it.
fn ready(machines: &Collection<Machine>, number: u64) -> Option<String> {
    let place = number.checked_rem(machines.last_serial())?;
    let (_, machine) = machines.after(place).next()?;
    let is_ready = machine.registration_state == RegistrationState::Registered
        && !machine.in_maintenance_mode
        && !machine.power_action_pending
        && matches!(machine.power_state, PowerState::On | PowerState::Unmanaged);
    is_ready.then(|| machine.id().to_owned())
}
