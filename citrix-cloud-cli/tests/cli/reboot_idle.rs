//! `daas reboot-idle`.

use std::sync::{Arc, Mutex};

use citrix_cloud_emulator::{Emulator, World, ids};
use serde_json::json;

use crate::stage::{Ran, Stage, TOKEN, program, scripted};

const LINES: &str = r"2 sessions on DEMOLAB\OSPREY - skipping
Requesting reboot for DEMOLAB\EAGLE... failure: Machine does not support specified power action.
Requesting reboot for DEMOLAB\KESTREL... success
";

/// A page with one idle machine whose name would switch a terminal to bold.
const MACHINE: &str = r#"{"Items": [{"Id": "1", "Name": "D\\\u001b[1mX", "SessionCount": 0}]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn prints_the_three_lines_of_the_walkthrough() {
    let stage = Stage::new().await;
    let ran = stage.run([
        "daas",
        "reboot-idle",
        "--ordered",
        "--catalog",
        ids::CATALOG_ID,
        "--yes",
    ]);
    assert_eq!(ran.stdout, LINES);
    let told: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(told.len(), 4, "{}", ran.stderr);
    assert_eq!(
        told[0],
        "error: DEMOLAB\\EAGLE: daas machines reboot: the service rejected it"
    );
    assert_eq!(
        told[3],
        "rebooted 1, skipped 1 (1 in use), failed 1, unknown 0, left in maintenance mode 0, \
         not attempted 0"
    );
    assert_eq!(ran.code, Some(3), "EAGLE failed");
    assert_eq!(stage.reboots(ids::OSPREY_ID), Some(0));
    assert_eq!(stage.reboots(ids::KESTREL_ID), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn uses_the_walkthroughs_paths_on_request() {
    let stage = Stage::new().await;
    let mut arguments = vec!["--api-version", "preview", "daas", "reboot-idle", "--yes"];
    arguments.extend(["--site", ids::SITE_ID, "--catalog", ids::CATALOG_ID]);
    arguments.extend(["--concurrency", "1", "--ordered"]);
    let output = stage.command().args(arguments).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), LINES);
    let site = format!("/cvadapis/{}", ids::SITE_ID);
    assert_eq!(
        stage.sent(),
        [
            TOKEN.to_owned(),
            format!("GET {site}/MachineCatalogs/{}/Machines", ids::CATALOG_ID),
            format!("POST {site}/Machines/{}/$reboot", ids::EAGLE_ID),
            format!("POST {site}/Machines/{}/$reboot", ids::KESTREL_ID),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_sends_no_write() {
    let stage = Stage::new().await;
    let ran = stage.run([
        "daas",
        "reboot-idle",
        "--catalog",
        ids::CATALOG_ID,
        "--dry-run",
    ]);
    assert_eq!(
        ran.ok(),
        "2 sessions on DEMOLAB\\OSPREY - skipping\n\
         Would request reboot for DEMOLAB\\EAGLE\n\
         Would request reboot for DEMOLAB\\KESTREL\n"
    );
    let writes = stage.sent();
    let writes: Vec<_> = writes.iter().filter(|it| !it.starts_with("GET ")).collect();
    assert_eq!(writes, [TOKEN]);
}

#[tokio::test(flavor = "multi_thread")]
async fn skips_what_should_not_be_rebooted() {
    let stage = Stage::new().await;
    let ran = stage.run([
        "daas",
        "reboot-idle",
        "--catalog",
        ids::EDGE_CATALOG_ID,
        "--yes",
        "--ordered",
    ]);
    assert_eq!(
        ran.ok(),
        "session count of DEMOLAB\\MERLIN is unknown - skipping\n\
         DEMOLAB\\HARRIER is powered off - skipping\n\
         DEMOLAB\\BUZZARD is in maintenance mode - skipping\n\
         a power action is pending on DEMOLAB\\GOSHAWK - skipping\n\
         Requesting reboot for DEMOLAB\\KITE... success\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_and_without_yes_nothing_is_sent() {
    let stage = Stage::new().await;
    let words = stage
        .run(["daas", "reboot-idle", "--catalog", ids::CATALOG_ID])
        .refused();
    assert!(words.contains("--yes"), "{words}");
    assert!(stage.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalog_is_named_by_name_or_by_its_id_in_braces() {
    let stage = Stage::new().await;
    let braced = format!("{{{}}}", ids::CATALOG_ID);
    for catalog in [braced.as_str(), "Demo Catalog"] {
        let mut command = stage.command();
        command.args(["daas", "reboot-idle", "--dry-run", "--catalog", catalog]);
        let lines = Ran::of(&mut command).ok();
        assert!(
            lines.contains("Would request reboot for DEMOLAB\\KESTREL"),
            "{lines}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_names_and_numbers_are_rejected_before_anything_is_sent() {
    let stage = Stage::new().await;
    let (site, catalog) = (ids::SITE_ID, ids::CATALOG_ID);
    let cases: [[&str; 6]; 5] = [
        ["--catalog", "..", "--site", site, "--concurrency", "1"],
        ["--catalog", "", "--site", site, "--concurrency", "1"],
        ["--catalog", catalog, "--site", " ", "--concurrency", "1"],
        ["--catalog", catalog, "--site", site, "--concurrency", "0"],
        ["--catalog", catalog, "--site", site, "--concurrency", "101"],
    ];
    for case in cases {
        let mut command = stage.command();
        command.args(["daas", "reboot-idle", "--yes"]).args(case);
        Ran::of(&mut command).refused();
    }
    assert!(stage.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn json_has_plan_and_outcomes() {
    let stage = Stage::new().await;
    let mut arguments = vec!["daas", "reboot-idle", "--yes", "--output", "json"];
    arguments.extend(["--catalog", ids::CATALOG_ID]);
    let output = stage.command().args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let mut report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let transaction = report["outcomes"][1]["error"]["transaction_id"].take();
    assert!(transaction.is_string());
    let (osprey, eagle, kestrel) = (ids::OSPREY_ID, ids::EAGLE_ID, ids::KESTREL_ID);
    assert_eq!(
        report,
        json!({
            "site": ids::SITE_ID,
            "action": "reboot-idle",
            "dryRun": false,
            "plan": [
                {
                    "id": osprey, "name": r"DEMOLAB\OSPREY",
                    "decision": "skip", "reason": "inUse", "sessions": 2,
                },
                {"id": eagle, "name": r"DEMOLAB\EAGLE", "decision": "reboot", "reason": null},
                {"id": kestrel, "name": r"DEMOLAB\KESTREL", "decision": "reboot", "reason": null},
            ],
            "outcomes": [
                {
                    "id": osprey, "name": r"DEMOLAB\OSPREY",
                    "outcome": "skipped", "reason": "inUse", "sessions": 2,
                },
                {
                    "id": eagle, "name": r"DEMOLAB\EAGLE", "outcome": "failed",
                    "error": {
                        "what": "daas machines reboot: the service rejected it",
                        "why": "Machine does not support specified power action.",
                        "hint": "correct what the service objects to, and try again",
                        "status": 400,
                        "code": "PowerActionNotSupported",
                        "transaction_id": null,
                        "kind": "api",
                    },
                },
                {"id": kestrel, "name": r"DEMOLAB\KESTREL", "outcome": "rebooted"},
            ],
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_does_not_stop_the_reboots() {
    let stage = Stage::new().await;
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = stage.command();
    command.args([
        "daas",
        "reboot-idle",
        "--yes",
        "--catalog",
        ids::EDGE_CATALOG_ID,
    ]);
    let status = command.stdout(writer).status().unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(stage.reboots(ids::KITE_ID), Some(1));
}

#[test]
fn a_reboot_without_a_response_is_unknown_and_not_sent_again() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let journal = sent.clone();
    let url = scripted(move |request| {
        journal.lock().unwrap().push(request.to_owned());
        match request {
            TOKEN => Some(r#"{"access_token": "t", "expires_in": "3600"}"#),
            request if request.starts_with("GET ") => Some(MACHINE),
            _ => None,
        }
    });
    let mut command = program();
    command
        .envs([
            ("CLIENT_ID", "i"),
            ("CLIENT_SECRET", "s"),
            ("CUSTOMER_ID", "c"),
        ])
        .args([
            "--endpoint",
            &url,
            "--api-version",
            "current",
            "daas",
            "reboot-idle",
            "--yes",
        ])
        .args(["--site", ids::SITE_ID, "--catalog", ids::CATALOG_ID])
        .args(["--confirm-timeout", "0s"]);
    let ran = Ran::of(&mut command);
    let expected = r"Requesting reboot for D\\u{1b}[1mX... unknown: the connection broke";
    assert!(
        ran.stdout.starts_with(expected),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    assert_eq!(ran.code, Some(3));
    let sent = sent.lock().unwrap();
    let reboots = sent.iter().filter(|it| it.contains("$reboot")).count();
    assert_eq!(reboots, 1, "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_catalog_is_reported_as_empty() {
    let emulator = Emulator::builder().world(World::with_machines(0)).build();
    let stage = Stage::with(emulator).await;
    let ran = stage.run(["daas", "reboot-idle", "--catalog", ids::CATALOG_ID, "--yes"]);
    assert_eq!(ran.stderr, "no machines\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
}

/// Sends a signal after the first line; every requested reboot must be reported.
#[cfg(unix)]
async fn stop_with(signal: &str) {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};
    use std::time::Duration;

    let emulator = Emulator::builder()
        .world(World::with_machines(1000))
        .latency(Duration::from_millis(20))
        .build();
    let stage = Stage::with(emulator).await;
    let mut command = stage.command();
    command.args(["daas", "reboot-idle", "--yes", "--catalog", ids::CATALOG_ID]);
    command.args(["--concurrency", "1"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    stdout.read_line(&mut lines).unwrap();
    let stopped = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(stopped.unwrap().success());
    stdout.read_to_string(&mut lines).unwrap();
    let mut words = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut words).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{words}");

    let told = lines.lines().count();
    assert!(told < 1000);
    let (first, last) = words.split_once('\n').unwrap();
    assert!(first.starts_with("stopping: "), "{words}");
    let left = 1000 - told;
    let summary = format!(
        "rebooted {told}, skipped 0, failed 0, unknown 0, left in maintenance mode 0, \
         not attempted {left}\n"
    );
    assert_eq!(last, summary);
    let reboots = stage
        .sent()
        .iter()
        .filter(|it| it.contains("$reboot"))
        .count();
    assert_eq!(
        reboots, told,
        "what was asked for is told, and nothing else"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_starts_no_further_reboots_and_says_how_many_were_left() {
    stop_with("-INT").await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn sigterm_is_treated_like_ctrl_c() {
    stop_with("-TERM").await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn when_lines_cannot_be_written_they_go_to_standard_error_and_no_more_is_begun() {
    use std::process::Stdio;

    let emulator = Emulator::builder().world(World::with_machines(200)).build();
    let stage = Stage::with(emulator).await;
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = stage.command();
    command.args(["daas", "reboot-idle", "--yes", "--catalog", ids::CATALOG_ID]);
    let output = command
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines = told
        .lines()
        .filter(|line| line.ends_with("... success"))
        .count();
    let reboots = stage
        .sent()
        .iter()
        .filter(|it| it.contains("$reboot"))
        .count();
    assert_eq!((output.status.code(), lines), (Some(1), reboots), "{told}");
    assert!(reboots < 200, "{reboots}");
}
