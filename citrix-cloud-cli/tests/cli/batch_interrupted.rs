//! `daas batch` and Ctrl-C: every sent call has an outcome, and every other call is listed.

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use citrix_cloud_emulator::{Emulator, Site, World, ids};
use serde_json::Value;

use crate::interrupted::interrupt;
use crate::stage::{Ran, Stage, program, scripted};

const CALLS: usize = 400;

async fn farm(latency: Duration) -> Stage {
    let emulator = Emulator::builder()
        .world(World::with_machines(CALLS))
        .latency(latency)
        .build();
    Stage::with(emulator).await
}

/// Creates a file with a call for each machine that turns on maintenance mode.
fn calls(stage: &Stage) -> PathBuf {
    let mut text = String::new();
    stage.emulator().read_site(|site| {
        for machine in site.machines.iter() {
            let path = format!("/Machines/{}", machine.id());
            let body = serde_json::json!({ "InMaintenanceMode": true });
            let call = serde_json::json!({ "method": "PATCH", "path": path, "body": body });
            text += &format!("{call}\n");
        }
    });
    let file = std::env::temp_dir().join(format!("calls-{}", uuid::Uuid::new_v4()));
    std::fs::write(&file, text).unwrap();
    file
}

fn start(stage: &Stage, file: &PathBuf) -> Child {
    let mut command = stage.command();
    command.args([
        "daas",
        "batch",
        "--yes",
        "--size",
        "10",
        "--site",
        ids::SITE_ID,
    ]);
    command
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Returns the outcomes of the calls: `ok`, or the kind of error.
fn kinds(ran: &Ran) -> Vec<String> {
    let lines = ran.stdout.lines();
    let lines: Vec<Value> = lines.map(|it| serde_json::from_str(it).unwrap()).collect();
    let mut numbers: Vec<_> = lines
        .iter()
        .map(|it| it["line"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=CALLS as u64), "each call once");
    let kind = |line: &Value| match line["ok"] == true {
        true => "ok".to_owned(),
        false => line["error"]["kind"].as_str().unwrap().to_owned(),
    };
    lines.iter().map(kind).collect()
}

fn count(kinds: &[String], wanted: &str) -> usize {
    kinds.iter().filter(|it| *it == wanted).count()
}

fn changed(stage: &Stage) -> usize {
    let changed = |site: &Site| {
        let machines = site.machines.iter();
        machines.filter(|it| it.in_maintenance_mode).count()
    };
    stage.emulator().read_site(changed)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_sent_before_ctrl_c_are_awaited_and_the_rest_is_named() {
    let stage = farm(Duration::from_millis(50)).await;
    let file = calls(&stage);
    let child = start(&stage, &file);
    while changed(&stage) < 20 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    interrupt(&child);
    let ran = Ran::end(child);
    let kinds = kinds(&ran);
    let done = count(&kinds, "ok");
    assert_eq!(done, changed(&stage), "{}", ran.stderr);
    assert!((20..CALLS).contains(&done), "{done}");
    assert_eq!(count(&kinds, "notAttempted"), CALLS - done);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.starts_with("stopping: waiting for the calls"));
    let summary = format!(
        "succeeded {done}, failed 0, unknown 0, not attempted {}\n",
        CALLS - done
    );
    assert!(ran.stderr.ends_with(&summary), "{}", ran.stderr);
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_ctrl_c_ends_at_once_and_names_calls_that_may_have_run() {
    let stage = farm(Duration::from_secs(3)).await;
    let file = calls(&stage);
    let child = start(&stage, &file);
    // The token takes as long as the batches do.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let began = Instant::now();
    interrupt(&child);
    tokio::time::sleep(Duration::from_millis(100)).await;
    interrupt(&child);
    let ran = Ran::end(child);
    assert!(began.elapsed() < Duration::from_millis(1500), "{began:?}");
    let kinds = kinds(&ran);
    assert_eq!(count(&kinds, "outcomeUnknown"), 20, "{}", ran.stderr);
    assert_eq!(count(&kinds, "notAttempted"), CALLS - 20);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn before_anything_is_sent_ctrl_c_has_a_code_of_its_own() {
    let (tell, told) = mpsc::channel();
    let url = scripted(move |_| {
        let _ = tell.send(());
        std::thread::sleep(Duration::from_secs(5));
        None
    });
    for arguments in [
        &["daas", "batch", "--yes", "/dev/stdin"][..],
        &["daas", "machines", "power", "start", "--all", "--yes"],
    ] {
        let mut command = program();
        command.envs([
            ("CLIENT_ID", "i"),
            ("CLIENT_SECRET", "s"),
            ("CUSTOMER_ID", "c"),
            ("CITRIX_CLOUD_ENDPOINT", &url),
        ]);
        command.args(arguments).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, b"{\"path\":\"/Machines\"}\n").unwrap();
        drop(stdin);
        told.recv().unwrap();
        interrupt(&child);
        let ran = Ran::end(child);
        assert_eq!(ran.code, Some(130), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stderr, "error: interrupted; nothing was changed\n");
    }
}
