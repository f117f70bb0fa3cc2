//! The load of machines.

use citrix_cloud::monitor::{
    Computed, LifecycleState, LoadIndexSummary, PowerStateCode, load_index, load_index_summary,
    machine,
};
use jiff::Timestamp;
use serde::Deserialize;

use super::model::{Cell, Report, Section};
use super::names::Machine;
use super::scope::{Granularity, Source, read};
use crate::exit::Failure;

/// The load index of a fully loaded machine.
const FULL: f64 = 10_000.0;

/// How many machines are listed.
const MOST: usize = 20;

/// The sums of a machine, or of an interval.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sums {
    summary_date: Option<Timestamp>,
    machine: Option<Machine>,
    samples: Option<i64>,
    load: Option<f64>,
    cpu: Option<f64>,
    memory: Option<f64>,
}

/// A machine that is on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Now {
    name: Option<String>,
    current_session_count: Option<i64>,
    current_load_index: Option<Index>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Index {
    effective_load_index: Option<i64>,
}

pub(super) async fn report(source: &Source) -> Result<Report, Failure> {
    let now = source
        .query(machine::DESKTOP_GROUP_ID)
        .filter(machine::LIFECYCLE_STATE.eq(LifecycleState::ACTIVE))
        .filter(machine::CURRENT_POWER_STATE.eq(PowerStateCode::ON))
        .select((machine::NAME, machine::CURRENT_SESSION_COUNT))
        .expand(machine::CURRENT_LOAD_INDEX.select(load_index::EFFECTIVE_LOAD_INDEX));
    let granularity = source.scope.granularity();
    let summaries = || source.summaries(granularity);
    let machines = summaries()
        .group_by(load_index_summary::MACHINE.name())
        .aggregate(sums());
    let times = summaries()
        .order_by(load_index_summary::SUMMARY_DATE)
        .group_by(load_index_summary::SUMMARY_DATE)
        .aggregate(sums());
    Ok(of(
        &read(now).await?,
        read(machines).await?,
        &read(times).await?,
        granularity,
    ))
}

/// Sums come from the service, so that means are computed from totals.
fn sums() -> [Computed<LoadIndexSummary>; 4] {
    [
        load_index_summary::SUM_COUNT.sum("Samples"),
        load_index_summary::SUM_LOAD_INDEX.sum("Load"),
        load_index_summary::SUM_CPU.sum("Cpu"),
        load_index_summary::SUM_MEMORY.sum("Memory"),
    ]
}

fn mean(sum: Option<f64>, sums: &Sums) -> Cell {
    match sum {
        None => Cell::Absent,
        Some(sum) => Cell::of(Cell::Share, sum / FULL, sums.samples.unwrap_or(0)),
    }
}

fn of(now: &[Now], machines: Vec<Sums>, times: &[Sums], granularity: Granularity) -> Report {
    let mut loads: Vec<(&Now, i64)> = now
        .iter()
        .filter_map(|it| Some((it, it.current_load_index.as_ref()?.effective_load_index?)))
        .collect();
    loads.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
    let full = loads
        .iter()
        .filter(|(_, load)| *load as f64 >= FULL)
        .count();
    let all = Sums {
        samples: Some(times.iter().filter_map(|it| it.samples).sum()),
        ..Sums::default()
    };
    let sum: f64 = times.iter().filter_map(|it| it.load).sum();
    let mut machines = machines;
    let share = |it: &Sums| mean(it.load, it).number().unwrap_or(0.0);
    machines.sort_by(|a, b| share(b).total_cmp(&share(a)));
    let parts = [("load", "LOAD"), ("cpu", "CPU"), ("memory", "MEMORY")];
    let cells = |it: &Sums| [mean(it.load, it), mean(it.cpu, it), mean(it.memory, it)];
    let (name, interval) = match granularity {
        Granularity::DAY => ("byDay", "UTC day"),
        _ => ("byHour", "hour"),
    };
    let head = |first| [&[first], &parts[..]].concat();
    Report::new("load", "Load of machines")
        .figure("on", "Machines on", now.len())
        .figure("reporting", "Reporting a load", loads.len())
        .figure("full", "Full", full)
        .figure("mean", "Mean load in the period", mean(Some(sum), &all))
        .section(
            Section::new(
                "now",
                format!("Load now, the {MOST} highest"),
                &[
                    ("machine", "MACHINE"),
                    ("load", "LOAD"),
                    ("sessions", "SESSIONS"),
                ],
            )
            .rows(loads.into_iter().take(MOST).map(|(it, load)| {
                vec![
                    it.name.clone().into(),
                    Cell::Share(load as f64 / FULL),
                    it.current_session_count.into(),
                ]
            }))
            .bars(0, 1),
        )
        .section(
            Section::new(
                "machines",
                format!("Mean of the period, the {MOST} highest"),
                &head(("machine", "MACHINE")),
            )
            .rows(machines.iter().take(MOST).map(|it| {
                let name = it.machine.as_ref().and_then(|it| it.name.clone());
                [Cell::from(name)].into_iter().chain(cells(it)).collect()
            }))
            .bars(0, 1),
        )
        .section(
            Section::new(
                name,
                format!("Mean per {interval}"),
                &head(("at", "FROM (UTC)")),
            )
            .rows(times.iter().map(|it| {
                let at = Cell::from(it.summary_date);
                [at].into_iter().chain(cells(it)).collect()
            }))
            .times(0, &[1, 2, 3]),
        )
        .note("A load of 10,000 is full. Machines that are off report no load and are not included in means.")
}

#[cfg(test)]
mod tests {
    use super::super::scope::tests::at;
    use super::*;

    #[test]
    fn means_are_sums_by_samples_and_the_highest_come_first() {
        let machine = |name: &str, samples, load| Sums {
            machine: Some(Machine {
                name: Some(name.to_owned()),
            }),
            samples: Some(samples),
            load: Some(load),
            ..Sums::default()
        };
        let machines = vec![
            machine("LOW", 10, 10_000.0),
            machine("HIGH", 2, 10_000.0),
            machine("NONE", 0, 0.0),
        ];
        let time = |hour: &str, samples, load| Sums {
            summary_date: Some(at(hour)),
            ..machine("", samples, load)
        };
        let times = [
            time("2026-01-05T08:00:00Z", 3, 30_000.0),
            time("2026-01-05T09:00:00Z", 9, 30_000.0),
        ];
        let now = |name: &str, load| Now {
            name: Some(name.to_owned()),
            current_session_count: Some(1),
            current_load_index: Some(Index {
                effective_load_index: load,
            }),
        };
        let now = [now("A", Some(100)), now("B", Some(10_000)), now("C", None)];
        let json = of(&now, machines, &times, Granularity::HOUR).json();
        assert_eq!(json["figures"]["mean"], 0.5);
        assert_eq!(json["figures"]["full"], 1);
        assert_eq!(json["figures"]["reporting"], 2);
        assert_eq!(json["now"][0]["machine"], "B");
        assert_eq!(json["now"][1]["load"], 0.01);
        assert_eq!(json["machines"][0]["machine"], "HIGH");
        assert_eq!(json["machines"][0]["load"], 0.5);
        assert!(json["machines"][2]["load"].is_null());
        assert!(json["byHour"][0]["cpu"].is_null());
    }
}
