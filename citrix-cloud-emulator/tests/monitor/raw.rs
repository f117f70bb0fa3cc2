//! Raw rows of the office, and the simplest ways to add them up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::client::{NOW, Office};

/// Returns a nested value of a row, by names separated by slashes.
pub(crate) fn at<'a>(row: &'a Value, path: &str) -> &'a Value {
    path.split('/').fold(row, |row, name| &row[name])
}

pub(crate) fn text(row: &Value, path: &str) -> String {
    match at(row, path) {
        Value::String(it) => it.clone(),
        other => other.to_string(),
    }
}

pub(crate) fn number(row: &Value, path: &str) -> i64 {
    let value = at(row, path);
    let float = || value.as_f64().map(|it| it.round() as i64);
    value
        .as_i64()
        .or_else(float)
        .unwrap_or_else(|| panic!("no {path} in {row}"))
}

/// Parses a time to milliseconds.
pub(crate) fn moment(text: &str) -> i64 {
    let at: Timestamp = text.parse().expect(text);
    at.as_millisecond()
}

pub(crate) fn time(row: &Value, path: &str) -> Option<i64> {
    at(row, path).as_str().map(moment)
}

pub(crate) fn written(moment: i64) -> String {
    Timestamp::from_millisecond(moment).unwrap().to_string()
}

/// Returns some columns of rows, sorted.
pub(crate) fn lines<'a>(rows: impl IntoIterator<Item = &'a Value>, paths: &[&str]) -> Vec<String> {
    let line = |row: &Value| {
        let cells = paths.iter().map(|it| text(row, it));
        cells.collect::<Vec<_>>().join("|")
    };
    sorted(rows.into_iter().map(line))
}

pub(crate) fn sorted(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().collect();
    lines.sort();
    lines
}

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The sets without any condition, except for a time window on large ones.
pub(crate) struct Raw {
    sets: BTreeMap<&'static str, Vec<Value>>,
    /// Names of users and machines, by id.
    names: BTreeMap<String, String>,
}

const WHOLE: [&str; 20] = [
    "Applications",
    "ApplicationErrors",
    "ApplicationFaults",
    "ApplicationInstances",
    "ConnectionFailureLogs",
    "DesktopGroups",
    "Hotfixes",
    "LhcReport",
    "MachineFailureLogs",
    "MachineHotfixLogs",
    "Machines",
    "NotificationRules",
    "Notifications",
    "NotificationTargets",
    "Processes",
    "SessionAutoReconnects",
    "Sessions",
    "TaskLogs",
    "Users",
    "Catalogs",
];

/// Sets that are too large to be read completely.
const LARGE: [(&str, &str); 6] = [
    (
        "Connections",
        "Connections?$filter=CreatedDate ge 2025-12-25",
    ),
    (
        "SessionMetrics",
        "SessionMetrics?$filter=CollectedDate ge 2026-01-04",
    ),
    (
        "SessionLogonMetrics",
        "SessionLogonMetrics?$filter=CreatedDate ge 2026-01-01",
    ),
    (
        "ProcessUtilization",
        "ProcessUtilization?$filter=CollectedDate ge 2026-01-05T05:00:00Z",
    ),
    (
        "Friday",
        "LoadIndexes?$filter=CreatedDate ge 2026-01-02 and CreatedDate lt 2026-01-03",
    ),
    (
        "Today",
        "LoadIndexes?$filter=CreatedDate ge 2026-01-05T08:00:00Z",
    ),
];

impl Raw {
    pub(crate) async fn of(office: &Office) -> Self {
        let mut sets = BTreeMap::new();
        for set in WHOLE {
            sets.insert(set, office.rows(set).await);
        }
        for (name, query) in LARGE {
            sets.insert(name, office.rows(query).await);
        }
        let mut names = BTreeMap::new();
        for (set, name) in [("Users", "UserName"), ("Machines", "Name")] {
            let rows: &[Value] = &sets[set];
            names.extend(rows.iter().map(|it| (text(it, "Id"), text(it, name))));
        }
        Self { sets, names }
    }

    pub(crate) fn all(&self, set: &str) -> &[Value] {
        self.sets
            .get(set)
            .unwrap_or_else(|| panic!("{set} was not read"))
    }

    pub(crate) fn only<'a>(&'a self, set: &str, is: impl Fn(&Value) -> bool) -> Vec<&'a Value> {
        self.all(set).iter().filter(|it| is(it)).collect()
    }

    /// Returns the row of a set with a value.
    pub(crate) fn one(&self, set: &str, column: &str, value: &Value) -> &Value {
        let found = self.all(set).iter().find(|it| it[column] == *value);
        found.unwrap_or(&Value::Null)
    }

    pub(crate) fn user(&self, row: &Value) -> String {
        self.name(row, "UserId")
    }

    pub(crate) fn machine(&self, row: &Value) -> String {
        self.name(row, "MachineId")
    }

    fn name(&self, row: &Value, id: &str) -> String {
        let name = self.names.get(&text(row, id));
        name.map_or("null".to_owned(), Clone::clone)
    }

    /// Returns the sessions that started, by the group of their machine.
    pub(crate) fn by_group(&self) -> BTreeMap<String, Vec<&Value>> {
        let groups: BTreeMap<String, String> = self
            .all("Machines")
            .iter()
            .map(|it| (text(it, "Id"), text(it, "DesktopGroupId")))
            .collect();
        let mut sessions: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for session in self.only("Sessions", |it| it["FailureId"].is_null()) {
            let group = groups[&text(session, "MachineId")].clone();
            sessions.entry(group).or_default().push(session);
        }
        sessions
    }
}

/// Returns the maximum number of periods in one minute of an interval, counted minute by minute.
pub(crate) fn peak(spans: &[(i64, i64)], from: i64, to: i64) -> i64 {
    let touching: Vec<_> = spans.iter().filter(|it| it.0 < to && it.1 > from).collect();
    let minutes = (from..to).step_by(MINUTE as usize);
    let counts = minutes.map(|at| {
        let here = touching.iter().filter(|it| it.0 < at + MINUTE && it.1 > at);
        here.count() as i64
    });
    counts.max().unwrap_or(0)
}

/// Returns the period of a session.
pub(crate) fn span(row: &Value) -> (i64, i64) {
    (
        time(row, "StartDate").unwrap(),
        time(row, "EndDate").unwrap_or(i64::MAX),
    )
}

/// Counts occurrences of each text.
pub(crate) fn counted(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    sorted(
        counts
            .into_iter()
            .map(|(text, count)| format!("{text}|{count}")),
    )
}

pub(crate) fn distinct(texts: impl IntoIterator<Item = String>) -> usize {
    texts.into_iter().collect::<BTreeSet<_>>().len()
}

pub(crate) fn since(column: &str, from: &str) -> impl Fn(&Value) -> bool {
    let (from, column) = (moment(from), column.to_owned());
    move |row| time(row, &column).is_some_and(|it| it >= from)
}

/// Returns the complete intervals between a time and now.
pub(crate) fn over(from: &str, length: i64) -> Vec<i64> {
    let (from, now) = (moment(from), moment(NOW));
    let all = (0..).map(|it| from + it * length);
    // An interval that is unfinished or not yet summarized has no row.
    all.take_while(|it| it + length + 14 * 60_000 <= now)
        .collect()
}

/// The lines according to the service, and according to the raw rows.
pub(crate) type Both = (Vec<String>, Vec<String>);

/// The start of the Friday that is examined.
pub(crate) const FRIDAY: &str = "2026-01-02T00:00:00Z";
pub(crate) const TODAY: &str = "2026-01-05T00:00:00Z";
