//! Processes on machines, and their share of the load.

use super::super::odata::Row;
use super::super::schema::Set;
use super::cells::Cells;
use super::moment::{DAY, MINUTE, day_of, start_of, time};
use super::of_machines::{MachineDay, Sample, float};
use super::random::hash;
use super::snapshot::{Machine, Snapshot};

/// The processes, and their share of the load in percent.
const PROCESSES: [(&str, i64); 4] = [
    ("chrome.exe", 41),
    ("OUTLOOK.EXE", 23),
    ("MsMpEng.exe", 14),
    ("erp-client.exe", 9),
];

fn is_watched(snapshot: &Snapshot, machine: &Machine) -> bool {
    snapshot.is_shared(machine) || machine.seed.is_multiple_of(3)
}

fn process_key(machine: &Machine, nth: usize) -> i64 {
    i64::from(machine.serial) * 8 + i64::try_from(nth).unwrap_or(0)
}

/// Returns the processes of the monitored machines.
pub(super) fn processes(snapshot: &Snapshot, set: &'static Set, machine: &Machine) -> Vec<Row> {
    if !is_watched(snapshot, machine) {
        return Vec::new();
    }
    let rows = PROCESSES.iter().enumerate().map(|(nth, (name, _))| {
        let key = process_key(machine, nth);
        Cells::of(set)
            .put("ProcessKey", key)
            .put("ProcessId", 1000 + key % 9000 * 4)
            .put("ProcessName", *name)
            .put(
                "ProcessCreationDate",
                time(start_of(day_of(snapshot.born)) - 2 * DAY),
            )
            .put(
                "ApplicationName",
                name.split('.').next().unwrap_or_default().to_owned(),
            )
            .put("MachineId", machine.id)
            .row()
    });
    rows.collect()
}

impl MachineDay<'_> {
    /// Processes are collected on some machines only, because the policy for it is off by default.
    pub(super) fn processes(
        &self,
        set: &'static Set,
        minutes: i64,
        days: i64,
        late: i64,
    ) -> Vec<Row> {
        if !is_watched(self.snapshot, self.machine) {
            return Vec::new();
        }
        let length = minutes * MINUTE;
        let mut rows = Vec::new();
        for part in 0..DAY / length {
            let from = start_of(self.day) + part * length;
            let written = if late == 0 {
                from
            } else {
                from + length + late * MINUTE
            };
            if from < self.now - days * DAY || written > self.now {
                continue;
            }
            let moments = (0..length / (10 * MINUTE)).map(|it| from + it * 10 * MINUTE);
            let samples: Vec<Sample> = moments.filter_map(|at| self.sample(at)).collect();
            for (nth, process) in PROCESSES.iter().enumerate() {
                rows.extend(self.process(set, process, nth, from, &samples));
            }
        }
        rows
    }

    fn process(
        &self,
        set: &'static Set,
        process: &(&str, i64),
        nth: usize,
        from: i64,
        samples: &[Sample],
    ) -> Option<Row> {
        let number = float(i64::try_from(samples.len()).ok().filter(|it| *it > 0)?);
        let cpu = samples.iter().map(|it| float(it.cpu * process.1) / 100.0);
        let memory = samples.iter().map(|it| {
            let salt = hash(&[self.machine.seed, it.at.unsigned_abs(), nth as u64]);
            float(process.1) / 10.0 + float(i64::try_from(salt % 10).unwrap_or(0)) / 10.0
        });
        let key = process_key(self.machine, nth);
        let cells = Cells::of(set).put("MachineId", self.machine.id);
        let row = if set.name == "ProcessUtilization" {
            cells
                .put("CollectedDate", time(from))
                .put("ProcessKey", key)
                .put("PercentCpu", cpu.sum::<f64>())
                .put("PercentMemory", memory.sum::<f64>())
        } else {
            let most = |it: f64, other: f64| it.max(other);
            cells
                .put("SummaryDate", time(from))
                .put("ProcessKey", key)
                .put("AvgPercentCpu", cpu.clone().sum::<f64>() / number)
                .put("PeakPercentCpu", cpu.fold(0.0, most))
                .put("AvgPercentMemory", memory.clone().sum::<f64>() / number)
                .put("PeakPercentMemory", memory.fold(0.0, most))
        };
        Some(row.row())
    }
}
