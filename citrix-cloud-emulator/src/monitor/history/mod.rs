//! Rows of every set, built on demand.
//!
//! None of the 90 days is stored: sessions, measurements and failures are derived from the seed, the machine and the
//! day, and summaries from the rows that they summarize. Anything after the start is taken from the world.

mod alerts;
mod cells;
mod faults;
mod generator;
mod hotfixes;
mod intervals;
mod launch;
mod layout;
mod machine_row;
mod moment;
mod numbers;
mod of_groups;
mod of_machines;
mod of_sessions;
mod of_site;
mod people;
mod processes;
mod random;
mod session_log;
mod sites;
mod snapshot;
mod usage;

use std::sync::Arc;

use super::odata::{Bounds, Chunk, Row, Source};
use super::schema::{Set, Type};
use super::value::Value;
use faults::{fault_now, fault_row};
use layout::Layout;
use moment::{DAY, day_of, moment};
use numbers::{live_of_number, place_of, place_of_number};
use of_groups::GroupDay;
use of_machines::{MachineDay, load_place};
pub(crate) use session_log::SessionLog;
pub(crate) use snapshot::Snapshot;

/// Stands for the day of current rows from the world; it is later than any real day.
const NOW: i32 = i32::MAX;
/// Stands for the day of rows that do not belong to a day.
const ALWAYS: i32 = 0;

/// All rows as of a point in time.
#[derive(Debug)]
pub(crate) struct History {
    snapshot: Arc<Snapshot>,
    now: i64,
}

impl History {
    pub(crate) fn at(snapshot: Arc<Snapshot>, now: i64) -> Self {
        Self { snapshot, now }
    }

    /// Returns the days that can contain rows within bounds.
    fn days(&self, set: &'static Set, layout: Layout, bounds: &Bounds) -> (i32, i32) {
        let (keep, lag) = layout.days();
        let mut first = day_of(self.now - keep * DAY) - lag;
        let mut last = day_of(self.now);
        for column in set.columns.iter().filter(|it| it.of == Type::Time) {
            if layout::is_independent_of_day(set.name, column.name) {
                continue;
            }
            let window = bounds.window(set, column.name);
            let (from, to) = (moment(*window.start()), moment(*window.end()));
            let lag = if layout::is_exact(set.name, column.name) {
                0
            } else {
                lag
            };
            first = first.max(day_of(from).saturating_sub(lag));
            last = last.min(day_of(to));
        }
        (first, last)
    }

    /// Returns the machine of all rows within bounds, if there is only one.
    fn only_machine(&self, set: &'static Set, bounds: &Bounds) -> Option<Option<u32>> {
        let column = if set.name == "Machines" {
            "Id"
        } else {
            "MachineId"
        };
        match bounds.of(set, column)? {
            Value::Guid(id) => Some(self.snapshot.machine_by_id(*id).map(|it| it.serial)),
            _ => None,
        }
    }

    /// Returns the only chunk that a key of a session, connection or measurement leads to, if there is such a key.
    fn only_chunk(&self, set: &'static Set, layout: Layout, bounds: &Bounds) -> Option<Vec<Chunk>> {
        if let Layout::Sessions { .. } = layout {
            let key = bounds.of(set, layout::session_column(set.name));
            if let Some(Value::Guid(key)) = key {
                return Some(match self.snapshot.visit_by_key(*key) {
                    Some(record) => self.chunk_now(record.machine),
                    None => self.chunk_of(place_of(self.snapshot.seed, *key)),
                });
            }
            if let (Some(Value::Int(number)), true) =
                (bounds.of(set, "Id"), set.name == "Connections")
            {
                let record = live_of_number(*number);
                let record = record.and_then(|it| self.snapshot.visit_by_number(it));
                return Some(match record {
                    Some(record) => self.chunk_now(record.machine),
                    None => self.chunk_of(place_of_number(*number)),
                });
            }
        }
        match (set.name, bounds.of(set, "Id")) {
            ("LoadIndexes", Some(Value::Int(number))) => {
                let (day, place) = load_place(*number);
                let chunk = self.snapshot.machine(place).map(|_| Chunk { day, place });
                Some(chunk.into_iter().collect())
            }
            ("Users", Some(Value::Int(id))) => {
                let place = self.snapshot.user_place(*id);
                let place = place.and_then(|it| u32::try_from(it).ok());
                let day = ALWAYS;
                Some(
                    place
                        .map(|place| Chunk { day, place })
                        .into_iter()
                        .collect(),
                )
            }
            _ => None,
        }
    }

    fn chunk_now(&self, machine: uuid::Uuid) -> Vec<Chunk> {
        let machine = self.snapshot.machine_by_id(machine);
        let place = machine.map(|it| it.serial);
        let chunk = place.map(|place| Chunk { day: NOW, place });
        chunk.into_iter().collect()
    }

    fn chunk_of(&self, place: Option<numbers::Place>) -> Vec<Chunk> {
        let place = place.filter(|it| self.snapshot.machine(it.machine).is_some());
        let chunk = place.map(|it| Chunk {
            day: it.day,
            place: it.machine,
        });
        chunk.into_iter().collect()
    }

    fn serials(&self) -> impl Iterator<Item = u32> + '_ {
        self.snapshot.machines.iter().map(|it| it.serial)
    }
}

impl Source for History {
    fn chunks<'a>(
        &'a self,
        set: &'static Set,
        bounds: &Bounds,
        from: Option<Chunk>,
    ) -> Box<dyn Iterator<Item = Chunk> + 'a> {
        let layout = layout::of(set.name);
        if let Some(chunks) = self.only_chunk(set, layout, bounds) {
            return Box::new(chunks.into_iter());
        }
        let always = |place| Chunk { day: ALWAYS, place };
        match layout {
            Layout::Nothing => Box::new(std::iter::empty()),
            Layout::Site => Box::new(std::iter::once(always(0))),
            Layout::Users => {
                let users = u32::try_from(self.snapshot.users.len()).unwrap_or(u32::MAX);
                Box::new((0..users).map(always))
            }
            Layout::Machines => match self.only_machine(set, bounds) {
                Some(machine) => Box::new(machine.into_iter().map(always)),
                None => Box::new(self.serials().map(always)),
            },
            Layout::Groups => {
                let (first, last) = self.days(set, layout, bounds);
                let first = from.map_or(first, |it| first.max(it.day));
                let chunk = |day| Chunk { day, place: 0 };
                Box::new((first..=last).map(chunk))
            }
            Layout::Sessions { .. } | Layout::Measurements { .. } => {
                let (first, last) = self.days(set, layout, bounds);
                let first = from.map_or(first, |it| first.max(it.day));
                let only = self.only_machine(set, bounds);
                let is_now = layout::is_now(set, bounds);
                let last = if is_now { first - 1 } else { last };
                let has_now = layout.has_now();
                let days = (first..=last).chain(has_now.then_some(NOW));
                match only {
                    Some(machine) => Box::new(days.flat_map(move |day| {
                        machine.into_iter().map(move |place| Chunk { day, place })
                    })),
                    None => Box::new(days.flat_map(move |day| {
                        self.serials().map(move |place| Chunk { day, place })
                    })),
                }
            }
        }
    }

    fn rows(&self, set: &'static Set, chunk: Chunk, bounds: &Bounds) -> Vec<Row> {
        let snapshot = &*self.snapshot;
        let layout = layout::of(set.name);
        match layout {
            Layout::Nothing => return Vec::new(),
            Layout::Site => return of_site::rows(snapshot, set, self.now),
            Layout::Groups => return GroupDay::of(snapshot, chunk.day, self.now).rows(set, bounds),
            Layout::Users => {
                let place = usize::try_from(chunk.place).unwrap_or(usize::MAX);
                let user = snapshot.users.get(place);
                return user
                    .map(|it| people::user(snapshot, set, it))
                    .into_iter()
                    .collect();
            }
            _ => {}
        }
        let Some(machine) = snapshot.machine(chunk.place) else {
            return Vec::new();
        };
        match (layout, set.name) {
            (Layout::Machines, "Machines") => {
                vec![machine_row::machine(snapshot, set, machine, self.now)]
            }
            (Layout::Machines, "MachineCosts") => vec![of_site::cost(snapshot, set, machine)],
            (Layout::Machines, _) => processes::processes(snapshot, set, machine),
            (Layout::Sessions { keep }, _) => {
                let launches = match chunk.day {
                    NOW => snapshot.real_launches(machine),
                    day => snapshot.launches(machine, day),
                };
                let from = self.now - keep * DAY;
                let kept = launches
                    .iter()
                    .filter(|it| it.end.is_none_or(|it| it >= from));
                let rows = kept.flat_map(|it| of_sessions::rows(snapshot, set, it, self.now));
                rows.collect()
            }
            (Layout::Measurements { .. }, "MachineFailureLogs") if chunk.day == NOW => {
                let fault = fault_now(snapshot, machine);
                let row = fault.map(|it| fault_row(set, machine, &it, self.now));
                row.into_iter().collect()
            }
            (Layout::Measurements { .. }, _) if chunk.day != NOW => {
                MachineDay::of(snapshot, machine, chunk.day, self.now).rows(set, bounds)
            }
            _ => Vec::new(),
        }
    }

    fn finds(&self, set: &'static Set, column: usize) -> bool {
        layout::finds(set.name, set.columns[column].name)
    }
}

#[cfg(test)]
mod tests;
