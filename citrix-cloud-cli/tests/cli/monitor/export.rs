//! `monitor export`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
#[cfg(unix)]
use std::time::Duration;

#[cfg(unix)]
use citrix_cloud_emulator::faults::Latency;
use citrix_cloud_emulator::faults::{Fault, FaultKind};
#[cfg(unix)]
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::office::{office, office_with};
use crate::stage::{Ran, Stage};

/// Longer than any test waits.
#[cfg(unix)]
const A_LONG_TIME: Duration = Duration::from_secs(3600);

/// The period that a killed run requests at once.
#[cfg(unix)]
const WINDOW: SignedDuration = SignedDuration::from_hours(12);

const PERIOD: [&str; 4] = ["--since", "2025-12-06", "--until", "2026-01-05"];

/// Creates a folder for one test.
fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("export-{}", uuid::Uuid::new_v4()));
    fs::create_dir(&folder).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn export(office: &Stage, to: &Path, words: &[&str]) -> Ran {
    let to = ["export", "Sessions", "--to", to.to_str().unwrap()];
    office.monitor(&[&to[..], &PERIOD, words].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn all_rows_are_written_in_the_order_of_time() {
    let office = office().await;
    let folder = folder();
    let file = folder.join("sessions.jsonl");
    let said = export(&office, &file, &["--window", "3d"]).ok();
    let text = fs::read_to_string(&file).unwrap();
    let rows: Vec<Value> = text
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let words = ["Sessions", "--order-by", "StartDate,SessionKey"];
    let expected = office.rows(&[&words[..], &PERIOD].concat());
    assert!(rows.len() > 1000, "{}", rows.len());
    assert!(
        rows == expected,
        "{} and {} rows",
        rows.len(),
        expected.len()
    );
    assert!(
        said.starts_with(&format!("{} rows from 2025-12-06T00:00:00Z", rows.len())),
        "{said}"
    );
    assert_eq!(names(&folder), ["sessions.jsonl"]);

    let csv = folder.join("sessions.csv");
    let select = ["--select", "SessionKey,LogOnDuration,User/UserName"];
    let _ = export(&office, &csv, &select).ok();
    let text = fs::read_to_string(&csv).unwrap();
    let mut lines = text.split_terminator("\r\n");
    assert_eq!(
        lines.next().unwrap(),
        "SessionKey,LogOnDuration,User/UserName"
    );
    let keys: Vec<&str> = lines.map(|it| it.split(',').next().unwrap()).collect();
    let expected: Vec<&str> = expected
        .iter()
        .map(|it| it["SessionKey"].as_str().unwrap())
        .collect();
    assert_eq!(keys, expected);
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_repeatedly_writes_the_same_as_one_run() {
    let office = office().await;
    let folder = folder();
    for format in ["jsonl", "csv"] {
        let whole = folder.join(format!("whole.{format}"));
        let _ = export(&office, &whole, &["--window", "12h"]).ok();
        let killed = folder.join(format!("killed.{format}"));
        let part = folder.join(format!("killed.{format}.part"));
        let mark = folder.join(format!("killed.{format}.watermark"));
        let mut lengths = Vec::new();
        for windows in 3..9 {
            // Each run gets a few windows further, and is killed wherever it is then. No run reaches the end, however
            // long this test waits for its turn.
            let too_far = u64::try_from(windows).unwrap() + 2;
            office.emulator().faults().set(vec![
                Fault::new(FaultKind::Latency(Latency::Fixed(A_LONG_TIME)))
                    .on("listSessions")
                    .after(too_far),
            ]);
            let begun = done(&mark);
            let mut child = started(&office, &killed);
            while done(&mark) < begun + WINDOW * windows {
                let over = child.try_wait().unwrap();
                assert_eq!(over, None, "it was over before it was killed");
            }
            // SIGKILL, which cannot be caught.
            child.kill().unwrap();
            child.wait().unwrap();
            lengths.push(fs::metadata(&part).unwrap().len());
            assert!(!killed.exists());
        }
        office.emulator().faults().set(vec![]);
        // The state after a run that was killed while it recorded its progress.
        fs::write(folder.join(format!("killed.{format}.watermark.new")), "{").unwrap();
        assert!(
            lengths.windows(2).all(|pair| pair[0] < pair[1]),
            "{lengths:?}"
        );
        let said = export(&office, &killed, &["--window", "12h"]).ok();
        let same = fs::read(&whole).unwrap() == fs::read(&killed).unwrap();
        assert!(same, "{format}: {lengths:?}");
        let rows = fs::read_to_string(&killed).unwrap().lines().count();
        let rows = rows - usize::from(format == "csv");
        assert!(said.starts_with(&format!("{rows} rows ")), "{said}");
    }
    assert_eq!(
        names(&folder),
        ["killed.csv", "killed.jsonl", "whole.csv", "whole.jsonl"]
    );
    fs::remove_dir_all(folder).unwrap();
}

/// Returns how far a run got, or the start of the period if it recorded no progress.
#[cfg(unix)]
fn done(mark: &Path) -> Timestamp {
    let text = match fs::read(mark) {
        Ok(text) => text,
        Err(_) => return format!("{}T00:00:00Z", PERIOD[1]).parse().unwrap(),
    };
    let mark: Value = serde_json::from_slice(&text).unwrap();
    mark["done"].as_str().unwrap().parse().unwrap()
}

#[cfg(unix)]
fn started(office: &Stage, to: &Path) -> Child {
    let mut command = office.command();
    command.args(["monitor", "export", "Sessions", "--window", "12h"]);
    command.arg("--to").arg(to).args(PERIOD);
    let silent = command.stdout(Stdio::null()).stderr(Stdio::null());
    silent.spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_too_large_is_halved_and_an_export_resumes_after_a_failure() {
    let office = office_with(1_500).await;
    let folder = folder();
    let file = folder.join("sessions.csv");
    // A query that takes too long moves the clock, which changes current rows.
    let select = ["--select", "SessionKey,StartDate,UserId"];
    let export = |to: &Path, words: &[&str]| export(&office, to, &[&select, words].concat());
    let _ = export(&file, &["--window", "30d"]).ok();
    let whole = fs::read(&file).unwrap();
    let sent = office.emulator().journal().entries();
    let too_long = sent.iter().filter(|it| it.status == 504).count();
    assert!((1..10).contains(&too_long), "{too_long}");

    let again = folder.join("again.csv");
    let faults = office.emulator().faults();
    faults.add(
        Fault::new(FaultKind::Status(400))
            .on("listSessions")
            .after(4),
    );
    let failed = export(&again, &["--window", "2d"]);
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    faults.set(vec![]);
    let other = export(&again, &["--filter", "LogOnDuration gt 0"]);
    assert!(other.refused().contains("belongs to another export"));
    let _ = export(&again, &["--window", "2d"]).ok();
    assert!(fs::read(&again).unwrap() == whole);
    let refused = export(&again, &[]).refused();
    assert!(refused.contains("already exists"), "{refused}");
    fs::remove_dir_all(folder).unwrap();
}
