//! Sessions that are idle or have been disconnected for long, and the sessions of one user.

use std::collections::BTreeMap;
use std::time::Duration;

use citrix_cloud::monitor::{
    ConnectionState, SessionFailureCode, connection_failure_category, machine, session, user,
};
use jiff::Timestamp;
use serde::Deserialize;

use super::day::{DAY, whole_days};
use super::model::{Cell, Report, Section};
use super::names::{Machine, User, named};
use super::scope::{Source, read};
use crate::exit::Failure;

const DISCONNECTED: ConnectionState = ConnectionState::DISCONNECTED;
const ACTIVE: ConnectionState = ConnectionState::ACTIVE;

/// One query is sent for each day.
const MOST_DAYS: usize = 31;

/// A session that has not ended.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Open {
    start_date: Option<Timestamp>,
    connection_state: Option<ConnectionState>,
    connection_state_change_date: Option<Timestamp>,
    session_idle_time: Option<Timestamp>,
    user: Option<User>,
    machine: Option<Machine>,
}

/// A session of the given user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Own {
    start_date: Option<Timestamp>,
    end_date: Option<Timestamp>,
    connection_state: Option<ConnectionState>,
    log_on_duration: Option<f64>,
    machine: Option<Machine>,
    failure: Option<Why>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Why {
    connection_failure_enum_value: Option<SessionFailureCode>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Users {
    users: Option<i64>,
}

/// The parameters of the report besides its period.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) disconnected_for: Duration,
    pub(super) user: Option<String>,
}

pub(super) async fn report(source: &Source, wanted: &Wanted) -> Result<Report, Failure> {
    let sessions = || {
        let sessions = source.query(session::MACHINE.desktop_group_id());
        match &wanted.user {
            None => sessions,
            Some(name) => sessions.filter(session::USER.user_name().eq(name)),
        }
    };
    let open = sessions()
        .filter(session::END_DATE.is_null())
        .filter(session::FAILURE_DATE.is_null())
        .select((
            session::START_DATE,
            session::CONNECTION_STATE,
            session::CONNECTION_STATE_CHANGE_DATE,
            session::SESSION_IDLE_TIME,
        ))
        .expand(session::USER.select(user::USER_NAME))
        .expand(session::MACHINE.select(machine::NAME));
    let open = read(open).await?;
    let own = match &wanted.user {
        None => None,
        Some(_) => {
            let own = sessions()
                .filter(source.within(session::START_DATE))
                .select((
                    session::START_DATE,
                    session::END_DATE,
                    session::CONNECTION_STATE,
                    session::LOG_ON_DURATION,
                ))
                .expand(session::MACHINE.select(machine::NAME))
                .expand(
                    session::FAILURE
                        .select(connection_failure_category::CONNECTION_FAILURE_ENUM_VALUE),
                )
                .order_by(session::START_DATE.desc());
            Some(read(own).await?)
        }
    };
    let mut days = Vec::new();
    if own.is_none() {
        let whole = whole_days(source.scope.since, source.scope.until);
        for day in whole.into_iter().rev().take(MOST_DAYS).rev() {
            let end = day.checked_add(DAY).unwrap_or(day);
            let users = sessions()
                .filter(session::START_DATE.ge(day))
                .filter(session::START_DATE.lt(end))
                .aggregate([session::USER_ID.count_distinct("Users")]);
            let users: Vec<Users> = read(users).await?;
            let users = users.into_iter().next().and_then(|it| it.users);
            days.push((day, users.unwrap_or(0)));
        }
    }
    Ok(of(&open, own, &days, source.scope.until, wanted))
}

fn of(
    open: &[Open],
    own: Option<Vec<Own>>,
    days: &[(Timestamp, i64)],
    now: Timestamp,
    wanted: &Wanted,
) -> Report {
    let with = |state: ConnectionState| {
        let open = open.iter();
        open.filter(move |it| it.connection_state == Some(state))
    };
    let since = |from: Option<Timestamp>| from.map(|from| now.duration_since(from));
    let longest = wanted.disconnected_for;
    let mut gone: Vec<(&Open, f64)> = with(DISCONNECTED)
        .filter_map(|it| {
            let gone = since(it.connection_state_change_date)?;
            (gone.unsigned_abs() > longest && gone.is_positive())
                .then_some((it, gone.as_secs_f64() / 60.0))
        })
        .collect();
    gone.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut idle: Vec<(&Open, f64)> = with(ACTIVE)
        .filter_map(|it| Some((it, since(it.session_idle_time)?.as_secs_f64() / 60.0)))
        .collect();
    idle.sort_by(|a, b| b.1.total_cmp(&a.1));
    let columns = |name, heading| {
        [
            ("user", "USER"),
            ("machine", "MACHINE"),
            (name, heading),
            ("start", "START (UTC)"),
        ]
    };
    let row = |(it, minutes): (&Open, f64)| {
        vec![
            it.user.as_ref().and_then(|it| it.user_name.clone()).into(),
            it.machine.as_ref().and_then(|it| it.name.clone()).into(),
            Cell::Minutes(minutes),
            it.start_date.into(),
        ]
    };
    let (active, disconnected) = (with(ACTIVE).count(), with(DISCONNECTED).count());
    let hours = longest.as_secs_f64() / 3600.0;
    let report = Report::new("sessions", "Sessions")
        .figure("concurrent", "Sessions now", active + disconnected)
        .figure("active", "Active", active)
        .figure("disconnected", "Disconnected", disconnected)
        .figure("disconnectedForLong", "Disconnected for long", gone.len())
        .figure("idle", "Active and idle", idle.len())
        .section(states(open))
        .section(
            Section::new(
                "disconnectedForLong",
                format!("Disconnected for more than {hours:.1} h"),
                &columns("disconnectedMinutes", "DISCONNECTED FOR"),
            )
            .rows(gone.into_iter().map(row)),
        )
        .section(
            Section::new(
                "idle",
                "Active and idle",
                &columns("idleMinutes", "IDLE FOR"),
            )
            .rows(idle.into_iter().map(row)),
        );
    match own {
        None => report.section(
            Section::new(
                "days",
                "Users per UTC day",
                &[("day", "DAY (UTC)"), ("users", "USERS")],
            )
            .rows(
                days.iter()
                    .map(|(day, users)| vec![Cell::Day(*day), (*users).into()]),
            )
            .bars(0, 1),
        ),
        Some(own) => report.section(history(own)),
    }
}

fn states(open: &[Open]) -> Section {
    let mut states: BTreeMap<Option<ConnectionState>, i64> = BTreeMap::new();
    for it in open {
        *states.entry(it.connection_state).or_default() += 1;
    }
    Section::new(
        "states",
        "States now",
        &[("state", "STATE"), ("sessions", "SESSIONS")],
    )
    .rows(
        states
            .into_iter()
            .map(|(state, count)| vec![named(state), count.into()]),
    )
    .bars(0, 1)
}

fn history(own: Vec<Own>) -> Section {
    Section::new(
        "history",
        "Sessions of the user in the period, latest first",
        &[
            ("start", "START (UTC)"),
            ("end", "END (UTC)"),
            ("machine", "MACHINE"),
            ("state", "STATE"),
            ("logonMs", "LOGON"),
            ("failure", "FAILURE"),
        ],
    )
    .rows(own.into_iter().map(|it| {
        let failure = it.failure.and_then(|it| it.connection_failure_enum_value);
        vec![
            it.start_date.into(),
            it.end_date.into(),
            it.machine.and_then(|it| it.name).into(),
            named(it.connection_state),
            it.log_on_duration.map_or(Cell::Absent, Cell::Millis),
            named(failure),
        ]
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::scope::tests::at;
    use super::*;

    fn open(state: ConnectionState, changed: &str, idle: Option<&str>) -> Open {
        Open {
            connection_state: Some(state),
            connection_state_change_date: Some(at(changed)),
            session_idle_time: idle.map(at),
            user: Some(User {
                user_name: Some(changed.to_owned()),
            }),
            ..Open::default()
        }
    }

    #[test]
    fn the_longest_disconnected_come_first_and_idle_counts_from_a_moment() {
        let now = at("2026-01-05T20:00:00Z");
        let sessions = [
            open(DISCONNECTED, "2026-01-05T11:00:00Z", None),
            open(DISCONNECTED, "2026-01-05T12:00:00Z", None),
            open(DISCONNECTED, "2026-01-05T05:00:00Z", None),
            open(ACTIVE, "2026-01-05T01:00:00Z", Some("2026-01-05T19:30:00Z")),
            open(ACTIVE, "2026-01-05T01:00:00Z", None),
            open(
                ConnectionState::PREPARING_SESSION,
                "2026-01-05T01:00:00Z",
                None,
            ),
        ];
        let wanted = Wanted {
            disconnected_for: Duration::from_secs(8 * 3600),
            user: None,
        };
        let json = of(&sessions, None, &[], now, &wanted).json();
        assert_eq!(
            json["figures"],
            json!({
                "concurrent": 5,
                "active": 2,
                "disconnected": 3,
                "disconnectedForLong": 2,
                "idle": 1,
            })
        );
        assert_eq!(json["disconnectedForLong"][0]["disconnectedMinutes"], 900.0);
        assert_eq!(json["disconnectedForLong"][1]["disconnectedMinutes"], 540.0);
        assert_eq!(json["idle"][0]["idleMinutes"], 30.0);
        assert_eq!(json["history"], Value::Null);
    }
}
