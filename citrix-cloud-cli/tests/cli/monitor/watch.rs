//! `monitor watch`: periodic numbers, also as metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::ids;
use jiff::Timestamp;
use serde_json::Value;

use super::office::{office, office_at};
use crate::interrupted::interrupt;
use crate::stage::{Ran, Stage};

/// Creates the office at the present time, which the program uses.
async fn office_now() -> Stage {
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    office_at(now, u64::MAX).await
}

/// A running watch.
struct Watching {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Watching {
    fn start(stage: &Stage, words: &[&str]) -> Self {
        let mut command = stage.command();
        // One round is enough, however slow the machine is.
        command.args(["monitor", "watch", "--every", "3600"]);
        command.args(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Returns the next line of output.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Returns the URL of the metrics, which is printed on standard error.
    fn metrics(&mut self) -> String {
        let line = self.told();
        let url = line
            .strip_prefix("metrics at http://")
            .expect("it says where");
        url.strip_suffix("/metrics\n").unwrap().to_owned()
    }

    /// Returns the next line on standard error, without reading any further.
    fn told(&mut self) -> String {
        let stderr = self.child.stderr.as_mut().unwrap();
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            let mut byte = [0];
            stderr.read_exact(&mut byte).unwrap();
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    /// Presses Ctrl-C, and waits for the end.
    fn interrupted(self) -> Ran {
        interrupt(&self.child);
        let pressed = Instant::now();
        let ran = Ran::end(self.child);
        assert!(
            pressed.elapsed() < Duration::from_secs(10),
            "it ends at once"
        );
        ran
    }
}

/// Sends the bytes of a request, and returns the head and body of the response.
fn exchange(address: &str, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

fn scrape(address: &str) -> Metrics {
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let (head, body) = exchange(address, &request);
    assert!(head.starts_with("http/1.1 200 ok"), "{head}");
    let media_type = "content-type: text/plain; version=0.0.4; charset=utf-8";
    assert!(head.lines().any(|it| it == media_type), "{head}");
    let length = format!("content-length: {}", body.len());
    assert!(head.lines().any(|it| it == length), "{head}");
    Metrics::read(&body)
}

/// The samples of a text, which is checked against the rules of the format.
struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "{text}");
        let (mut samples, mut families) = (BTreeMap::new(), BTreeSet::new());
        let (mut helped, mut typed) = (String::new(), String::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(families.insert(name.to_owned()), "{name} twice");
                assert!(!help.is_empty() && help.ends_with('.'), "{line}");
                helped = name.to_owned();
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                assert_eq!(rest, format!("{helped} gauge"));
                typed = helped.clone();
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let name = series.split('{').next().unwrap();
                assert_eq!(name, typed, "a sample stands below its own HELP and TYPE");
                let is_name = |it: char| it.is_ascii_lowercase() || it == '_';
                assert!(name.starts_with("citrix_monitor_") && name.chars().all(is_name));
                let labels = &series[name.len()..];
                let is_labeled = labels.starts_with('{') && labels.ends_with("\"}");
                assert!(labels.is_empty() || is_labeled, "{line}");
                let value: f64 = value.parse().unwrap();
                assert!(value.is_finite(), "{line}");
                let before = samples.insert(series.to_owned(), value);
                assert_eq!(before, None, "{series} twice");
            }
        }
        Self(samples)
    }

    fn get(&self, series: &str) -> Option<f64> {
        self.0.get(&format!("citrix_monitor_{series}")).copied()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_json_and_a_scrape_have_the_numbers_that_other_queries_count() {
    let office = office_now().await;
    let words = ["--output", "json", "--metrics-addr", "127.0.0.1:0"];
    let mut watching = Watching::start(&office, &words);
    let address = watching.metrics();
    let line = watching.line();
    let numbers: Value = serde_json::from_str(&line).unwrap();
    let _ = office.sent();
    let metrics = scrape(&address);
    for _ in 0..5 {
        scrape(&address);
    }
    assert!(office.sent().is_empty(), "scrapes ask nobody");

    let at: Timestamp = numbers["at"].as_str().unwrap().parse().unwrap();
    let from = at.checked_sub(Duration::from_secs(3600)).unwrap();
    let recent = format!("EndDate eq null or StartDate ge {from}");
    let sessions = office.rows(&["Sessions", "--filter", &recent]);
    let failures = office.rows(&["ConnectionFailureLogs", "--since", "2h"]);
    let machines = office.rows(&[
        "Machines",
        "--filter",
        "LifecycleState eq 0 and MachineRole eq 0",
    ]);
    let is = |row: &Value, column: &str, number: i64| row[column].as_i64() == Some(number);
    let open = |row: &Value| row["EndDate"].is_null() && row["FailureDate"].is_null();
    let recent = |row: &Value, column: &str| {
        let time = row[column]
            .as_str()
            .map(|it| it.parse::<Timestamp>().unwrap());
        time.is_some_and(|it| (from..at).contains(&it))
    };
    let count =
        |rows: &[Value], of: &dyn Fn(&Value) -> bool| rows.iter().filter(|it| of(it)).count();
    let state = "ConnectionState";
    let registration = "CurrentRegistrationState";
    for (pointer, series, counted) in [
        (
            "/sessions/connected",
            r#"sessions{state="connected"}"#,
            count(&sessions, &|it| open(it) && is(it, state, 5)),
        ),
        (
            "/sessions/disconnected",
            r#"sessions{state="disconnected"}"#,
            count(&sessions, &|it| open(it) && is(it, state, 2)),
        ),
        (
            "/sessions/other",
            r#"sessions{state="other"}"#,
            count(&sessions, &|it| {
                open(it) && !is(it, state, 2) && !is(it, state, 5)
            }),
        ),
        (
            "/machines/registered",
            r#"machines{state="registered"}"#,
            count(&machines, &|it| is(it, registration, 1)),
        ),
        (
            "/machines/unregistered",
            r#"machines{state="unregistered"}"#,
            count(&machines, &|it| {
                is(it, registration, 2) && is(it, "CurrentPowerState", 3)
            }),
        ),
        (
            "/machines/failed",
            "machines_failed",
            count(&machines, &|it| it["FaultState"].as_i64() > Some(1)),
        ),
        (
            "/lastHour/failedConnections",
            "last_hour_failed_connections",
            count(&failures, &|it| recent(it, "FailureDate")),
        ),
        (
            "/lastHour/logons",
            "last_hour_logons",
            count(&sessions, &|it| {
                recent(it, "StartDate") && !it["LogOnDuration"].is_null()
            }),
        ),
    ] {
        let told = numbers.pointer(pointer).unwrap().as_u64();
        assert_eq!(told, Some(counted as u64), "{pointer}: {line}");
        assert_eq!(metrics.get(series), Some(counted as f64), "{series}");
    }
    let states = ["registered", "unregistered", "other"];
    let states = states.map(|it| metrics.get(&format!("machines{{state=\"{it}\"}}")).unwrap());
    assert_eq!(states.iter().sum::<f64>(), machines.len() as f64);
    assert!(machines.len() > 100);

    // The program formats both alike, but parsing JSON in the test may change the last digit of a fraction.
    let alike = |series: &str, json: &Value| match (metrics.get(series), json.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        (one, other) => one == other,
    };
    let mean = &numbers["lastHour"]["meanLogonSeconds"];
    assert!(alike("last_hour_logon_mean_seconds", mean), "{line}");
    assert!(alike("load_ratio", &numbers["load"]), "{line}");
    assert_eq!(metrics.get("up"), Some(1.0));
    let age = metrics.get("last_success_age_seconds").unwrap();
    assert!((0.0..60.0).contains(&age), "{age}");
    let info = format!("info{{customer=\"{}\"}}", ids::CUSTOMER_ID);
    assert_eq!(metrics.get(&info), Some(1.0));

    let (head, _) = exchange(&address, "GET / HTTP/1.0\r\n\r\n");
    assert!(head.contains(" 404 "), "{head}");
    let (head, _) = exchange(&address, "POST /metrics HTTP/1.0\r\n\r\n");
    assert!(head.contains(" 405 "), "{head}");
    let ran = watching.interrupted();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    a_delivery_group_has_numbers_of_its_own(&office);
}

fn a_delivery_group_has_numbers_of_its_own(office: &Stage) {
    let words = ["--group", "task workers", "--metrics-addr", "127.0.0.1:0"];
    let mut watching = Watching::start(office, &words);
    let address = watching.metrics();
    let line = watching.line();
    assert!(line.contains(" registered="), "{line}");
    let metrics = scrape(&address);
    let states = ["registered", "unregistered", "other"];
    let states = states.map(|it| metrics.get(&format!("machines{{state=\"{it}\"}}")).unwrap());
    assert_eq!(states.iter().sum::<f64>(), 8.0);
    let info = format!(
        "info{{customer=\"{}\",delivery_group=\"task workers\"}}",
        ids::CUSTOMER_ID
    );
    assert_eq!(metrics.get(&info), Some(1.0));
    watching.interrupted();
    let missing = office
        .monitor(&["watch", "--group", "Task Worker"])
        .failed_with(4);
    assert!(missing.contains("did you mean Task Workers?"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_round_is_reported_and_visible_to_scrapers() {
    let office = office().await;
    let away = Fault::new(FaultKind::Status(504)).path("/monitorodata/");
    office.emulator().faults().set(vec![away]);
    let failed = office.monitor(&["watch"]);
    let failed = failed.failed_with(1);
    assert!(failed.contains("504"), "{failed}");

    let mut watching = Watching::start(&office, &["--metrics-addr", "[::1]:0"]);
    let address = watching.metrics();
    let told = watching.told();
    assert!(told.starts_with("error: "), "{told}");
    let metrics = scrape(&address);
    assert_eq!(metrics.get("up"), Some(0.0));
    assert_eq!(metrics.get("last_success_age_seconds"), None);
    assert_eq!(metrics.0.len(), 2, "nothing is known yet");
    let ran = watching.interrupted();
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_watch_options_are_rejected_before_anything_is_sent() {
    let office = office().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = office
        .monitor(&["watch", "--metrics-addr", &address])
        .failed_with(1);
    assert!(refused.contains(&address), "{refused}");
    assert!(refused.contains("hint: choose another port"), "{refused}");
    for (words, why) in [
        (
            &["--every", "9"][..],
            "a whole number of seconds from 10 to 86400",
        ),
        (
            &["--every", "soon"],
            "a whole number of seconds from 10 to 86400",
        ),
        (
            &["--metrics-addr", "0.0.0.0:9469"],
            "only served to this machine; use 127.0.0.1:9469",
        ),
        (
            &["--metrics-addr", "localhost"],
            "expected an address with a port",
        ),
        (&["--output", "csv"], "--output csv only applies to lists"),
        (
            &["--columns", "connected"],
            "--columns only applies to lists",
        ),
        (&["--watch", "5"], "`monitor watch` cannot be watched"),
    ] {
        let refused = office.monitor(&[&["watch"], words].concat()).refused();
        assert!(refused.contains(why), "{words:?}: {refused}");
    }
    assert!(office.sent().is_empty());
}
