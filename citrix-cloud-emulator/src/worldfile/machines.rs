//! A catalog's machines, by number and shares.

use std::collections::HashSet;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::fill::new_id;
use super::{MachinesPart, WorldFileError};
use crate::world::{Machine, PowerState, RegistrationState, Session, SessionState, Site};

/// More machines than any real site has; a typo must not exhaust the memory.
const MOST_MACHINES: u32 = 1_000_000;

impl MachinesPart {
    #[expect(
        clippy::too_many_arguments,
        reason = "one caller, and each is another thing"
    )]
    pub(super) fn fill(
        &self,
        site: &mut Site,
        random: &mut Rng,
        path: &str,
        catalog: &str,
        group: Option<&str>,
        names: &mut HashSet<String>,
        now: Timestamp,
    ) -> Result<(), WorldFileError> {
        if self.count > MOST_MACHINES {
            let why = format!(
                "{} exceeds the limit of {MOST_MACHINES} machines",
                self.count
            );
            return Err(WorldFileError::new(format!("{path}.count"), why));
        }
        if self.powered_off.0 + self.unregistered.0 + self.unmanaged.0 > 1.0 {
            let why = "powered_off, unregistered and unmanaged are mutually exclusive and add up to more than 1";
            return Err(WorldFileError::new(path, why));
        }
        for number in 1..=self.count {
            let name = self.name.name(number);
            if !names.insert(name.to_lowercase()) {
                let why = format!("two machines would be called '{name}'");
                return Err(WorldFileError::new(format!("{path}.name"), why));
            }
            let uid = u32::try_from(site.machines.len())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            let mut machine = Machine::new(name, uid, catalog).with_id(new_id(random));
            machine.delivery_group_id = group.map(str::to_owned);
            let state = random.f64();
            if state < self.powered_off.0 {
                machine = machine.powered_off();
            } else if state < self.powered_off.0 + self.unregistered.0 {
                machine = machine.unregistered();
            } else if state < self.powered_off.0 + self.unregistered.0 + self.unmanaged.0 {
                machine = machine.unmanaged();
            }
            machine.in_maintenance_mode = random.f64() < self.maintenance.0;
            let is_used = random.f64() < self.in_use.0;
            let is_unknown = random.f64() < self.unknown_sessions.0;
            let user = format!(r"DEMOLAB\user{:05}", random.u32(1..=99_999));
            let minutes = random.i64(1..=600);
            let started = now
                .checked_sub(SignedDuration::from_mins(minutes))
                .unwrap_or(now);
            // A random generator of its own, so that this share does not change the rest of the world.
            let is_unused = !is_used && Rng::with_seed(u64::from(uid)).f64() < self.unused.0;
            let started = match is_unused {
                true => started
                    .checked_sub(SignedDuration::from_hours(24 * i64::from(31 + uid % 50)))
                    .unwrap_or(started),
                false => started,
            };
            let is_ready = machine.registration_state == RegistrationState::Registered
                && matches!(machine.power_state, PowerState::On | PowerState::Unmanaged);
            machine = machine.last_used(user.as_str(), started);
            let id = machine.id().to_owned();
            site.machines.push(machine);
            if is_ready && is_used {
                let number = u32::try_from(site.sessions.len()).unwrap_or(u32::MAX);
                let mut session = Session::new(user, number.saturating_add(1), id.as_str())
                    .with_id(new_id(random))
                    .started(started);
                if random.f64() < self.disconnected.0 {
                    session.state = SessionState::Disconnected;
                }
                site.start_session(session);
            }
            if is_unknown && let Some(mut machine) = site.machines.get_mut(&id) {
                machine.session_count = None;
            }
        }
        Ok(())
    }
}
