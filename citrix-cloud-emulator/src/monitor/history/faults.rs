//! Periods in which machines were faulty.

use super::super::odata::Row;
use super::super::schema::Set;
use super::cells::Cells;
use super::moment::{DAY, HOUR, MINUTE, start_of, time, time_or_null};
use super::of_machines::MachineDay;
use super::of_sessions::index;
use super::random::Random;
use super::snapshot::{Machine, Snapshot};
use crate::world::{PowerState, RegistrationState};

/// A period in which a machine was faulty.
pub(crate) struct Fault {
    pub(crate) state: i64,
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    pub(crate) reason: i64,
}

/// Generates the fault of a machine on a day, if any.
pub(crate) fn fault_of(snapshot: &Snapshot, machine: &Machine, day: i32) -> Option<Fault> {
    const KINDS: [(i64, i64); 4] = [(4, 207), (2, 401), (3, 102), (5, 400)];
    let past = machine.past?;
    let mut random = Random::of(&[snapshot.seed, machine.seed, day.unsigned_abs().into(), 9]);
    let frail = if machine.seed.is_multiple_of(13) {
        0.2
    } else {
        0.008
    };
    let start = start_of(day) + random.around(5 * HOUR, 20 * HOUR);
    let end = start + random.between(4 * MINUTE, 5 * HOUR);
    let (state, reason) = KINDS[index(machine.seed >> 5, KINDS.len())];
    let end = Some(end).filter(|it| *it < past.until.min(snapshot.born))?;
    random.share(frail).then_some(Fault {
        state,
        start,
        end: Some(end),
        reason,
    })
}

/// Returns a machine's current fault: it is running but not registered, which `DaaS` also reports as a fault.
pub(crate) fn fault_now(snapshot: &Snapshot, machine: &Machine) -> Option<Fault> {
    let now = machine.now?;
    let is_lost =
        now.registration == RegistrationState::Unregistered && now.power == PowerState::On;
    is_lost.then(|| Fault {
        state: 4,
        start: now.deregistered.unwrap_or(snapshot.born - HOUR),
        end: None,
        reason: 207,
    })
}

pub(crate) fn fault_row(set: &'static Set, machine: &Machine, fault: &Fault, now: i64) -> Row {
    let number = fault.start / MINUTE * (1 << 24) + i64::from(machine.serial & 0xff_ffff);
    Cells::of(set)
        .put("Id", number)
        .put("MachineId", machine.id)
        .put("FailureStartDate", time(fault.start))
        .put("FailureEndDate", time_or_null(fault.end))
        .put("FaultState", fault.state)
        .put("LastDeregisteredCode", fault.reason)
        .stamped(fault.start, fault.end.unwrap_or(fault.start).min(now))
        .row()
}

impl MachineDay<'_> {
    /// Returns the machine's fault on the day.
    pub(super) fn faults(&self, set: &'static Set) -> Vec<Row> {
        let fault = fault_of(self.snapshot, self.machine, self.day);
        let fault = fault.filter(|it| it.start >= self.now - 90 * DAY);
        let row = fault.map(|it| fault_row(set, self.machine, &it, self.now));
        row.into_iter().collect()
    }
}
