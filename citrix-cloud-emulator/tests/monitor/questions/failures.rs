//! Questions about failures.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::raw::*;
use super::machines::machines;

pub(crate) fn failures<'a>(raw: &'a Raw, from: &str) -> Vec<&'a Value> {
    raw.only("ConnectionFailureLogs", since("FailureDate", from))
}

pub(crate) fn reasons(raw: &Raw, rows: &[Value]) -> Both {
    let failures = failures(raw, "2025-12-05T00:00:00Z");
    let wanted = counted(
        failures
            .iter()
            .map(|it| text(it, "ConnectionFailureEnumValue")),
    );
    (
        lines(rows, &["ConnectionFailureEnumValue", "FailureCount"]),
        wanted,
    )
}

pub(crate) fn long_reasons(raw: &Raw, rows: &[Value]) -> Both {
    let mut said: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows {
        *said.entry(text(row, "FailureCode")).or_default() += number(row, "FailureCount");
    }
    let failures = failures(raw, "2025-11-01T00:00:00Z");
    let counted = counted(
        failures
            .iter()
            .filter(|it| time(it, "FailureDate").unwrap() < moment(TODAY))
            .map(|it| text(it, "ConnectionFailureEnumValue")),
    );
    (
        sorted(
            said.into_iter()
                .map(|(code, count)| format!("{code}|{count}")),
        ),
        counted,
    )
}

pub(crate) fn failing_users(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = failures(raw, "2026-01-01T00:00:00Z");
    let wanted = wanted
        .iter()
        .map(|it| format!("{}|{}|{}", text(it, "Id"), raw.user(it), raw.machine(it)));
    let said = rows.iter().map(|it| {
        format!(
            "{}|{}|{}",
            text(it, "Id"),
            text(it, "User/UserName"),
            text(it, "Machine/Name")
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn failure_hours(raw: &Raw, rows: &[Value]) -> Both {
    let mut said: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows {
        *said.entry(text(row, "SummaryDate")).or_default() += number(row, "FailureCount");
    }
    let hours = over(FRIDAY, HOUR).into_iter().filter_map(|hour| {
        let failures = raw.only("ConnectionFailureLogs", |it| {
            time(it, "FailureDate").is_some_and(|it| (hour..hour + HOUR).contains(&it))
        });
        let number = failures.len();
        (number > 0).then(|| format!("{}|{number}", written(hour)))
    });
    (
        sorted(said.into_iter().map(|(at, count)| format!("{at}|{count}"))),
        sorted(hours),
    )
}

pub(crate) fn black_holes(raw: &Raw, rows: &[Value]) -> Both {
    let holes = |rows: Vec<&Value>| {
        let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows {
            users
                .entry(text(row, "MachineId"))
                .or_default()
                .push(text(row, "UserId"));
        }
        let holes = users
            .into_iter()
            .map(|(machine, users)| (machine, distinct(users)));
        sorted(
            holes
                .filter(|it| it.1 >= 3)
                .map(|(machine, users)| format!("{machine}|{users}")),
        )
    };
    let mut wanted = failures(raw, TODAY);
    wanted.retain(|it| !it["MachineId"].is_null());
    (holes(rows.iter().collect()), holes(wanted))
}

pub(crate) fn open_failures(raw: &Raw, rows: &[Value]) -> Both {
    // A machine that is currently faulty has exactly one open failure.
    let wanted = machines(raw, |it| number(it, "FaultState") > 1);
    (
        lines(rows, &["Machine/Name", "FailureStartDate"]),
        lines(wanted, &["Name", "FailureDate"]),
    )
}

pub(crate) fn crashes(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = raw.all("ApplicationFaults").iter().map(|it| {
        let session = raw.one("Sessions", "SessionKey", &it["SessionKey"]);
        format!(
            "{}|{}|{}",
            text(it, "ProcessName"),
            raw.machine(it),
            raw.user(session)
        )
    });
    let said = rows.iter().map(|it| {
        format!(
            "{}|{}|{}",
            text(it, "ProcessName"),
            text(it, "Machine/Name"),
            text(it, "Session/User/UserName")
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn alerts(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = raw.only("Notifications", |it| it["LifecycleState"] == 1);
    let wanted = wanted.iter().map(|it| {
        let rule = raw.one("NotificationRules", "Id", &it["NotificationRuleId"]);
        let target = raw.one("NotificationTargets", "NotificationId", &it["Id"]);
        format!(
            "{}|{}",
            text(rule, "Name"),
            text(target, "NotificationTargetValue")
        )
    });
    (
        lines(
            rows,
            &[
                "NotificationRule/Name",
                "NotificationTarget/NotificationTargetValue",
            ],
        ),
        sorted(wanted),
    )
}

pub(crate) fn outages(raw: &Raw, rows: &[Value]) -> Both {
    let paths = [
        "ZoneName",
        "StartDate",
        "SessionBrokeredCount",
        "MachineRegisteredCount",
    ];
    let wanted = raw.only("LhcReport", since("StartDate", "2025-11-01T00:00:00Z"));
    (lines(rows, &paths), lines(wanted, &paths))
}

pub(crate) fn failed_tasks(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = raw.only("TaskLogs", |it| it["Result"] == 2);
    (
        lines(rows, &["Id", "ErrorMessage"]),
        lines(wanted, &["Id", "ErrorMessage"]),
    )
}
