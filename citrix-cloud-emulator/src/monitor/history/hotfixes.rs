//! Hotfixes installed on machines.

use super::super::odata::Row;
use super::super::schema::Set;
use super::cells::Cells;
use super::moment::{DAY, HOUR, SECOND, day_of, start_of};
use super::of_machines::MachineDay;
use super::snapshot::{Snapshot, id_of};

/// The hotfixes, and how many days before the start they were installed.
const HOTFIXES: [(&str, i32); 2] = [("KB5070001", 41), ("KB5072004", 12)];

/// Returns the hotfixes that any machine has.
pub(super) fn hotfixes(snapshot: &Snapshot, set: &'static Set) -> Vec<Row> {
    let rows = HOTFIXES.iter().map(|(name, days)| {
        let at = start_of(day_of(snapshot.born) - days);
        Cells::of(set)
            .put("Id", id_of(name))
            .put("Name", *name)
            .put("Article", *name)
            .put("ArticleName", format!("Cumulative update {name}"))
            .put("FileName", format!("{name}.msu").to_lowercase())
            .put("FileFormat", "MSU")
            .put("Version", "1.0")
            .put("ComponentName", "Windows")
            .put("ComponentVersion", "10.0.20348")
            .stamped(at, at)
            .row()
    });
    rows.collect()
}

impl MachineDay<'_> {
    /// Returns the hotfixes installed on the machine on the day.
    pub(super) fn hotfixes(&self, set: &'static Set) -> Vec<Row> {
        let mut rows = Vec::new();
        for (nth, (name, days)) in HOTFIXES.iter().enumerate() {
            let at = start_of(day_of(self.snapshot.born) - days) + 2 * HOUR;
            let at = at + i64::from(self.machine.serial % 3000) * SECOND;
            if day_of(at) == self.day && self.machine.past.is_some() && at >= self.now - 90 * DAY {
                let number = i64::from(self.machine.serial) * 4 + i64::try_from(nth).unwrap_or(0);
                let row = Cells::of(set)
                    .put("Id", number)
                    .put("MachineId", self.machine.id)
                    .put("HotfixId", id_of(name))
                    .put("ChangeType", 0)
                    .put("CurrentState", true)
                    .stamped(at, at);
                rows.push(row.row());
            }
        }
        rows
    }
}
