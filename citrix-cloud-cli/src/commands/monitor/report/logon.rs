//! Logon durations and their phases.

use std::collections::BTreeMap;

use citrix_cloud::monitor::{LogOnSummary, machine, session, session_activity_summary, user};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::model::{Cell, Report, Section};
use super::names::{Machine, User};
use super::scope::{Granularity, Scope, Source, read};
use crate::exit::Failure;

/// Longer logons are listed, slowest first.
const SLOW_MS: i64 = 60_000;

const MOST_SLOW: u64 = 20;

/// The phases: column name and display name.
const PHASES: [(&str, &str); 8] = [
    ("Brokering", "Brokering"),
    ("VMStart", "Machine start"),
    ("Hdx", "HDX connection"),
    ("Authentication", "Authentication"),
    ("Gpo", "Group policy"),
    ("LogOnScripts", "Logon scripts"),
    ("ProfileLoad", "Profile load"),
    ("Interactive", "Interactive session"),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Activity {
    summary_date: Timestamp,
    desktop_group_id: Option<Uuid>,
    total_log_on_duration: Option<f64>,
    total_log_on_count: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Slow {
    start_date: Option<Timestamp>,
    log_on_duration: Option<f64>,
    user: Option<User>,
    machine: Option<Machine>,
}

pub(super) async fn report(source: &Source) -> Result<Report, Failure> {
    let granularity = source.scope.granularity();
    let activity = source
        .summaries(granularity)
        .select((
            session_activity_summary::SUMMARY_DATE,
            session_activity_summary::DESKTOP_GROUP_ID,
            session_activity_summary::TOTAL_LOG_ON_DURATION,
            session_activity_summary::TOTAL_LOG_ON_COUNT,
        ))
        .order_by(session_activity_summary::SUMMARY_DATE);
    let activity = read(activity).await?;
    let phases = read(source.summaries::<LogOnSummary>(granularity)).await?;
    let slow = source
        .query(session::MACHINE.desktop_group_id())
        .filter(source.within(session::START_DATE))
        .filter(session::LOG_ON_DURATION.gt(SLOW_MS))
        .select((session::START_DATE, session::LOG_ON_DURATION))
        .expand(session::USER.select(user::USER_NAME))
        .expand(session::MACHINE.select(machine::NAME))
        .order_by(session::LOG_ON_DURATION.desc())
        .top(MOST_SLOW);
    let slow = read(slow).await?;
    Ok(of(&activity, &phases, slow, granularity, &source.scope))
}

/// A total duration and the number of logons. Totals are added up before the division.
#[derive(Default, Clone, Copy)]
struct Mean {
    sum: f64,
    count: i64,
}

impl Mean {
    fn add(&mut self, sum: Option<f64>, count: Option<i64>) {
        self.sum += sum.unwrap_or(0.0);
        self.count += count.unwrap_or(0);
    }

    fn cell(self) -> Cell {
        Cell::of(Cell::Millis, self.sum, self.count)
    }
}

fn of(
    activity: &[Activity],
    phases: &[Map<String, Value>],
    slow: Vec<Slow>,
    granularity: Granularity,
    scope: &Scope,
) -> Report {
    let mut all = Mean::default();
    let mut groups: BTreeMap<Option<Uuid>, Mean> = BTreeMap::new();
    let mut times: BTreeMap<Timestamp, Mean> = BTreeMap::new();
    for row in activity {
        let (sum, count) = (row.total_log_on_duration, row.total_log_on_count);
        all.add(sum, count);
        groups
            .entry(row.desktop_group_id)
            .or_default()
            .add(sum, count);
        times.entry(row.summary_date).or_default().add(sum, count);
    }
    let (name, interval) = match granularity {
        Granularity::DAY => ("byDay", "UTC day"),
        _ => ("byHour", "hour"),
    };
    let mean = ("meanMs", "MEAN");
    Report::new("logon", "Logon duration")
        .figure("logons", "Logons", all.count)
        .figure("meanMs", "Mean", all.cell())
        .section(
            Section::new(
                "phases",
                "Mean per phase; phases overlap, and each mean covers the logons that had the phase",
                &[("phase", "PHASE"), mean, ("logons", "LOGONS")],
            )
            .rows(PHASES.into_iter().map(|(column, label)| {
                let phase = phase(phases, column);
                vec![label.into(), phase.cell(), phase.count.into()]
            }))
            .bars(0, 1),
        )
        .section(
            Section::new(
                "groups",
                "Mean per delivery group",
                &[("group", "GROUP"), mean, ("logons", "LOGONS")],
            )
            .rows(
                groups
                    .into_iter()
                    .map(|(id, own)| vec![scope.group(id).into(), own.cell(), own.count.into()]),
            )
            .bars(0, 1),
        )
        .section(
            Section::new(
                "slowest",
                format!("Slowest logons of more than {} s", SLOW_MS / 1000),
                &[
                    ("user", "USER"),
                    ("machine", "MACHINE"),
                    ("start", "START (UTC)"),
                    ("durationMs", "DURATION"),
                ],
            )
            .rows(slow.into_iter().map(|it| {
                vec![
                    it.user.and_then(|it| it.user_name).into(),
                    it.machine.and_then(|it| it.name).into(),
                    it.start_date.into(),
                    it.log_on_duration.map_or(Cell::Absent, Cell::Millis),
                ]
            }))
            .bars(0, 3),
        )
        .section(
            Section::new(
                name,
                format!("Mean per {interval}"),
                &[("at", "FROM (UTC)"), mean, ("logons", "LOGONS")],
            )
            .rows(
                times
                    .into_iter()
                    .map(|(at, own)| vec![at.into(), own.cell(), own.count.into()]),
            )
            .times(0, &[1]),
        )
}

/// Returns the statistics of a phase in the rows.
fn phase(rows: &[Map<String, Value>], column: &str) -> Mean {
    let mut mean = Mean::default();
    let (sum, count) = (format!("{column}Duration"), format!("{column}Count"));
    for row in rows {
        mean.add(
            row.get(&sum).and_then(Value::as_f64),
            row.get(&count).and_then(Value::as_i64),
        );
    }
    mean
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scope::tests::{OFFICE, SALES, at, scope};
    use super::*;

    fn activity(time: &str, group: Uuid, sum: f64, count: i64) -> Activity {
        Activity {
            summary_date: at(time),
            desktop_group_id: Some(group),
            total_log_on_duration: Some(sum),
            total_log_on_count: Some(count),
        }
    }

    #[test]
    fn sums_come_before_divisions() {
        let rows = [
            activity("2026-01-04T09:00:00Z", SALES, 10_000.0, 1),
            activity("2026-01-04T09:00:00Z", OFFICE, 60_000.0, 9),
            activity("2026-01-04T10:00:00Z", OFFICE, 0.0, 0),
        ];
        let row = |value: Value| value.as_object().unwrap().clone();
        let phases = [
            row(json!({"GpoDuration": 8_000, "GpoCount": 2, "HdxDuration": 100, "HdxCount": 1})),
            row(json!({"GpoDuration": 1_000, "GpoCount": 7, "HdxDuration": null})),
        ];
        let json = of(&rows, &phases, Vec::new(), Granularity::HOUR, &scope()).json();
        assert_eq!(json["figures"], json!({"logons": 10, "meanMs": 7_000.0}));
        assert_eq!(json["byHour"][0]["meanMs"], 7_000.0);
        assert_eq!(json["byHour"][1]["meanMs"], Value::Null);
        let phases = json["phases"].as_array().unwrap();
        let of = |name: &str| phases.iter().find(|it| it["phase"] == name).unwrap();
        assert_eq!(of("Group policy")["meanMs"], 1_000.0);
        assert_eq!(of("HDX connection")["meanMs"], 100.0);
        assert_eq!(of("Profile load")["meanMs"], Value::Null);
    }
}
