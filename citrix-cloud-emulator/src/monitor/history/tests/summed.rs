//! Summaries recomputed from raw rows: logons, applications, resources, disks.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::super::value::Value;
use super::super::moment::{MINUTE, start_of};
use super::{History, ask, at, count, most, number, rows, summaries, value};

/// Checks the durations of logon phases, and how many logons had each.
pub(super) fn logons(history: &History, day: i32) -> Result<(), TestCaseError> {
    let set = "LogOnSummaries";
    let connections = rows(history, &ask("Connections", "IsReconnect eq false"));
    let mut first: BTreeMap<String, &super::Row> = BTreeMap::new();
    for row in &connections {
        first.insert(key("Connections", row, "SessionKey"), row);
    }
    let done = rows(history, &ask("Sessions", "LogOnDuration ne null"));
    let mut checked = 0;
    for ((granularity, from), said) in summaries(history, set, day) {
        let to = from + granularity * MINUTE;
        let begun = done.iter().filter(|it| {
            let start = at("Sessions", it, "StartDate").unwrap();
            (from..to).contains(&start)
        });
        let begun: Vec<_> = begun.collect();
        let links: Vec<_> = begun
            .iter()
            .map(|it| first[&key("Sessions", it, "SessionKey")])
            .collect();
        let total: i64 = begun
            .iter()
            .map(|it| count("Sessions", it, "LogOnDuration"))
            .sum();
        let sum = |column: &str| -> i64 {
            let each = links
                .iter()
                .filter_map(|it| number("Connections", it, column));
            each.sum()
        };
        let phase = |name: &str| {
            let moment =
                |it: &super::Row, end: &str| at("Connections", it, &format!("{name}{end}"));
            let phases = links
                .iter()
                .filter_map(|it| Some(moment(it, "EndDate")? - moment(it, "StartDate")?));
            let phases: Vec<i64> = phases.collect();
            (phases.iter().sum::<i64>(), phases.len() as i64)
        };
        let [row] = said.as_slice() else {
            return Err(TestCaseError::fail("one group has one row"));
        };
        let pair = |name: &str| {
            let duration = count(set, row, &format!("{name}Duration"));
            (duration, count(set, row, &format!("{name}Count")))
        };
        prop_assert_eq!(pair("Total"), (total, begun.len() as i64));
        let all = begun.len() as i64;
        prop_assert_eq!(pair("Brokering"), (sum("BrokeringDuration"), all));
        prop_assert_eq!(pair("Authentication"), (sum("AuthenticationDuration"), all));
        for (said, raw) in [
            ("Hdx", "Hdx"),
            ("Gpo", "Gpo"),
            ("LogOnScripts", "LogOnScripts"),
            ("Interactive", "Interactive"),
            ("ProfileLoad", "ProfileLoad"),
        ] {
            prop_assert_eq!(pair(said), phase(raw), "{}", said);
        }
        checked += 1;
    }
    prop_assert!(checked >= 25, "{checked}");
    Ok(())
}

/// Checks the usage of applications.
pub(super) fn applications(history: &History, day: i32) -> Result<(), TestCaseError> {
    let (raw, set) = ("ApplicationInstances", "ApplicationActivitySummaries");
    let mut uses: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for row in rows(history, &ask(raw, "")) {
        let end = at(raw, &row, "EndDate").unwrap_or(i64::MAX);
        let span = (at(raw, &row, "StartDate").unwrap(), end);
        uses.entry(key(raw, &row, "ApplicationId"))
            .or_default()
            .push(span);
    }
    prop_assert!(!uses.is_empty(), "nobody used an application");
    for ((granularity, from), said) in summaries(history, set, day) {
        let to = from + granularity * MINUTE;
        let said: BTreeMap<String, [i64; 4]> = said
            .iter()
            .map(|it| {
                let columns = [
                    "PeakConcurrentInstanceCount",
                    "TotalUsageDuration",
                    "TotalLaunchesCount",
                    "StartingInstanceCount",
                ];
                (
                    key(set, it, "ApplicationId"),
                    columns.map(|name| count(set, it, name)),
                )
            })
            .collect();
        let used = uses.iter().map(|(application, spans)| {
            let here = || spans.iter().filter(|it| it.0 < to && it.1 > from);
            let total: i64 = here().map(|it| it.1.min(to) - it.0.max(from)).sum();
            let begun = spans.iter().filter(|it| (from..to).contains(&it.0)).count();
            let older = here().filter(|it| it.0 < from).count();
            let figures = [most(spans, from, to), total, begun as i64, older as i64];
            (application.clone(), figures)
        });
        let used: BTreeMap<_, _> = used.filter(|it| it.1[0] > 0).collect();
        prop_assert_eq!(said, used, "{} {}", granularity, from);
    }
    Ok(())
}

/// Checks the measurements of machines, as long as single measurements are kept.
pub(super) fn resources(history: &History) -> Result<(), TestCaseError> {
    let (raw, set) = ("ResourceUtilization", "ResourceUtilizationSummary");
    let mut measured: BTreeMap<String, Vec<(i64, super::Row)>> = BTreeMap::new();
    for row in rows(history, &ask(raw, "")) {
        let when = at(raw, &row, "CollectedDate").unwrap();
        let machine = key(raw, &row, "MachineId");
        measured.entry(machine).or_default().push((when, row));
    }
    let first = measured.values().flatten().map(|it| it.0).min();
    let mut checked = 0;
    for back in 0..2 {
        let day = super::day_of(history.now) - back;
        for ((granularity, from), said) in summaries(history, set, day) {
            if first.is_none_or(|it| from < it) {
                continue;
            }
            let to = from + granularity * MINUTE;
            for row in &said {
                let machine = key(set, row, "MachineId");
                let here = measured[&machine].iter();
                let here = here.filter(|it| (from..to).contains(&it.0));
                let here: Vec<&super::Row> = here.map(|it| &it.1).collect();
                for (mean, peak, column) in [
                    ("AvgPercentCpu", Some("PeakPercentCpu"), "PercentCpu"),
                    ("AvgUsedMemory", Some("PeakUsedMemory"), "UsedMemory"),
                    ("AvgIcaRttInMs", None, "AvgIcaRttInMs"),
                ] {
                    let values = here.iter().filter_map(|it| value(raw, it, column).number());
                    let values: Vec<f64> = values.collect();
                    let wanted = (!values.is_empty())
                        .then(|| values.iter().sum::<f64>() / values.len() as f64);
                    let told = value(set, row, mean).number();
                    let is_same = match (told, wanted) {
                        (Some(told), Some(wanted)) => (told - wanted).abs() <= wanted.abs() * 1e-9,
                        (told, wanted) => told == wanted,
                    };
                    prop_assert!(is_same, "{} is {:?}, not {:?}", mean, told, wanted);
                    if let Some(peak) = peak {
                        let most = values.iter().copied().reduce(f64::max);
                        prop_assert_eq!(value(set, row, peak).number(), most, "{}", peak);
                    }
                }
                let minutes = here.len() as i64 * 5;
                prop_assert_eq!(count(set, row, "UptimeInMinutes"), minutes);
                checked += 1;
            }
        }
    }
    prop_assert!(checked > 0, "nothing was summed up");
    Ok(())
}

/// Checks the disk activity of a day.
pub(super) fn disks(history: &History, day: i32) -> Result<(), TestCaseError> {
    let (raw, set) = ("MachineMetric", "MachineMetricSummary");
    let (from, to) = (start_of(day), start_of(day + 1));
    let mut wanted: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for row in rows(history, &ask(raw, "")) {
        if (from..to).contains(&at(raw, &row, "CollectedDate").unwrap()) {
            let [iops, latency] = ["Iops", "Latency"].map(|it| value(raw, &row, it).number());
            let pair = (iops.unwrap(), latency.unwrap());
            wanted
                .entry(key(raw, &row, "MachineId"))
                .or_default()
                .push(pair);
        }
    }
    let mut said = 0;
    for row in rows(history, &ask(set, "")) {
        if at(set, &row, "SummaryDate") != Some(from) {
            continue;
        }
        said += 1;
        let values = &wanted[&key(set, &row, "MachineId")];
        let mean =
            |of: fn(&(f64, f64)) -> f64| values.iter().map(of).sum::<f64>() / values.len() as f64;
        let most = values.iter().map(|it| it.0).fold(0.0, f64::max);
        for (column, wanted) in [
            ("AvgIops", mean(|it| it.0)),
            ("AvgLatency", mean(|it| it.1)),
            ("PeakIops", most),
        ] {
            let told = value(set, &row, column).number().unwrap();
            prop_assert!(
                (told - wanted).abs() <= wanted * 1e-9,
                "{column} is {told}, not {wanted}"
            );
        }
    }
    prop_assert_eq!(said, wanted.len());
    Ok(())
}

fn key(set: &str, row: &super::Row, column: &str) -> String {
    match value(set, row, column) {
        Value::Guid(it) => it.to_string(),
        other => panic!("{column} is {other:?}"),
    }
}
