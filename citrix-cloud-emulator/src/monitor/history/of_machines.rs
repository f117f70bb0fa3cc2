//! Rows of the sets with measurements of machines, and of their summaries.

use super::super::odata::{Bounds, Row};
use super::super::schema::Set;
use super::cells::Cells;
use super::intervals::{Interval, intervals};
use super::launch::Launch;
use super::moment::{DAY, HOUR, MINUTE, SECOND, day_of, is_weekend, start_of, time};
use super::random::Random;
use super::snapshot::{Machine, Snapshot};
use super::usage::{Span, usage};
use crate::world::{PowerState, RegistrationState};

/// How often machines report their load.
const SAMPLED: i64 = 5 * MINUTE;
const SAMPLES: i64 = DAY / SAMPLED;
/// The delay until a report is received.
const TOLD: i64 = 2 * SECOND;

/// A machine on a day, with its sessions.
pub(crate) struct MachineDay<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) machine: &'a Machine,
    pub(crate) day: i32,
    pub(crate) now: i64,
    launches: Vec<Launch>,
}

/// A machine's measurements at a point in time.
pub(super) struct Sample {
    pub(super) at: i64,
    sessions: i64,
    pub(super) cpu: i64,
    used: i64,
    total: i64,
    rtt: Option<i64>,
}

impl<'a> MachineDay<'a> {
    pub(crate) fn of(snapshot: &'a Snapshot, machine: &'a Machine, day: i32, now: i64) -> Self {
        let (from, to) = (start_of(day), start_of(day + 1));
        let mut launches = snapshot.launches(machine, day - 1);
        launches.extend(snapshot.launches(machine, day));
        launches.extend(snapshot.real_launches(machine));
        launches.retain(|it| it.touches(from, to) && it.machine == Some(machine.serial));
        Self {
            snapshot,
            machine,
            day,
            now,
            launches,
        }
    }

    pub(crate) fn rows(&self, set: &'static Set, bounds: &Bounds) -> Vec<Row> {
        let over = |kept: &[(i64, i64)]| intervals(self.day, self.now, kept, set, bounds);
        match set.name {
            "LoadIndexes" => self.each(90, |it| self.load(set, &it)),
            "ResourceUtilization" => self.each(1, |it| self.resources(set, &it)),
            "LoadIndexSummaries" => {
                let over = over(&[(60, 32), (1440, 90)]);
                over.iter()
                    .filter_map(|it| self.load_sum(set, it))
                    .collect()
            }
            "ResourceUtilizationSummary" => {
                let over = over(&[(10, 7), (60, 30), (1440, 90)]);
                over.iter()
                    .filter_map(|it| self.resource_sum(set, it))
                    .collect()
            }
            "ServerOSDesktopSummaries" => {
                let over = over(&[(1, 3), (60, 32), (1440, 90)]);
                self.desktops(set, &over)
            }
            "MachineMetric" => self.disks(set),
            "MachineMetricSummary" => self.disk_day(set).into_iter().collect(),
            "MachineFailureLogs" => self.faults(set),
            "MachineHotfixLogs" => self.hotfixes(set),
            "ProcessUtilization" => self.processes(set, 10, 1, 0),
            "ProcessUtilizationMinuteSummary" => self.processes(set, 10, 3, 14),
            "ProcessUtilizationHourSummary" => self.processes(set, 60, 7, 14),
            "ProcessUtilizationDaySummary" => self.processes(set, 1440, 30, 14),
            _ => Vec::new(),
        }
    }

    /// Returns whether the machine was on at a time. Some machines are off at night, and those that are off now have
    /// been off since midnight.
    pub(crate) fn is_on(&self, at: i64) -> bool {
        let today = start_of(day_of(self.snapshot.born));
        let off = self.machine.now.is_none_or(|it| {
            !matches!(
                it.power,
                PowerState::On | PowerState::Unmanaged | PowerState::TurningOff
            )
        });
        if off && at >= today {
            return false;
        }
        let hour = (at - start_of(self.day)) / HOUR;
        let is_day = (5..21).contains(&hour) && !is_weekend(self.day);
        !self.machine.seed.is_multiple_of(4) || is_day || self.sessions(at).next().is_some()
    }

    pub(crate) fn is_used(&self, at: i64) -> bool {
        self.sessions(at).next().is_some()
    }

    pub(crate) fn is_managed(&self) -> bool {
        self.machine.now.is_some_and(|it| it.is_managed)
    }

    pub(crate) fn is_registered(&self) -> bool {
        let now = self.machine.now;
        now.is_some_and(|it| {
            it.registration == RegistrationState::Registered || it.power == PowerState::Off
        })
    }

    pub(crate) fn is_in_maintenance(&self) -> bool {
        self.machine.now.is_some_and(|it| it.in_maintenance)
    }

    fn sessions(&self, at: i64) -> impl Iterator<Item = &Launch> {
        self.launches
            .iter()
            .filter(move |it| it.touches(at, at + 1))
    }

    pub(super) fn sample(&self, at: i64) -> Option<Sample> {
        if !self.is_on(at) || at + TOLD > self.now {
            return None;
        }
        let mut random = Random::of(&[self.machine.seed, at.unsigned_abs()]);
        let sessions = i64::try_from(self.sessions(at).count()).unwrap_or(0);
        let total = if self.snapshot.is_shared(self.machine) {
            32
        } else {
            8
        } * 1_073_741_824;
        let used = total / 5 + sessions * 730_000_000 + random.between(0, 90_000_000);
        Some(Sample {
            at,
            sessions,
            cpu: (2 + random.between(0, 4) + sessions * random.around(3, 15)).min(100),
            used: used.min(total),
            total,
            rtt: (sessions > 0).then(|| random.between(15, 95)),
        })
    }

    fn each(&self, days: i64, row: impl Fn(Sample) -> Row) -> Vec<Row> {
        let from = self.now - days * DAY;
        let moments = (0..SAMPLES).map(|nth| start_of(self.day) + nth * SAMPLED);
        let moments = moments.filter(|at| *at >= from);
        moments.filter_map(|at| self.sample(at)).map(row).collect()
    }

    fn load(&self, set: &'static Set, it: &Sample) -> Row {
        let parts = parts_of(it);
        Cells::of(set)
            .put("Id", load_number(it.at, self.machine.serial))
            .put("EffectiveLoadIndex", parts[0])
            .put("Cpu", parts[1])
            .put("Memory", parts[2])
            .put("Disk", parts[3])
            .put("Network", parts[4])
            .put("SessionCount", parts[5])
            .put("MachineId", self.machine.id)
            // This time moves even without new data, so it cannot be used as a watermark.
            .stamped(it.at, it.at.max(self.now - 30 * SECOND))
            .row()
    }

    fn load_sum(&self, set: &'static Set, over: &Interval) -> Option<Row> {
        let mut sums = [0; 6];
        let mut count = 0;
        for sample in self.within(over) {
            count += 1;
            let parts = parts_of(&sample);
            sums.iter_mut().zip(parts).for_each(|(sum, it)| *sum += it);
        }
        let row = Cells::of(set)
            .put("Id", summary_number(over, self.day, self.machine.serial))
            .put("SummaryDate", time(over.from))
            .put("MachineId", self.machine.id)
            .put("SumCount", count)
            .put("SumLoadIndex", sums[0])
            .put("SumCpu", sums[1])
            .put("SumNetwork", sums[4])
            .put("SumDisk", sums[3])
            .put("SumMemory", sums[2])
            .put("SumSessionCount", sums[5])
            .put("Granularity", over.granularity)
            .stamped(over.written, over.written);
        (count > 0).then(|| row.row())
    }

    fn within(&self, over: &Interval) -> impl Iterator<Item = Sample> {
        let (first, last) = (over.from / SAMPLED, over.to / SAMPLED);
        (first..last).filter_map(|nth| self.sample(nth * SAMPLED))
    }

    fn resources(&self, set: &'static Set, it: &Sample) -> Row {
        Cells::of(set)
            .put("MachineId", self.machine.id)
            .put("CollectedDate", time(it.at))
            .put("PercentCpu", float(it.cpu))
            .put("UsedMemory", float(it.used))
            .put("TotalMemory", float(it.total))
            .put("SessionCount", it.sessions)
            .stamped(it.at + TOLD, it.at + TOLD)
            .put("DesktopGroupId", self.machine.group)
            .put("AvgIcaRttInMs", it.rtt.map(float))
            .row()
    }

    fn resource_sum(&self, set: &'static Set, over: &Interval) -> Option<Row> {
        let samples: Vec<Sample> = self.within(over).collect();
        let number = i64::try_from(samples.len()).ok().filter(|it| *it > 0)?;
        let mean = |of: fn(&Sample) -> i64| {
            let sum: i64 = samples.iter().map(of).sum();
            float(sum) / float(number)
        };
        let most = |of: fn(&Sample) -> i64| samples.iter().map(of).max().map(float);
        let rtts: Vec<i64> = samples.iter().filter_map(|it| it.rtt).collect();
        let logons = self.launches.iter().filter_map(|it| {
            let is_here = (over.from..over.to).contains(&it.start);
            it.logon.filter(|_| is_here)
        });
        let empty = samples.iter().filter(|it| it.sessions == 0).count();
        let minutes = SAMPLED / MINUTE;
        let spans: Vec<Span> = self.launches.iter().map(|it| (it.start, it.end)).collect();
        let row = Cells::of(set)
            .put("MachineId", self.machine.id)
            .put("Granularity", over.granularity)
            .put("SummaryDate", time(over.from))
            .put("DesktopGroupId", self.machine.group)
            .put("AvgPercentCpu", mean(|it| it.cpu))
            .put("PeakPercentCpu", most(|it| it.cpu))
            .put("AvgUsedMemory", mean(|it| it.used))
            .put("PeakUsedMemory", most(|it| it.used))
            .put("AvgTotalMemory", mean(|it| it.total))
            .put(
                "TotalSessionCount",
                usage(&spans, over.from, over.to).touched(),
            )
            .put("AvgIcaRttInMs", average(&rtts))
            .put("AvgLogOnDurationInMs", average(&logons.collect::<Vec<_>>()))
            .put("UptimeInMinutes", number * minutes)
            .put(
                "UpTimeWithoutSessionInMinutes",
                i64::try_from(empty).unwrap_or(0) * minutes,
            )
            .stamped(over.written, over.written);
        Some(row.row())
    }

    /// Returns the desktops of a multi-session machine.
    fn desktops(&self, set: &'static Set, over: &[Interval]) -> Vec<Row> {
        let catalog = self
            .snapshot
            .catalogs
            .iter()
            .find(|it| it.id == self.machine.catalog);
        if !catalog.is_none_or(super::snapshot::Object::is_multi_session) {
            return Vec::new();
        }
        let desktops = self.launches.iter().filter(|it| it.uses.is_empty());
        let spans: Vec<Span> = desktops.map(|it| (it.start, it.end)).collect();
        let rows = over.iter().filter_map(|over| {
            let usage = usage(&spans, over.from, over.to);
            let row = Cells::of(set)
                .put("Id", summary_number(over, self.day, self.machine.serial))
                .put("SummaryDate", time(over.from))
                .put("MachineId", self.machine.id)
                .put("DesktopGroupId", self.machine.group)
                .put("PeakConcurrentInstanceCount", usage.peak)
                .put("TotalUsageDuration", float(usage.total))
                .put("TotalLaunchesCount", usage.launches)
                .put("StartingInstanceCount", usage.starting)
                .put("Granularity", over.granularity)
                .stamped(over.written, over.written);
            (usage.peak > 0).then(|| row.row())
        });
        rows.collect()
    }

    /// Returns disk operations and latency in an hour.
    fn disk(&self, hour: i64) -> Option<(i64, i64, f64)> {
        let at = start_of(self.day) + hour * HOUR;
        let sample = self.sample(at)?;
        let mut random = Random::of(&[self.machine.seed, at.unsigned_abs(), 3]);
        let iops = 4 + sample.sessions * random.around(5, 60) + random.between(0, 9);
        let latency = float(random.around(4, 80)) / 10.0;
        Some((at, iops, latency))
    }

    fn disks(&self, set: &'static Set) -> Vec<Row> {
        let hours = (0..24).filter_map(|it| self.disk(it));
        let kept = hours.filter(|(at, ..)| *at >= self.now - 3 * DAY);
        let row = |(at, iops, latency)| {
            Cells::of(set)
                .put("MachineId", self.machine.id)
                .put("CollectedDate", time(at))
                .put("Iops", float(iops))
                .put("Latency", latency)
                .row()
        };
        kept.map(row).collect()
    }

    fn disk_day(&self, set: &'static Set) -> Option<Row> {
        let from = start_of(self.day);
        let hours: Vec<_> = (0..24).filter_map(|it| self.disk(it)).collect();
        let is_over = from + DAY + 14 * MINUTE <= self.now && from >= self.now - 90 * DAY;
        if hours.is_empty() || !is_over {
            return None;
        }
        let number = float(i64::try_from(hours.len()).unwrap_or(1));
        let iops: i64 = hours.iter().map(|it| it.1).sum();
        let latency: f64 = hours.iter().map(|it| it.2).sum();
        let row = Cells::of(set)
            .put("MachineId", self.machine.id)
            .put("SummaryDate", time(from))
            .put("AvgIops", float(iops) / number)
            .put("PeakIops", hours.iter().map(|it| it.1).max().map(float))
            .put("AvgLatency", latency / number);
        Some(row.row())
    }
}

#[expect(clippy::cast_precision_loss, reason = "no measurement is that large")]
pub(super) fn float(number: i64) -> f64 {
    number as f64
}

fn average(of: &[i64]) -> Option<f64> {
    let number = i64::try_from(of.len()).ok().filter(|it| *it > 0)?;
    Some(float(of.iter().sum()) / float(number))
}

/// Returns the effective load and its parts: processor, memory, disk, network, sessions.
fn parts_of(sample: &Sample) -> [i64; 6] {
    let cpu = sample.cpu * 100;
    let memory = sample.used * 100 / sample.total * 100;
    let sessions = (sample.sessions * 40 * 8).min(10_000);
    let disk = sample.cpu * 37 % 900;
    [
        cpu.max(memory).max(sessions),
        cpu,
        memory,
        disk,
        disk / 3,
        sessions,
    ]
}

/// Encodes the time and machine of a measurement in its number.
pub(crate) fn load_number(at: i64, machine: u32) -> i64 {
    at / SAMPLED * (1 << 24) + i64::from(machine & 0xff_ffff)
}

/// Decodes the day and machine from such a number.
pub(crate) fn load_place(number: i64) -> (i32, u32) {
    let machine = u32::try_from(number & 0xff_ffff).unwrap_or(0);
    (day_of((number >> 24) * SAMPLED), machine)
}

/// Returns the last measurement of a running machine.
pub(crate) fn last_load(snapshot: &Snapshot, machine: &Machine, now: i64) -> Option<i64> {
    let at = (now - TOLD).div_euclid(SAMPLED) * SAMPLED;
    let day = MachineDay::of(snapshot, machine, day_of(at), now);
    day.sample(at).map(|it| load_number(it.at, machine.serial))
}

fn summary_number(over: &Interval, day: i32, place: u32) -> i64 {
    (i64::from(day) * 2048 + over.nth) * (1 << 24) + i64::from(place & 0xff_ffff)
}
