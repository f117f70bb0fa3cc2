//! Rows of the delivery group summaries, computed from the same sessions and failures that they summarize.

use std::collections::BTreeMap;

use super::super::odata::{Bounds, Row};
use super::super::schema::Set;
use super::cells::Cells;
use super::faults::{fault_now, fault_of};
use super::intervals::{Interval, intervals};
use super::launch::{Launch, Logon, Phase};
use super::moment::{DAY, HOUR, MINUTE, start_of, time};
use super::of_machines::MachineDay;
use super::snapshot::{Machine, Object, Snapshot};
use super::usage::{Span, peak, usage};

/// The activity in a site on a day.
pub(crate) struct GroupDay<'a> {
    snapshot: &'a Snapshot,
    day: i32,
    now: i64,
}

/// The sessions of one group.
type Launches = Vec<Launch>;

impl<'a> GroupDay<'a> {
    pub(crate) fn of(snapshot: &'a Snapshot, day: i32, now: i64) -> Self {
        Self { snapshot, day, now }
    }

    pub(crate) fn rows(&self, set: &'static Set, bounds: &Bounds) -> Vec<Row> {
        let kept: &[(i64, i64)] = match set.name {
            "SessionActivitySummaries" | "FailureLogSummaries" | "DesktopOSDesktopSummaries" => {
                &[(1, 3), (60, 32), (1440, 90)]
            }
            _ => &[(60, 32), (1440, 90)],
        };
        if set.name == "MachineCostSavingsSummaries" {
            return self.savings(set);
        }
        let over = intervals(self.day, self.now, kept, set, bounds);
        if over.is_empty() {
            return Vec::new();
        }
        match set.name {
            "SessionActivitySummaries" => self.by_group(set, &over, activity),
            "LogOnSummaries" => self.by_group(set, &over, logons),
            "FailureLogSummaries" => self.failures(set, &over),
            "ApplicationActivitySummaries" => self.applications(set, &over),
            "DesktopOSDesktopSummaries" => self
                .by_group(set, &over, desktops)
                .into_iter()
                .filter(|it| self.is_single_session(&it[2]))
                .collect(),
            "MachineSummaries" => self.machines(set, &over),
            _ => Vec::new(),
        }
    }

    /// Returns the sessions and failed launches of the day, including sessions that started earlier, by group.
    fn launches(&self) -> BTreeMap<usize, Launches> {
        let (from, to) = (start_of(self.day), start_of(self.day + 1));
        let mut groups: BTreeMap<usize, Launches> = BTreeMap::new();
        for machine in &self.snapshot.machines {
            let Some(group) = self.group(machine) else {
                continue;
            };
            let mut launches = self.snapshot.launches(machine, self.day - 1);
            launches.extend(self.snapshot.launches(machine, self.day));
            launches.extend(self.snapshot.real_launches(machine));
            launches.retain(|it| it.start < to && it.end.is_none_or(|it| it >= from));
            groups.entry(group).or_default().extend(launches);
        }
        groups
    }

    fn group(&self, machine: &Machine) -> Option<usize> {
        let group = machine.group?;
        self.snapshot.groups.iter().position(|it| it.id == group)
    }

    fn is_single_session(&self, group: &super::super::value::Value) -> bool {
        let mut groups = self.snapshot.groups.iter();
        let group = groups.find(|it| super::super::value::Value::Guid(it.id) == *group);
        group.is_some_and(|it| !it.is_multi_session())
    }

    fn by_group(
        &self,
        set: &'static Set,
        over: &[Interval],
        row: fn(Cells, &Launches, &Interval) -> Cells,
    ) -> Vec<Row> {
        let mut rows = Vec::new();
        for (place, launches) in self.launches() {
            for it in over {
                let cells = self.head(set, place, 0, it);
                let cells = row(cells, &launches, it);
                rows.push(self.tail(cells, it));
            }
        }
        rows
    }

    /// Starts a summary row; `part` distinguishes rows of the same group and interval.
    fn head(&self, set: &'static Set, group: usize, part: usize, over: &Interval) -> Cells {
        let place = i64::try_from(group * 128 + part).unwrap_or(0);
        let number = (i64::from(self.day) * 2048 + over.nth) * (1 << 21) + place;
        Cells::of(set)
            .put("Id", number)
            .put("SummaryDate", time(over.from))
            .put("DesktopGroupId", self.snapshot.groups[group].id)
    }

    fn tail(&self, cells: Cells, over: &Interval) -> Row {
        let cells = cells.put("Granularity", over.granularity);
        cells.stamped(over.written, over.written).row()
    }

    fn failures(&self, set: &'static Set, over: &[Interval]) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut faults = self.faults();
        for (place, launches) in self.launches() {
            let faults = faults.remove(&place).unwrap_or_default();
            for it in over {
                let mut counts: BTreeMap<(i64, i64), i64> = BTreeMap::new();
                for launch in &launches {
                    let code = launch.failure.zip(launch.end);
                    if let Some((code, _)) = code.filter(|(_, at)| (it.from..it.to).contains(at)) {
                        *counts.entry((1, code)).or_default() += 1;
                    }
                }
                for (state, spans) in &faults {
                    let most = peak(spans.iter().copied(), it.from, it.to);
                    if most > 0 {
                        counts.insert((2, *state), most);
                    }
                }
                for (part, ((category, code), count)) in counts.into_iter().enumerate() {
                    let cells = self
                        .head(set, place, part, it)
                        .put("FailureCategory", category)
                        .put("FailureCode", code)
                        .put("FailureCount", count);
                    rows.push(self.tail(cells, it));
                }
            }
        }
        rows
    }

    /// Returns when machines of each group were faulty, by the type of fault.
    fn faults(&self) -> BTreeMap<usize, BTreeMap<i64, Vec<Span>>> {
        let mut groups: BTreeMap<usize, BTreeMap<i64, Vec<Span>>> = BTreeMap::new();
        for machine in &self.snapshot.machines {
            let Some(group) = self.group(machine) else {
                continue;
            };
            let days = [self.day - 1, self.day];
            let made_up = days
                .iter()
                .filter_map(|it| fault_of(self.snapshot, machine, *it));
            for fault in made_up.chain(fault_now(self.snapshot, machine)) {
                let states = groups.entry(group).or_default();
                let spans = states.entry(fault.state).or_default();
                spans.push((fault.start, fault.end));
            }
        }
        groups
    }

    fn applications(&self, set: &'static Set, over: &[Interval]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (place, launches) in self.launches() {
            for (part, application) in self.snapshot.applications.iter().enumerate() {
                let uses = launches.iter().flat_map(|it| &it.uses);
                let uses = uses.filter(|it| it.application == part);
                let spans: Vec<Span> = uses.map(|it| (it.start, it.end)).collect();
                for it in over {
                    let usage = usage(&spans, it.from, it.to);
                    if usage.peak == 0 {
                        continue;
                    }
                    let cells = self
                        .head(set, place, part, it)
                        .put("ApplicationId", application.id);
                    rows.push(self.tail(used(cells, &usage), it));
                }
            }
        }
        rows
    }

    /// Counts machines at the start of each hour; the row of a day has the maximum of its hours.
    fn machines(&self, set: &'static Set, over: &[Interval]) -> Vec<Row> {
        let mut groups: BTreeMap<usize, Vec<MachineDay<'_>>> = BTreeMap::new();
        for machine in &self.snapshot.machines {
            if let Some(group) = self.group(machine).filter(|_| machine.now.is_some()) {
                let day = MachineDay::of(self.snapshot, machine, self.day, self.now);
                groups.entry(group).or_default().push(day);
            }
        }
        let mut rows = Vec::new();
        for (place, machines) in groups {
            for it in over {
                let hours = (it.to - it.from) / HOUR;
                let hours = (0..hours).map(|hour| it.from + hour * HOUR);
                let counts = hours.map(|at| {
                    let on = machines.iter().filter(|it| it.is_on(at));
                    let (mut powered, mut registered) = (0, 0);
                    for day in on {
                        powered += i64::from(day.is_managed());
                        registered += i64::from(day.is_registered());
                    }
                    (powered, registered)
                });
                let counts: Vec<(i64, i64)> = counts.collect();
                let most = |of: fn(&(i64, i64)) -> i64| counts.iter().map(of).max();
                let resting = machines.iter().filter(|it| it.is_in_maintenance()).count();
                let cells = self
                    .head(set, place, 0, it)
                    .put("PoweredOnMachinesCount", most(|it| it.0))
                    .put("RegisteredMachinesCount", most(|it| it.1))
                    .put("MachinesInMaintenanceModeCount", resting)
                    .put("MachinesCount", machines.len());
                rows.push(self.tail(cells, it));
            }
        }
        rows
    }

    /// Returns the savings from powering machines off, by day.
    fn savings(&self, set: &'static Set) -> Vec<Row> {
        let from = start_of(self.day);
        if from < self.now - 90 * DAY || from + DAY + 14 * MINUTE > self.now {
            return Vec::new();
        }
        let mut groups: BTreeMap<usize, Vec<MachineDay<'_>>> = BTreeMap::new();
        for machine in &self.snapshot.machines {
            let is_managed = machine.now.is_some_and(|it| it.is_managed);
            if let Some(group) = self.group(machine).filter(|_| is_managed) {
                let day = MachineDay::of(self.snapshot, machine, self.day, self.now);
                groups.entry(group).or_default().push(day);
            }
        }
        let launches = self.launches();
        let rows = groups.into_iter().map(|(place, machines)| {
            let none = Vec::new();
            let launches = launches.get(&place).unwrap_or(&none);
            let group = &self.snapshot.groups[place];
            saving(set, group, from, &machines, launches)
        });
        rows.collect()
    }
}

/// The cost of a machine per hour.
pub(crate) const COST: f64 = 0.12;

fn saving(
    set: &'static Set,
    group: &Object,
    from: i64,
    machines: &[MachineDay<'_>],
    launches: &Launches,
) -> Row {
    let hours = |on: bool| {
        let each = machines.iter().map(|it| {
            let hours = (0..24).map(|hour| from + hour * HOUR);
            hours.filter(|at| it.is_on(*at) == on).count()
        });
        each.sum::<usize>()
    };
    let (on, off) = (hours(true), hours(false));
    let noon = from + 12 * HOUR;
    let used = machines
        .iter()
        .filter(|it| it.is_on(noon) && it.is_used(noon))
        .count();
    let idle = machines
        .iter()
        .filter(|it| it.is_on(noon) && !it.is_used(noon))
        .count();
    let sessions = launches.iter().filter(|it| it.failure.is_none());
    let spans = sessions.clone().map(|it| (it.start, it.end));
    let peak = peak(spans, from, from + DAY);
    let begun: Vec<i64> = sessions
        .filter(|it| it.start >= from && it.start < from + DAY)
        .filter_map(|it| it.logon)
        .collect();
    let logons = i64::try_from(begun.len()).unwrap_or(0).max(1);
    #[expect(clippy::cast_precision_loss, reason = "a day has few hours")]
    let cost = |hours: usize| hours as f64 * COST;
    Cells::of(set)
        .put("DesktopGroupId", group.id)
        .put("SummaryDate", time(from))
        .put("Granularity", 1)
        .put("HypervisorType", 5)
        .put("TagId", 0)
        .put("TotalMachinesCount", machines.len())
        .put(
            "PowerManagedMachinesOff",
            machines.iter().filter(|it| !it.is_on(noon)).count(),
        )
        .put("PowerManagedMachinesInHibernate", 0)
        .put("PowerManagedMachinesOnWithSessions", used)
        .put("PowerManagedMachinesOnWithoutSessions", idle)
        .put("PowerManagedMachineMinutesTurnedOff", off * 60)
        .put("TotalScaleInActions", off / 15)
        .put("TotalHibernateActions", 0)
        .put("TotalScaleOutActions", off / 15)
        .put("TotalPeakConcurrentSessions", peak)
        // In seconds, unlike every other duration of the service.
        .put(
            "AverageLogonDurationInSec",
            begun.iter().sum::<i64>() / logons / 1000,
        )
        .put("AveragePowerManagedMachinesCount", machines.len())
        .put("AverageMachineCostPerHour", COST)
        .put("CostType", 2)
        .put("CurrencyType", 1)
        .put("TotalAmountSaved", cost(off))
        .put("TotalCostIfNoPowerManagement", cost(on + off))
        .put("TotalAutoscaleComputeSavings", cost(off))
        .put("TotalAutoscaleStorageSavings", 0.0)
        .put("TotalEndUserComputeSavings", 0.0)
        .put("TotalEndUserStorageSavings", 0.0)
        .put("AverageComputeCostPerHour", COST)
        .put("AverageStorageCostPerHour", 0.0)
        .put("TotalComputeCost", cost(on))
        .put("TotalStorageCost", 0.0)
        .row()
}

fn used(cells: Cells, usage: &super::usage::Usage) -> Cells {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of some days")]
    let total = usage.total as f64;
    cells
        .put("PeakConcurrentInstanceCount", usage.peak)
        .put("TotalUsageDuration", total)
        .put("TotalLaunchesCount", usage.launches)
        .put("StartingInstanceCount", usage.starting)
}

fn desktops(cells: Cells, launches: &Launches, over: &Interval) -> Cells {
    let desktops = launches
        .iter()
        .filter(|it| it.failure.is_none() && it.uses.is_empty());
    let spans: Vec<Span> = desktops.map(|it| (it.start, it.end)).collect();
    used(cells, &usage(&spans, over.from, over.to))
}

fn activity(cells: Cells, launches: &Launches, over: &Interval) -> Cells {
    let (from, to) = (over.from, over.to);
    let sessions = || launches.iter().filter(|it| it.failure.is_none());
    let all = sessions().map(|it| (it.start, it.end));
    let gaps = sessions()
        .flat_map(Launch::gaps)
        .map(|(from, to)| (from, Some(to)));
    let begun = sessions().filter(|it| (from..to).contains(&it.start));
    let logons: Vec<i64> = begun.filter_map(|it| it.logon).collect();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of some days")]
    let total = logons.iter().sum::<i64>() as f64;
    cells
        .put(
            "ConnectedSessionCount",
            peak(sessions().flat_map(connected), from, to),
        )
        .put("DisconnectedSessionCount", peak(gaps, from, to))
        .put("ConcurrentSessionCount", peak(all, from, to))
        .put("TotalLogOnDuration", total)
        .put("TotalLogOnCount", logons.len())
}

/// Returns the periods in which a session had a client.
fn connected(launch: &Launch) -> Vec<Span> {
    let links = launch.links.iter();
    links
        .map(|it| (it.start, it.disconnected.or(launch.end)))
        .collect()
}

fn logons(cells: Cells, launches: &Launches, over: &Interval) -> Cells {
    let begun = launches
        .iter()
        .filter(|it| (over.from..over.to).contains(&it.start));
    let begun = begun.filter(|it| it.logon.is_some());
    let logons: Vec<Logon> = begun
        .filter_map(|it| it.links.first())
        .map(|it| it.logon)
        .collect();
    let span = |of: fn(&Logon) -> Phase| {
        let phases = logons.iter().filter_map(of).map(|(from, to)| to - from);
        phases.collect::<Vec<i64>>()
    };
    let sum = |of: &[i64]| of.iter().sum::<i64>();
    let starts = logons
        .iter()
        .filter_map(|it| Some((it.vm_start?, it.powered?)));
    let starts: Vec<_> = starts.collect();
    let powering = starts
        .iter()
        .map(|(vm, powered)| powered - vm.0)
        .sum::<i64>();
    let registering = starts
        .iter()
        .map(|(vm, powered)| vm.1 - powered)
        .sum::<i64>();
    let each = |of: fn(&Logon) -> i64| logons.iter().map(of).sum::<i64>();
    let (hdx, gpo) = (span(|it| it.hdx), span(|it| it.gpo));
    let (scripts, profile) = (span(|it| it.scripts), span(|it| it.profile));
    let interactive = span(|it| it.interactive);
    cells
        .put("TotalDuration", each(|it| it.total))
        .put("TotalCount", logons.len())
        .put("BrokeringDuration", each(|it| it.brokering))
        .put("BrokeringCount", logons.len())
        .put("VMStartDuration", powering + registering)
        .put("VMPowerOnDuration", powering)
        .put("VMRegistrationDuration", registering)
        .put("VMStartCount", starts.len())
        .put("HdxDuration", sum(&hdx))
        .put("HdxCount", hdx.len())
        .put("AuthenticationDuration", each(|it| it.authentication))
        .put("AuthenticationCount", logons.len())
        .put("GpoDuration", sum(&gpo))
        .put("GpoCount", gpo.len())
        .put("LogOnScriptsDuration", sum(&scripts))
        .put("LogOnScriptsCount", scripts.len())
        .put("InteractiveDuration", sum(&interactive))
        .put("InteractiveCount", interactive.len())
        .put("ProfileLoadDuration", sum(&profile))
        .put("ProfileLoadCount", profile.len())
}
