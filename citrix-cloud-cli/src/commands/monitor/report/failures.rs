//! Connection failures by reason, user and machine.

use std::collections::{BTreeMap, BTreeSet};

use citrix_cloud::monitor::{
    ConnectionFailureCategory, ConnectionFailureType, FailureCategory, SessionFailureCode,
    connection_failure_log as failure, failure_log_summary, machine, session_activity_summary,
    user,
};
use jiff::Timestamp;
use serde::Deserialize;

use super::day::{DAY, day};
use super::model::{Cell, Report, Section};
use super::names::{Machine, User, named};
use super::scope::{Granularity, Source, read};
use crate::exit::Failure;

/// How many users must fail on a machine within a day for it to be suspected.
const USERS_OF_A_BLACK_HOLE: usize = 3;

/// How many users and machines are listed.
const MOST: usize = 20;

/// A failed connection.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Failed {
    failure_date: Timestamp,
    connection_failure_enum_value: Option<SessionFailureCode>,
    user_id: Option<i64>,
    user: Option<User>,
    machine: Option<Machine>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Category {
    connection_failure_enum_value: Option<SessionFailureCode>,
    category: Option<ConnectionFailureType>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FailureCount {
    summary_date: Timestamp,
    failure_count: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Logons {
    summary_date: Timestamp,
    total_log_on_count: Option<i64>,
}

/// The failures that the service recorded in a period.
#[derive(Debug, Default)]
pub(super) struct Rows {
    failed: Vec<Failed>,
    categories: Vec<Category>,
    counts: Vec<FailureCount>,
    logons: Vec<Logons>,
}

pub(super) async fn report(source: &Source) -> Result<Report, Failure> {
    let granularity = source.scope.granularity();
    let failed = source
        .query(failure::MACHINE.desktop_group_id())
        .filter(source.within(failure::FAILURE_DATE))
        .select((
            failure::FAILURE_DATE,
            failure::CONNECTION_FAILURE_ENUM_VALUE,
            failure::USER_ID,
        ))
        .expand(failure::USER.select(user::USER_NAME))
        .expand(failure::MACHINE.select(machine::NAME))
        .order_by(failure::FAILURE_DATE);
    let categories = source.query_all::<ConnectionFailureCategory>();
    let counts = source
        .summaries(granularity)
        .filter(failure_log_summary::FAILURE_CATEGORY.eq(FailureCategory::CONNECTION))
        .select((
            failure_log_summary::SUMMARY_DATE,
            failure_log_summary::FAILURE_COUNT,
        ));
    let logons = source.summaries(granularity).select((
        session_activity_summary::SUMMARY_DATE,
        session_activity_summary::TOTAL_LOG_ON_COUNT,
    ));
    let rows = Rows {
        failed: read(failed).await?,
        categories: read(categories).await?,
        counts: read(counts).await?,
        logons: read(logons).await?,
    };
    let report = of(&rows, granularity);
    Ok(match source.scope.only {
        None => report,
        Some(_) => report.note(
            "With --group, failures are those that reached a machine of the group, except in the rate, which counts all failures of the group.",
        ),
    })
}

fn of(rows: &Rows, granularity: Granularity) -> Report {
    let failures: i64 = rows.counts.iter().filter_map(|it| it.failure_count).sum();
    let logons: i64 = rows
        .logons
        .iter()
        .filter_map(|it| it.total_log_on_count)
        .sum();
    let (name, interval) = match granularity {
        Granularity::DAY => ("byDay", "UTC day"),
        _ => ("byHour", "hour"),
    };
    Report::new("failures", "Failed connections")
        .figure("failures", "Failed connections", rows.failed.len())
        .figure("logons", "Logons", logons)
        .figure(
            "rate",
            "Share of all that failed",
            Cell::of(Cell::Share, failures as f64, failures + logons),
        )
        .section(reasons(rows))
        .section(black_holes(&rows.failed))
        .section(most(
            &rows.failed,
            "users",
            "Users with the most failures",
            "USER",
            |it| it.user.as_ref()?.user_name.clone(),
        ))
        .section(most(
            &rows.failed,
            "machines",
            "Machines with the most failures",
            "MACHINE",
            |it| it.machine.as_ref()?.name.clone(),
        ))
        .section(days(&rows.failed))
        .section(rate(rows, name, interval))
}

fn reasons(rows: &Rows) -> Section {
    let categories = rows.categories.iter();
    let categories: BTreeMap<_, _> = categories
        .map(|it| (it.connection_failure_enum_value, it.category))
        .collect();
    let mut reasons: BTreeMap<Option<SessionFailureCode>, i64> = BTreeMap::new();
    for row in &rows.failed {
        *reasons
            .entry(row.connection_failure_enum_value)
            .or_default() += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(code, count)| (-count, *code));
    Section::new(
        "reasons",
        "Reasons",
        &[
            ("reason", "REASON"),
            ("failures", "FAILURES"),
            ("category", "CATEGORY"),
        ],
    )
    .rows(reasons.into_iter().map(|(code, count)| {
        let category = categories.get(&code).copied().flatten();
        vec![named(code), count.into(), named(category)]
    }))
    .bars(0, 1)
}

/// Returns the machines on which several users failed within 24 hours.
fn black_holes(failed: &[Failed]) -> Section {
    let mut machines: BTreeMap<&str, Vec<(Timestamp, i64)>> = BTreeMap::new();
    for row in failed {
        let name = row.machine.as_ref().and_then(|it| it.name.as_deref());
        if let (Some(name), Some(user)) = (name, row.user_id) {
            machines
                .entry(name)
                .or_default()
                .push((row.failure_date, user));
        }
    }
    let mut holes: Vec<(&str, usize, usize, Timestamp)> = Vec::new();
    for (name, mut failures) in machines {
        failures.sort_unstable();
        let day = failures.iter().map(|(from, _)| {
            let within = failures
                .iter()
                .filter(|(at, _)| at >= from && at.duration_since(*from) < DAY);
            let users: BTreeSet<i64> = within.map(|(_, user)| *user).collect();
            (users.len(), *from)
        });
        // If several days are equal, the first one counts.
        let worst = day.max_by_key(|(users, from)| (*users, std::cmp::Reverse(*from)));
        if let Some((users, from)) = worst.filter(|(users, _)| *users >= USERS_OF_A_BLACK_HOLE) {
            holes.push((name, users, failures.len(), from));
        }
    }
    holes.sort_by_key(|(name, users, failures, _)| (std::cmp::Reverse((*users, *failures)), *name));
    Section::new(
        "blackHoles",
        format!("Machines on which {USERS_OF_A_BLACK_HOLE} users or more failed within 24 hours"),
        &[
            ("machine", "MACHINE"),
            ("users", "USERS"),
            ("failures", "FAILURES"),
            ("from", "FROM (UTC)"),
        ],
    )
    .rows(holes.into_iter().map(|(name, users, failures, from)| {
        vec![name.into(), users.into(), failures.into(), from.into()]
    }))
    .bars(0, 1)
}

/// Returns the users or machines with most failures.
fn most(
    failed: &[Failed],
    name: &'static str,
    title: &'static str,
    heading: &'static str,
    of: impl Fn(&Failed) -> Option<String>,
) -> Section {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for name in failed.iter().filter_map(of) {
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|(a, one), (b, other)| other.cmp(one).then(a.cmp(b)));
    Section::new(name, title, &[("name", heading), ("failures", "FAILURES")])
        .rows(
            counts
                .into_iter()
                .take(MOST)
                .map(|(name, count)| vec![name.into(), count.into()]),
        )
        .bars(0, 1)
}

fn days(failed: &[Failed]) -> Section {
    let mut days: BTreeMap<Timestamp, i64> = BTreeMap::new();
    for row in failed {
        *days.entry(day(row.failure_date)).or_default() += 1;
    }
    Section::new(
        "days",
        "Failed connections per UTC day",
        &[("day", "DAY (UTC)"), ("failures", "FAILURES")],
    )
    .rows(
        days.into_iter()
            .map(|(day, count)| vec![Cell::Day(day), count.into()]),
    )
    .bars(0, 1)
}

fn rate(rows: &Rows, name: &'static str, interval: &str) -> Section {
    let mut times: BTreeMap<Timestamp, (i64, i64)> = BTreeMap::new();
    for row in &rows.counts {
        times.entry(row.summary_date).or_default().0 += row.failure_count.unwrap_or(0);
    }
    for row in &rows.logons {
        times.entry(row.summary_date).or_default().1 += row.total_log_on_count.unwrap_or(0);
    }
    Section::new(
        name,
        format!("Share that failed, per {interval}"),
        &[
            ("at", "FROM (UTC)"),
            ("failures", "FAILURES"),
            ("logons", "LOGONS"),
            ("rate", "SHARE"),
        ],
    )
    .rows(times.into_iter().map(|(at, (failures, logons))| {
        let rate = Cell::of(Cell::Share, failures as f64, failures + logons);
        vec![at.into(), failures.into(), logons.into(), rate]
    }))
    .times(0, &[1, 2])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::scope::tests::at;
    use super::*;

    fn failed(time: &str, code: i64, user: i64, machine: Option<&str>) -> Failed {
        let name = |name: &str| Some(name.to_owned());
        Failed {
            failure_date: at(time),
            connection_failure_enum_value: Some(SessionFailureCode(code)),
            user_id: Some(user),
            user: Some(User {
                user_name: name(&format!("user{user}")),
            }),
            machine: machine.map(|it| Machine { name: name(it) }),
        }
    }

    #[test]
    fn failures_are_counted_by_reason_user_machine_and_day() {
        let rows = Rows {
            failed: vec![
                failed("2026-01-04T09:00:00Z", 100, 1, None),
                failed("2026-01-04T10:00:00Z", 4, 1, Some("A")),
                failed("2026-01-05T09:00:00Z", 100, 2, None),
                failed("2026-01-05T09:30:00Z", 777, 1, Some("A")),
            ],
            categories: vec![Category {
                connection_failure_enum_value: Some(SessionFailureCode(100)),
                category: Some(ConnectionFailureType(3)),
            }],
            ..Rows::default()
        };
        let json = of(&rows, Granularity::HOUR).json();
        assert_eq!(json["figures"]["failures"], 4);
        assert_eq!(json["figures"]["rate"], Value::Null);
        assert_eq!(
            json["reasons"],
            json!([
                {"reason": "NoMachineAvailable", "failures": 2, "category": "NoCapacityAvailable"},
                {"reason": "ConnectionTimeout", "failures": 1, "category": null},
                {"reason": "777", "failures": 1, "category": null},
            ])
        );
        assert_eq!(json["users"][0], json!({"name": "user1", "failures": 3}));
        assert_eq!(json["machines"], json!([{"name": "A", "failures": 2}]));
        assert_eq!(json["days"][0]["failures"], 2);
        assert_eq!(json["blackHoles"], json!([]));
    }

    #[test]
    fn a_black_hole_is_where_three_users_fail_within_a_day() {
        let rows = [
            // Three users in two days, but never three in one day.
            failed("2026-01-03T09:00:00Z", 4, 1, Some("SLOW")),
            failed("2026-01-03T20:00:00Z", 4, 2, Some("SLOW")),
            failed("2026-01-04T10:00:00Z", 4, 3, Some("SLOW")),
            // One user three times.
            failed("2026-01-03T09:00:00Z", 4, 1, Some("USER")),
            failed("2026-01-03T09:01:00Z", 4, 1, Some("USER")),
            failed("2026-01-03T09:02:00Z", 4, 1, Some("USER")),
            // Three users within 24 hours, across midnight.
            failed("2026-01-03T22:00:00Z", 4, 1, Some("HOLE")),
            failed("2026-01-04T01:00:00Z", 4, 2, Some("HOLE")),
            failed("2026-01-04T21:59:00Z", 4, 3, Some("HOLE")),
        ];
        let holes = black_holes(&rows).json();
        let expected = json!({
            "machine": "HOLE",
            "users": 3,
            "failures": 3,
            "from": "2026-01-03T22:00:00Z",
        });
        assert_eq!(holes, [expected]);
    }

    #[test]
    fn the_rate_is_of_all_that_tried() {
        let at = at("2026-01-04T09:00:00Z");
        let count = |failure_count| FailureCount {
            summary_date: at,
            failure_count,
        };
        let rows = Rows {
            counts: vec![count(Some(3)), count(None), count(Some(2))],
            logons: vec![Logons {
                summary_date: at,
                total_log_on_count: Some(15),
            }],
            ..Rows::default()
        };
        let json = of(&rows, Granularity::DAY).json();
        assert_eq!(json["figures"]["rate"], 0.25);
        assert_eq!(json["byDay"][0]["rate"], 0.25);
    }
}
