//! The number of concurrent sessions.

use std::collections::BTreeMap;

use citrix_cloud::monitor::{
    SessionActivitySummary, SetQuery, session_activity_summary as summary,
};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::day::{MINUTES_ARE_KEPT, day};
use super::model::{Cell, Report, Section};
use super::scope::{Granularity, Scope, Source, read};
use crate::exit::Failure;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Row {
    summary_date: Timestamp,
    desktop_group_id: Option<Uuid>,
    concurrent_session_count: Option<i64>,
    connected_session_count: Option<i64>,
    disconnected_session_count: Option<i64>,
}

pub(super) async fn report(source: &Source, now: Timestamp) -> Result<Report, Failure> {
    let granularity = source.scope.granularity();
    let rows = counts(source, granularity).order_by(summary::SUMMARY_DATE);
    let rows = read(rows).await?;
    // The peak of several groups together can only be computed from minutes.
    let minutes_are_there = now.duration_since(source.scope.since) <= MINUTES_ARE_KEPT;
    let minutes = match minutes_are_there && source.scope.groups.len() > 1 {
        false => Vec::new(),
        true => read(counts(source, Granularity::MINUTE)).await?,
    };
    Ok(of(&rows, &minutes, granularity, &source.scope))
}

fn counts(source: &Source, granularity: Granularity) -> SetQuery<SessionActivitySummary> {
    source.summaries(granularity).select((
        summary::SUMMARY_DATE,
        summary::DESKTOP_GROUP_ID,
        summary::CONCURRENT_SESSION_COUNT,
        summary::CONNECTED_SESSION_COUNT,
        summary::DISCONNECTED_SESSION_COUNT,
    ))
}

/// The sums over groups at a time.
#[derive(Default, Clone, Copy)]
struct Sums {
    concurrent: i64,
    connected: i64,
    disconnected: i64,
}

fn by_time(rows: &[Row]) -> BTreeMap<Timestamp, Sums> {
    let mut times: BTreeMap<Timestamp, Sums> = BTreeMap::new();
    for row in rows {
        let sums = times.entry(row.summary_date).or_default();
        sums.concurrent += row.concurrent_session_count.unwrap_or(0);
        sums.connected += row.connected_session_count.unwrap_or(0);
        sums.disconnected += row.disconnected_session_count.unwrap_or(0);
    }
    times
}

/// Returns the maximum and the first time that has it.
fn peak(times: impl IntoIterator<Item = (Timestamp, i64)>) -> Option<(i64, Timestamp)> {
    let mut peak: Option<(i64, Timestamp)> = None;
    for (at, number) in times {
        if peak.is_none_or(|(most, _)| number > most) {
            peak = Some((number, at));
        }
    }
    peak
}

fn of(rows: &[Row], minutes: &[Row], granularity: Granularity, scope: &Scope) -> Report {
    let times = by_time(rows);
    let mut groups: BTreeMap<Option<Uuid>, Vec<(Timestamp, i64)>> = BTreeMap::new();
    for row in rows {
        let own = groups.entry(row.desktop_group_id).or_default();
        own.push((row.summary_date, row.concurrent_session_count.unwrap_or(0)));
    }
    let is_exact = groups.len() < 2 || !minutes.is_empty();
    let total = match minutes.is_empty() {
        true => peak(times.iter().map(|(at, it)| (*at, it.concurrent))),
        false => {
            let minutes = by_time(minutes);
            peak(minutes.iter().map(|(at, it)| (*at, it.concurrent)))
        }
    };
    let label = if is_exact { "Peak" } else { "Peak, at most" };
    let mut days: BTreeMap<Timestamp, i64> = BTreeMap::new();
    for (at, sums) in &times {
        let most = days.entry(day(*at)).or_default();
        *most = (*most).max(sums.concurrent);
    }
    let (interval, name) = match granularity {
        Granularity::DAY => ("UTC day", "byDay"),
        _ => ("hour", "byHour"),
    };
    let mut report = Report::new("concurrency", "Concurrent sessions")
        .figure("peak", label, total.map(|it| it.0))
        .figure("peakAt", "Peak at (UTC)", total.map(|it| it.1))
        .section(
            Section::new(
                "groups",
                "Peak of each delivery group",
                &[("group", "GROUP"), ("peak", "PEAK"), ("peakAt", "AT (UTC)")],
            )
            .rows(groups.into_iter().map(|(id, own)| {
                let peak = peak(own);
                let group = scope.group(id);
                vec![
                    group.into(),
                    peak.map(|it| it.0).into(),
                    peak.map(|it| it.1).into(),
                ]
            }))
            .bars(0, 1),
        );
    if granularity != Granularity::DAY {
        report = report.section(
            Section::new(
                "days",
                "Peak per UTC day",
                &[("day", "DAY (UTC)"), ("peak", "PEAK")],
            )
            .rows(
                days.into_iter()
                    .map(|(day, most)| vec![Cell::Day(day), most.into()]),
            )
            .bars(0, 1),
        );
    }
    let intervals = Section::new(
        name,
        format!("Peak per {interval}"),
        &[
            ("at", "FROM (UTC)"),
            ("concurrent", "CONCURRENT"),
            ("connected", "CONNECTED"),
            ("disconnected", "DISCONNECTED"),
        ],
    )
    .rows(times.into_iter().map(|(at, sums)| {
        let counts = [sums.concurrent, sums.connected, sums.disconnected];
        let counts = counts.into_iter().map(Cell::Count);
        [Cell::At(at)].into_iter().chain(counts).collect()
    }))
    .times(0, &[1, 2, 3]);
    let report = report.section(intervals);
    match is_exact {
        true => report,
        false => report.note(
            "The peaks of several groups are added up. Groups peak at different times, so the sum can be higher than the real peak. A single group (--group) and the last 3 days are exact.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::scope::tests::{OFFICE, SALES, at, scope};
    use super::*;

    fn row(time: &str, group: Uuid, counts: [i64; 3]) -> Row {
        Row {
            summary_date: at(time),
            desktop_group_id: Some(group),
            concurrent_session_count: Some(counts[0]),
            connected_session_count: Some(counts[1]),
            disconnected_session_count: Some(counts[2]),
        }
    }

    fn rows() -> Vec<Row> {
        vec![
            row("2026-01-04T09:00:00Z", SALES, [5, 4, 2]),
            row("2026-01-04T09:00:00Z", OFFICE, [10, 9, 1]),
            row("2026-01-04T10:00:00Z", SALES, [8, 8, 0]),
            row("2026-01-05T10:00:00Z", OFFICE, [12, 12, 0]),
        ]
    }

    #[test]
    fn groups_of_an_hour_are_added_up_and_days_have_the_most_of_their_hours() {
        let json = of(&rows(), &[], Granularity::HOUR, &scope()).json();
        assert_eq!(json["figures"]["peak"], 15);
        assert_eq!(json["figures"]["peakAt"], "2026-01-04T09:00:00Z");
        assert_eq!(json["byHour"][0]["connected"], 13);
        assert_eq!(json["days"][0]["peak"], 15);
        assert_eq!(json["days"][1]["peak"], 12);
        assert_eq!(json["groups"][0]["group"], "Sales");
        assert_eq!(json["groups"][0]["peak"], 8);
        assert!(json["notes"][0].as_str().unwrap().contains("can be higher"));
    }

    #[test]
    fn the_peak_of_several_groups_is_counted_by_minute() {
        let minutes = [
            row("2026-01-04T09:10:00Z", SALES, [5, 0, 0]),
            row("2026-01-04T09:10:00Z", OFFICE, [7, 0, 0]),
            row("2026-01-04T09:40:00Z", OFFICE, [10, 0, 0]),
        ];
        let report = of(&rows(), &minutes, Granularity::HOUR, &scope());
        assert_eq!(report.figures[0].label, "Peak");
        assert_eq!(report.json()["figures"]["peak"], 12);
        assert_eq!(report.json()["figures"]["peakAt"], "2026-01-04T09:10:00Z");
        assert!(report.notes.is_empty());
    }

    #[test]
    fn no_samples_mean_no_peak() {
        let json = of(&[], &[], Granularity::DAY, &scope()).json();
        assert!(json["figures"]["peak"].is_null());
    }
}
