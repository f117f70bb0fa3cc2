//! `monitor report`: every report of a week matches the raw rows of that week, added up in another way.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::office::{NOW, office};
use crate::stage::Stage;

const FROM: &str = "2025-12-29T00:00:00Z";
const TO: &str = "2026-01-05T00:00:00Z";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn report(office: &Stage, name: &str, words: &[&str]) -> Value {
    let period = ["--since", FROM, "--until", TO, "--output", "json"];
    let report = office.monitor(&[&["report", name], &period[..], words].concat());
    report.json()
}

fn moment(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn written(moment: i64) -> String {
    Timestamp::from_millisecond(moment).unwrap().to_string()
}

fn time(row: &Value, column: &str) -> Option<i64> {
    row[column].as_str().map(moment)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("null").to_owned()
}

fn is_in_week(at: Option<i64>) -> bool {
    at.is_some_and(|at| (moment(FROM)..moment(TO)).contains(&at))
}

/// Returns all sessions that started, with the name of their group.
fn sessions(office: &Stage) -> Vec<Value> {
    let columns = "SessionKey,StartDate,EndDate,LogOnDuration,FailureId,MachineId,User/UserName,\
                   Machine/Name,Machine/DesktopGroup/Name";
    let mut all = office.rows(&["Sessions", "--select", columns]);
    all.retain(|it| it["FailureId"].is_null());
    all
}

fn group(session: &Value) -> String {
    text(&session["Machine"]["DesktopGroup"]["Name"])
}

/// Returns the maximum number of periods in one minute of an interval, counted minute by minute.
fn peak(spans: &[(i64, i64)], from: i64, length: i64) -> i64 {
    let minutes = (from..from + length).step_by(usize::try_from(MINUTE).unwrap());
    let there = |at: i64| {
        let there = spans.iter().filter(|it| it.0 < at + MINUTE && it.1 > at);
        i64::try_from(there.count()).unwrap()
    };
    minutes.map(there).max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrency_matches_the_sessions_by_minute() {
    let office = office().await;
    let mut groups: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for session in sessions(&office) {
        let end = time(&session, "EndDate").unwrap_or(i64::MAX);
        let start = time(&session, "StartDate").unwrap();
        if end > moment(FROM) && start < moment(TO) {
            groups
                .entry(group(&session))
                .or_default()
                .push((start, end));
        }
    }
    let mut hours: BTreeMap<String, i64> = BTreeMap::new();
    let mut peaks: BTreeMap<String, i64> = BTreeMap::new();
    for (group, spans) in &groups {
        for hour in 0..7 * 24 {
            let at = moment(FROM) + hour * HOUR;
            let most = peak(spans, at, HOUR);
            *hours.entry(written(at)).or_default() += most;
            let peak = peaks.entry(group.clone()).or_default();
            *peak = (*peak).max(most);
        }
    }
    let said = report(&office, "concurrency", &[]);
    let by_hour = said["byHour"].as_array().unwrap().iter();
    let by_hour: BTreeMap<String, i64> = by_hour
        .map(|it| (text(&it["at"]), it["concurrent"].as_i64().unwrap()))
        .collect();
    assert_eq!(by_hour, hours);
    let most = hours.values().max().unwrap();
    assert!(*most > 50, "{most}");
    assert_eq!(said["figures"]["peak"], *most);
    for row in said["groups"].as_array().unwrap() {
        assert_eq!(row["peak"], peaks[&text(&row["group"])], "{row}");
        let one = report(&office, "concurrency", &["--group", &text(&row["group"])]);
        assert_eq!(one["figures"]["peak"], row["peak"]);
    }
    for (day, row) in said["days"].as_array().unwrap().iter().enumerate() {
        let from = moment(FROM) + i64::try_from(day).unwrap() * DAY;
        let own = hours.range(written(from)..written(from + DAY));
        assert_eq!(row["peak"], *own.map(|it| it.1).max().unwrap(), "{row}");
        assert_eq!(row["day"], written(from)[..10]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logon_times_match_the_raw_rows() {
    let office = office().await;
    let mut logons = sessions(&office);
    logons.retain(|it| is_in_week(time(it, "StartDate")) && !it["LogOnDuration"].is_null());
    let took = |it: &Value| it["LogOnDuration"].as_i64().unwrap();
    let mean = |all: &[&Value]| {
        let sum: i64 = all.iter().map(|it| took(it)).sum();
        sum as f64 / all.len() as f64
    };
    let said = report(&office, "logon", &[]);
    let all: Vec<&Value> = logons.iter().collect();
    assert!(all.len() > 500, "{}", all.len());
    assert_eq!(
        said["figures"],
        json!({"logons": all.len(), "meanMs": mean(&all)})
    );
    for row in said["groups"].as_array().unwrap() {
        let own: Vec<&Value> = logons
            .iter()
            .filter(|it| group(it) == text(&row["group"]))
            .collect();
        assert_eq!(
            (&row["meanMs"], &row["logons"]),
            (&json!(mean(&own)), &json!(own.len()))
        );
    }
    let mut slow: Vec<&Value> = logons.iter().filter(|it| took(it) > 60_000).collect();
    slow.sort_by_key(|it| std::cmp::Reverse(took(it)));
    let slow: Vec<(Value, f64)> = slow
        .iter()
        .take(20)
        .map(|it| (it["User"]["UserName"].clone(), took(it) as f64))
        .collect();
    let slowest = said["slowest"].as_array().unwrap().iter();
    let slowest: Vec<(Value, f64)> = slowest
        .map(|it| (it["user"].clone(), it["durationMs"].as_f64().unwrap()))
        .collect();
    assert_eq!(slowest, slow);

    let columns = "LogOnStartDate,IsReconnect,GpoStartDate,GpoEndDate,BrokeringDuration";
    let links = office.rows(&[
        "Connections",
        "--select",
        columns,
        "--since",
        "40d",
        "--until",
        NOW,
    ]);
    let begun = links
        .iter()
        .filter(|it| it["IsReconnect"] == false && is_in_week(time(it, "LogOnStartDate")));
    let policies: Vec<i64> = begun
        .filter_map(|it| Some(time(it, "GpoEndDate")? - time(it, "GpoStartDate")?))
        .collect();
    let mean = policies.iter().sum::<i64>() as f64 / policies.len() as f64;
    let mut phases = said["phases"].as_array().unwrap().iter();
    let policy = phases.find(|it| it["phase"] == "Group policy").unwrap();
    assert_eq!(policy["logons"], policies.len());
    assert_eq!(policy["meanMs"], mean);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_those_of_the_log() {
    let office = office().await;
    let columns = "FailureDate,ConnectionFailureEnumValue,UserId,User/UserName,Machine/Name";
    let mut log = office.rows(&["ConnectionFailureLogs", "--select", columns]);
    log.retain(|it| is_in_week(time(it, "FailureDate")));
    let said = report(&office, "failures", &[]);
    assert!(log.len() > 20, "{}", log.len());
    assert_eq!(said["figures"]["failures"], log.len());
    let mut logons = sessions(&office);
    logons.retain(|it| is_in_week(time(it, "StartDate")) && !it["LogOnDuration"].is_null());
    let rate = log.len() as f64 / (log.len() + logons.len()) as f64;
    assert_eq!(said["figures"]["rate"], rate);

    let numbers = office
        .monitor(&["enums", "SessionFailureCode", "--output", "json"])
        .json();
    let numbers = numbers.as_array().unwrap();
    for row in said["reasons"].as_array().unwrap() {
        let number = numbers
            .iter()
            .find(|it| it["name"] == row["reason"])
            .unwrap();
        let own = log
            .iter()
            .filter(|it| it["ConnectionFailureEnumValue"] == number["value"]);
        assert_eq!(row["failures"], own.count(), "{row}");
        assert!(row["category"].is_string(), "{row}");
    }
    for row in said["users"].as_array().unwrap() {
        let own = log
            .iter()
            .filter(|it| it["User"]["UserName"] == row["name"]);
        assert_eq!(row["failures"], own.count(), "{row}");
    }

    // A machine is a black hole if there is a minute with three users in the 24 hours before it.
    let mut holes = BTreeSet::new();
    for last in log.iter().filter(|it| it["Machine"]["Name"].is_string()) {
        let until = time(last, "FailureDate").unwrap();
        let users: BTreeSet<String> = log
            .iter()
            .filter(|it| it["Machine"]["Name"] == last["Machine"]["Name"])
            .filter(|it| (0..DAY).contains(&(until - time(it, "FailureDate").unwrap())))
            .map(|it| it["UserId"].to_string())
            .collect();
        if users.len() >= 3 {
            holes.insert(text(&last["Machine"]["Name"]));
        }
    }
    let found = said["blackHoles"].as_array().unwrap().iter();
    let found: BTreeSet<String> = found.map(|it| text(&it["machine"])).collect();
    assert!(!holes.is_empty());
    assert_eq!(found, holes);
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_are_those_of_the_site_and_idle_by_their_samples() {
    let office = office().await;
    let all = office.rows(&["Machines"]);
    let day = [
        "--since",
        "2026-01-02",
        "--until",
        "2026-01-03",
        "--output",
        "json",
    ];
    let said = office.monitor(&[&["report", "machines"], &day[..]].concat());
    let said = said.json();
    let names = |section: &str, column: &str| {
        let rows = said[section].as_array().unwrap().iter();
        rows.map(|it| text(&it[column])).collect::<BTreeSet<_>>()
    };
    let only = |is: &dyn Fn(&Value) -> bool| {
        let machines = all.iter().filter(|it| it["LifecycleState"] == 0 && is(it));
        machines
            .map(|it| text(&it["Name"]))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(said["figures"]["machines"], all.len());
    let failed = only(&|it| it["FaultState"].as_i64() > Some(1));
    assert_eq!(names("failed", "machine"), failed);
    let maintenance = only(&|it| it["IsInMaintenanceMode"] == true);
    assert_eq!(names("maintenance", "machine"), maintenance);
    let unregistered =
        only(&|it| it["CurrentRegistrationState"] == 2 && it["CurrentPowerState"] == 3);
    assert_eq!(names("unregistered", "machine"), unregistered);

    let mut uses: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for session in sessions(&office) {
        let end = time(&session, "EndDate").unwrap_or(i64::MAX);
        let span = (time(&session, "StartDate").unwrap(), end);
        uses.entry(text(&session["MachineId"]))
            .or_default()
            .push(span);
    }
    let since = moment("2026-01-02T00:00:00Z");
    let unused = only(&|it| {
        let own = uses.get(&text(&it["Id"]));
        own.is_none_or(|own| own.iter().all(|it| it.0 < since))
    });
    assert!(!unused.is_empty());
    assert_eq!(names("unused", "machine"), unused);

    let columns = "MachineId,CreatedDate,EffectiveLoadIndex";
    let samples = office.rows(&[&["LoadIndexes", "--select", columns], &day[..4]].concat());
    let mut minutes: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for sample in &samples {
        let at = time(sample, "CreatedDate").unwrap();
        let machine = text(&sample["MachineId"]);
        let own = uses.get(&machine);
        let alone = !own.is_some_and(|own| own.iter().any(|it| it.0 <= at && at < it.1));
        let sums = minutes.entry(machine).or_default();
        *sums = (sums.0 + 5, sums.1 + 5 * i64::from(alone));
    }
    let idle = only(&|it| {
        let sums = minutes.get(&text(&it["Id"]));
        sums.is_some_and(|(up, alone)| *alone as f64 / *up as f64 >= 0.9)
    });
    assert!(!idle.is_empty());
    assert_eq!(names("idle", "machine"), idle);

    // The load of the day is computed from the same samples.
    let load = office
        .monitor(&[&["report", "load"], &day[..]].concat())
        .json();
    let sum: i64 = samples
        .iter()
        .filter_map(|it| it["EffectiveLoadIndex"].as_i64())
        .sum();
    let mean = sum as f64 / samples.len() as f64 / 10_000.0;
    let told = load["figures"]["mean"].as_f64().unwrap();
    assert!((told - mean).abs() < 1e-9, "{told} {mean}");
    assert_eq!(load["byHour"].as_array().unwrap().len(), 24);
    let on = all.iter().filter(|it| it["CurrentPowerState"] == 3);
    assert_eq!(load["figures"]["on"], on.count());

    // So is the time that machines were off.
    let savings = office
        .monitor(&[&["report", "savings"], &day[..]].concat())
        .json();
    let hours = samples
        .iter()
        .filter(|it| time(it, "CreatedDate").unwrap() % HOUR == 0);
    let off = (all.len() * 24 - hours.count()) * 60;
    assert_eq!(savings["figures"]["offMinutes"], off as f64);
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_are_used_as_their_instances_say() {
    let office = office().await;
    let columns = "StartDate,EndDate,Application/Name";
    let instances = office.rows(&["ApplicationInstances", "--select", columns]);
    let mut launches: BTreeMap<String, i64> = BTreeMap::new();
    let mut used: BTreeMap<String, i64> = BTreeMap::new();
    for it in &instances {
        let name = text(&it["Application"]["Name"]);
        let (start, end) = (time(it, "StartDate").unwrap(), time(it, "EndDate"));
        let within = end.unwrap_or(i64::MAX).min(moment(TO)) - start.max(moment(FROM));
        *launches.entry(name.clone()).or_default() += i64::from(is_in_week(Some(start)));
        *used.entry(name).or_default() += within.max(0);
    }
    let said = report(&office, "applications", &[]);
    let rows = said["applications"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let name = text(&row["application"]);
        assert_eq!(row["launches"], launches[&name]);
        let (told, real) = (row["usedMs"].as_f64().unwrap(), used[&name] as f64);
        assert!((told - real).abs() < 1.0, "{told} {real}");
    }
    let all = office.rows(&["Applications", "--filter", "LifecycleState eq 0"]);
    let unused: BTreeSet<String> = all
        .iter()
        .map(|it| text(&it["Name"]))
        .filter(|it| used.get(it).is_none_or(|it| *it == 0))
        .collect();
    let told = said["unused"].as_array().unwrap().iter();
    let told: BTreeSet<String> = told.map(|it| text(&it["application"])).collect();
    assert!(!unused.is_empty());
    assert_eq!(told, unused);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_clients_are_those_of_the_rows() {
    let office = office().await;
    let all = office.rows(&["Sessions", "--expand", "User($select=UserName)"]);
    let now = [
        "report", "sessions", "--since", "2d", "--until", NOW, "--output", "json",
    ];
    let said = office.monitor(&now).json();
    let open: Vec<&Value> = all.iter().filter(|it| it["EndDate"].is_null()).collect();
    let with = |state: i64| open.iter().filter(move |it| it["ConnectionState"] == state);
    assert_eq!(said["figures"]["active"], with(5).count());
    assert_eq!(said["figures"]["disconnected"], with(2).count());
    let long = with(2)
        .filter(|it| time(it, "ConnectionStateChangeDate").unwrap() < moment(NOW) - 8 * HOUR);
    let long: BTreeSet<String> = long.map(|it| text(&it["User"]["UserName"])).collect();
    let rows = said["disconnectedForLong"].as_array().unwrap().iter();
    let told: BTreeSet<String> = rows.map(|it| text(&it["user"])).collect();
    assert_eq!(told, long);
    let sunday = moment("2026-01-04T00:00:00Z")..moment(TO);
    let began = all
        .iter()
        .filter(|it| time(it, "StartDate").is_some_and(|at| sunday.contains(&at)));
    let users: BTreeSet<String> = began.map(|it| it["UserId"].to_string()).collect();
    assert_eq!(
        said["days"],
        json!([{"day": "2026-01-04", "users": users.len()}])
    );

    let user = text(&open[0]["User"]["UserName"]);
    let own = report(&office, "sessions", &["--user", &user]);
    let expected = all
        .iter()
        .filter(|it| it["User"]["UserName"] == user.as_str() && is_in_week(time(it, "StartDate")));
    assert_eq!(own["history"].as_array().unwrap().len(), expected.count());

    let columns = "LogOnStartDate,ClientPlatform";
    let mut links = office.rows(&["Connections", "--select", columns]);
    links.retain(|it| is_in_week(time(it, "LogOnStartDate")));
    let said = report(&office, "clients", &[]);
    assert_eq!(said["figures"]["connections"], links.len());
    for row in said["platforms"].as_array().unwrap() {
        let own = links
            .iter()
            .filter(|it| it["ClientPlatform"] == row["platform"])
            .count();
        assert_eq!(row["connections"], own);
        let share = row["share"].as_f64().unwrap();
        assert!((share - own as f64 / links.len() as f64).abs() < 1e-9);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_a_table_or_a_page() {
    let office = office().await;
    let period = ["--since", FROM, "--until", TO];
    let table = office
        .monitor(&[&["report", "failures"], &period[..]].concat())
        .ok();
    assert!(
        table.starts_with("From 2025-12-29 00:00 to 2026-01-05 00:00 UTC\nFailed connections\n")
    );
    assert!(!table.contains('█'), "{table}");
    let folder = std::env::temp_dir().join(format!("report-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("page.html");
    let path = file.to_str().unwrap();
    let words = ["report", "logon", "--html", path];
    let ran = office.monitor(&[&words, &period[..]].concat());
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(0), ""),
        "{}",
        ran.stderr
    );
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(page.contains("Logon duration") && page.contains("<svg "));
    std::fs::remove_dir_all(folder).unwrap();
    let csv = [&["report", "concurrency", "--output", "csv"], &period[..]].concat();
    let groups = office.monitor(&csv).ok();
    assert!(
        groups.starts_with("group,peak,peakAt\r\n") || groups.starts_with("group,peak,peakAt\n")
    );
    let days = office
        .monitor(&[&csv[..], &["--section", "days"]].concat())
        .ok();
    assert_eq!(days.lines().count(), 8, "{days}");
    let refused = office.monitor(&[&csv[..], &["--section", "dayz"]].concat());
    assert!(
        refused.stderr.contains("it has groups, days, byHour"),
        "{}",
        refused.stderr
    );
    let missing = office.monitor(&["report", "logon", "--group", "Task Worker"]);
    let missing = missing.failed_with(4);
    assert!(missing.contains("did you mean Task Workers?"), "{missing}");
    let refused = office
        .monitor(&["report", "logon", "--user", "x"])
        .refused();
    assert!(
        refused.contains("--user can only be used with"),
        "{refused}"
    );
}
