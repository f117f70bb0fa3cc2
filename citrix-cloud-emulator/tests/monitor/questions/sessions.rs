//! Questions about sessions, their logons and their clients.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::client::NOW;
use super::super::raw::*;

fn concurrent(raw: &Raw, from: &str, until: Option<&str>, length: i64) -> Vec<(String, i64, i64)> {
    let mut all = Vec::new();
    for (group, sessions) in raw.by_group() {
        let spans: Vec<_> = sessions.iter().map(|it| span(it)).collect();
        for at in over(from, length) {
            if until.is_none_or(|it| at < moment(it)) {
                all.push((group.clone(), at, peak(&spans, at, at + length)));
            }
        }
    }
    all
}

pub(crate) fn hours(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = concurrent(raw, FRIDAY, Some("2026-01-03T00:00:00Z"), HOUR);
    let wanted = wanted.into_iter().map(|(group, at, peak)| {
        let name = text(
            raw.one("DesktopGroups", "Id", &Value::String(group)),
            "Name",
        );
        format!("{}|{name}|{peak}", written(at))
    });
    (
        lines(
            rows,
            &["SummaryDate", "DesktopGroup/Name", "ConcurrentSessionCount"],
        ),
        sorted(wanted),
    )
}

type Spans = Vec<(i64, i64)>;

/// Returns the periods of sessions with a client, and those without.
fn connected(raw: &Raw, sessions: &[&Value]) -> (Spans, Spans) {
    let mut links: BTreeMap<String, Vec<(i64, Option<i64>)>> = BTreeMap::new();
    for row in raw.all("Connections") {
        let began = time(row, "BrokeringDate").unwrap();
        let link = (began, time(row, "DisconnectDate"));
        links.entry(text(row, "SessionKey")).or_default().push(link);
    }
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for session in sessions {
        let mut at = span(session).0;
        let own = links.get(&text(session, "SessionKey"));
        // Those of old sessions were not read.
        let Some(mut own) = own.cloned() else {
            continue;
        };
        own.sort_unstable();
        let end = span(session).1;
        for (began, gone) in own {
            without.push((at, began));
            with.push((began, gone.unwrap_or(end)));
            at = gone.unwrap_or(end);
        }
        without.push((at, end));
    }
    without.retain(|it| it.0 < it.1);
    (with, without)
}

pub(crate) fn days(raw: &Raw, rows: &[Value]) -> Both {
    let mut wanted = Vec::new();
    for (group, sessions) in raw.by_group() {
        let spans: Vec<_> = sessions.iter().map(|it| span(it)).collect();
        let (with, without) = connected(raw, &sessions);
        for day in over("2025-12-29T00:00:00Z", DAY) {
            let most = |spans: &[(i64, i64)]| peak(spans, day, day + DAY);
            let (all, on, off) = (most(&spans), most(&with), most(&without));
            wanted.push(format!("{}|{group}|{all}|{on}|{off}", written(day)));
        }
    }
    let paths = [
        "SummaryDate",
        "DesktopGroupId",
        "ConcurrentSessionCount",
        "ConnectedSessionCount",
        "DisconnectedSessionCount",
    ];
    (lines(rows, &paths), sorted(wanted))
}

pub(crate) fn site_hours(raw: &Raw, rows: &[Value]) -> Both {
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for (_, at, peak) in concurrent(raw, FRIDAY, None, HOUR) {
        *sums.entry(at).or_default() += peak;
    }
    // In order of time, as requested.
    let said = rows
        .iter()
        .map(|it| format!("{}|{}", text(it, "SummaryDate"), text(it, "Concurrent")));
    let wanted = sums
        .into_iter()
        .map(|(at, sum)| format!("{}|{sum}", written(at)));
    (said.collect(), wanted.collect())
}

pub(crate) fn means(raw: &Raw, rows: &[Value]) -> Both {
    let mut wanted = Vec::new();
    for (group, sessions) in raw.by_group() {
        let all = sessions.iter().filter_map(|it| {
            let took = it["LogOnDuration"].as_i64()?;
            Some((span(it).0, took))
        });
        let all: Vec<(i64, i64)> = all.collect();
        for hour in over(FRIDAY, HOUR) {
            let begun = all.iter().filter(|it| (hour..hour + HOUR).contains(&it.0));
            let logons: Vec<i64> = begun.map(|it| it.1).collect();
            let sum: i64 = logons.iter().sum();
            wanted.push(format!("{}|{group}|{sum}|{}", written(hour), logons.len()));
        }
    }
    let said = rows.iter().map(|it| {
        let total = number(it, "TotalLogOnDuration");
        format!(
            "{}|{}|{total}|{}",
            text(it, "SummaryDate"),
            text(it, "DesktopGroupId"),
            text(it, "TotalLogOnCount")
        )
    });
    (sorted(said), sorted(wanted))
}

const PHASES: [&str; 7] = [
    "Hdx",
    "Gpo",
    "LogOnScripts",
    "ProfileLoad",
    "Interactive",
    "Brokering",
    "Authentication",
];

pub(crate) fn phases(raw: &Raw, rows: &[Value]) -> Both {
    let mut wanted = Vec::new();
    for (group, sessions) in raw.by_group() {
        let keys: BTreeSet<String> = sessions.iter().map(|it| text(it, "SessionKey")).collect();
        let logons = raw.only("Connections", |it| {
            it["IsReconnect"] == false && keys.contains(&text(it, "SessionKey"))
        });
        let logons = logons
            .into_iter()
            .filter_map(|it| Some((time(it, "LogOnStartDate")?, it)));
        let logons: Vec<(i64, &Value)> = logons.collect();
        for hour in over(FRIDAY, HOUR) {
            let begun = logons
                .iter()
                .filter(|it| (hour..hour + HOUR).contains(&it.0));
            let begun: Vec<&Value> = begun.map(|it| it.1).collect();
            let phase = |name: &str| {
                let each =
                    begun
                        .iter()
                        .filter_map(|it| match it[format!("{name}Duration")].as_i64() {
                            Some(given) => Some(given),
                            None => {
                                let from = time(it, &format!("{name}StartDate"))?;
                                Some(time(it, &format!("{name}EndDate"))? - from)
                            }
                        });
                let each: Vec<i64> = each.collect();
                format!("{}/{}", each.iter().sum::<i64>(), each.len())
            };
            let phases = PHASES.map(phase).join("|");
            let starts = begun
                .iter()
                .filter_map(|it| Some(time(it, "VMStartEndDate")? - time(it, "VMStartStartDate")?));
            let starts: i64 = starts.sum();
            wanted.push(format!("{}|{group}|{phases}|{starts}", written(hour)));
        }
    }
    let said = rows.iter().map(|it| {
        let phase = |name: &str| {
            format!(
                "{}/{}",
                it[format!("{name}Duration")],
                it[format!("{name}Count")]
            )
        };
        let phases = PHASES.map(phase).join("|");
        format!(
            "{}|{}|{phases}|{}",
            text(it, "SummaryDate"),
            text(it, "DesktopGroupId"),
            it["VMStartDuration"]
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn one_logon(raw: &Raw, rows: &[Value]) -> Both {
    let said = rows.iter().map(|it| {
        let links = it["Connections"].as_array().unwrap();
        let ends = lines(links, &["Id", "GpoEndDate", "InteractiveEndDate"]).join("+");
        format!(
            "{}|{}|{}|{ends}",
            text(it, "SessionKey"),
            text(it, "User/UserName"),
            text(it, "Machine/Name")
        )
    });
    let sessions = raw.only("Sessions", since("StartDate", TODAY));
    let ended = sessions.into_iter().filter(|it| !it["EndDate"].is_null());
    let wanted = ended.map(|it| {
        let links = raw.only("Connections", |link| {
            link["SessionKey"] == it["SessionKey"] && link["IsReconnect"] == false
        });
        let ends = lines(links, &["Id", "GpoEndDate", "InteractiveEndDate"]).join("+");
        format!(
            "{}|{}|{}|{ends}",
            text(it, "SessionKey"),
            raw.user(it),
            raw.machine(it)
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn slow(raw: &Raw, rows: &[Value]) -> Both {
    let mut logons = raw.only("Sessions", since("StartDate", "2025-12-29T00:00:00Z"));
    logons.retain(|it| it["LogOnDuration"].as_i64() > Some(60_000));
    logons.sort_by_key(|it| std::cmp::Reverse(it["LogOnDuration"].as_i64()));
    let wanted = logons.iter().take(50).map(|it| {
        format!(
            "{}|{}|{}",
            it["LogOnDuration"],
            raw.user(it),
            raw.machine(it)
        )
    });
    let said = rows.iter().map(|it| {
        format!(
            "{}|{}|{}",
            it["LogOnDuration"],
            text(it, "User/UserName"),
            text(it, "Machine/Name")
        )
    });
    (said.collect(), wanted.collect())
}

fn named<'a>(raw: &Raw, sessions: impl IntoIterator<Item = &'a Value>) -> Vec<String> {
    let line = |it: &Value| {
        format!(
            "{}|{}|{}",
            text(it, "SessionKey"),
            raw.user(it),
            raw.machine(it)
        )
    };
    sorted(sessions.into_iter().map(line))
}

const NAMED: [&str; 3] = ["SessionKey", "User/UserName", "Machine/Name"];

pub(crate) fn long_gone(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = raw.only("Sessions", |it| {
        let changed = time(it, "ConnectionStateChangeDate");
        it["ConnectionState"] == 2 && changed < Some(moment(NOW) - 8 * HOUR)
    });
    (lines(rows, &NAMED), named(raw, wanted))
}

pub(crate) fn idle_now(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = raw.only("Sessions", |it| {
        it["ConnectionState"] == 5 && !it["SessionIdleTime"].is_null()
    });
    (lines(rows, &NAMED), named(raw, wanted))
}

pub(crate) fn one_user(raw: &Raw, rows: &[Value]) -> Both {
    let mut own = raw.only("Sessions", since("StartDate", "2025-12-25T00:00:00Z"));
    own.retain(|it| raw.user(it) == "user59317");
    own.sort_by_key(|it| std::cmp::Reverse(time(it, "StartDate")));
    let line = |key: String, machine: String, links: usize, failed: bool| {
        format!("{key}|{machine}|{links}|{failed}")
    };
    let wanted = own.iter().map(|it| {
        let links = raw.only("Connections", |link| link["SessionKey"] == it["SessionKey"]);
        line(
            text(it, "SessionKey"),
            raw.machine(it),
            links.len(),
            !it["FailureId"].is_null(),
        )
    });
    let said = rows.iter().map(|it| {
        let links = it["Connections"].as_array().unwrap().len();
        let machine = if it["Machine"].is_null() {
            "null".to_owned()
        } else {
            text(it, "Machine/Name")
        };
        line(
            text(it, "SessionKey"),
            machine,
            links,
            !it["Failure"].is_null(),
        )
    });
    (said.collect(), wanted.collect())
}

pub(crate) fn then(raw: &Raw, rows: &[Value]) -> Both {
    let nine = moment("2026-01-02T09:00:00Z");
    let wanted = raw.only("Sessions", |it| span(it).0 <= nine && span(it).1 >= nine);
    (lines(rows, &NAMED), named(raw, wanted))
}

pub(crate) fn clients(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = raw.only(
        "Connections",
        since("LogOnStartDate", "2025-12-29T00:00:00Z"),
    );
    let wanted = counted(wanted.iter().map(|it| {
        format!(
            "{}|{}",
            text(it, "ClientPlatform"),
            text(it, "ClientVersion")
        )
    }));
    (
        lines(rows, &["ClientPlatform", "ClientVersion", "Connections"]),
        wanted,
    )
}

pub(crate) fn locations(raw: &Raw, rows: &[Value]) -> Both {
    let paths = [
        "ClientLocationCountry",
        "ClientLocationCity",
        "ClientISP",
        "ClientPublicIP",
    ];
    let wanted = raw.only("Connections", since("LogOnStartDate", TODAY));
    (lines(rows, &paths), lines(wanted, &paths))
}

pub(crate) fn round_trips(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = raw.only("Sessions", |it| it["ConnectionState"] == 5);
    let wanted = wanted.iter().map(|it| {
        let measured = raw.only("SessionMetrics", |row| row["SessionId"] == it["SessionKey"]);
        let last = measured
            .into_iter()
            .max_by_key(|it| time(it, "CollectedDate"));
        let last = last.map(|it| number(it, "ClientL7Latency").to_string());
        format!(
            "{}|{}|{}",
            text(it, "SessionKey"),
            raw.user(it),
            last.unwrap_or("none".to_owned())
        )
    });
    let said = rows.iter().map(|it| {
        let last = &it["SessionMetricsLatest"];
        let last = if last.is_null() {
            "none".to_owned()
        } else {
            text(last, "ClientL7Latency")
        };
        format!(
            "{}|{}|{last}",
            text(it, "SessionKey"),
            text(it, "User/UserName")
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn reconnects(raw: &Raw, rows: &[Value]) -> Both {
    let mut said: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows {
        *said.entry(text(row, "Session/User/UserName")).or_default() +=
            number(row, "AutoReconnectCount");
    }
    let mut wanted: BTreeMap<String, i64> = BTreeMap::new();
    for row in raw.only(
        "SessionAutoReconnects",
        since("CreatedDate", "2026-01-01T00:00:00Z"),
    ) {
        let session = raw.one("Sessions", "SessionKey", &row["SessionKey"]);
        *wanted.entry(raw.user(session)).or_default() += number(row, "AutoReconnectCount");
    }
    let lines = |sums: BTreeMap<String, i64>| {
        sums.into_iter()
            .map(|(user, sum)| format!("{user}|{sum}"))
            .collect()
    };
    (lines(said), lines(wanted))
}

pub(crate) fn users_of_a_day(raw: &Raw, rows: &[Value]) -> Both {
    let friday = moment(FRIDAY);
    let sessions = raw.only("Sessions", |it| {
        (friday..friday + DAY).contains(&span(it).0)
    });
    let users = distinct(sessions.iter().map(|it| text(it, "UserId")));
    (lines(rows, &["Users"]), vec![users.to_string()])
}

pub(crate) fn profiles(raw: &Raw, rows: &[Value]) -> Both {
    let slow = raw.only("Sessions", |it| {
        it["LogOnDuration"].as_i64() > Some(60_000) && span(it).0 >= moment(FRIDAY)
    });
    let wanted = slow
        .iter()
        .map(|it| raw.one("SessionLogonMetrics", "SessionKey", &it["SessionKey"]));
    (
        lines(rows, &["SessionKey", "ProfileSize"]),
        lines(wanted, &["SessionKey", "ProfileSize"]),
    )
}
