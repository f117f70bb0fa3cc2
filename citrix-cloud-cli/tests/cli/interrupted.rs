//! Runs that end early: by Ctrl-C, or because the report cannot be written.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Emulator, World};
use serde_json::Value;

use crate::stage::{Ran, Stage};

async fn farm(machines: usize) -> Stage {
    let emulator = Emulator::builder()
        .world(World::with_machines(machines))
        .latency(Duration::from_millis(5))
        .build();
    Stage::with(emulator).await
}

/// Creates machines whose reboots all end without a response.
async fn farm_out_of_reach(machines: usize) -> Stage {
    let stage = farm(machines).await;
    let lost = Fault::new(FaultKind::Reset).on("MachinesRebootMachine");
    stage.emulator().faults().set(vec![lost]);
    stage
}

fn start(mut command: Command) -> Child {
    let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    piped.spawn().unwrap()
}

/// Returns a new file in a folder of its own.
fn report() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("stopped-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    folder.join("report.jsonl")
}

/// Waits until this many reboots were requested.
async fn asked(stage: &Stage, reboots: usize) {
    loop {
        let journal = stage.emulator().journal();
        let entries = journal.entries();
        let sent = entries.iter().filter(|it| it.path.ends_with("$reboot"));
        if sent.count() >= reboots {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

pub(crate) fn interrupt(child: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_not_reached_before_ctrl_c_are_reported_and_rebooted_by_a_later_run() {
    let stage = farm_out_of_reach(5).await;
    let file = report();
    let path = file.to_str().unwrap();
    let more = [
        "--concurrency",
        "3",
        "--confirm-timeout",
        "2s",
        "--report",
        path,
    ];
    let child = start(stage.reboot_idle(&more));
    asked(&stage, 3).await;
    interrupt(&child);
    let ran = Ran::end(child);
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    let words = "and the run was stopped";
    let told = ran.stdout.lines().filter(|line| line.ends_with(words));
    let told = told.count();
    assert!((1..=5).contains(&told), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), told);
    let (waiting, _) = ran.stderr.split_once('\n').unwrap();
    assert!(waiting.starts_with("stopping: waiting for "), "{waiting}");
    let words = " machines whose outcomes are not known yet; Ctrl-C again reports them as unknown";
    assert!(waiting.ends_with(words), "{waiting}");
    assert!(
        ran.stderr.ends_with(", not attempted 5\n"),
        "{}",
        ran.stderr
    );

    stage.emulator().faults().set(vec![]);
    let ran = Ran::of(&mut stage.reboot_idle(&["--resume", path]));
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    let once = stage
        .emulator()
        .read_site(|site| site.machines.iter().all(|it| it.reboots() == 1));
    assert!(once);
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_ctrl_c_restores_drained_machines_and_lists_unknown_outcomes() {
    let stage = farm_out_of_reach(4).await;
    let more = ["--drain", "--confirm-timeout", "10m", "--output", "json"];
    let child = start(stage.reboot_idle(&more));
    asked(&stage, 4).await;
    interrupt(&child);
    tokio::time::sleep(Duration::from_millis(200)).await;
    interrupt(&child);
    let ran = Ran::end(child);
    assert_eq!(ran.code, Some(3), "{}{}", ran.stdout, ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let outcomes = report["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), 4);
    for outcome in outcomes {
        assert_eq!(outcome["outcome"], "unknown", "{outcome}");
        assert_eq!(outcome["leftInMaintenance"], Value::Null, "{outcome}");
    }
    let summary = "rebooted 0, skipped 0, failed 0, unknown 4, left in maintenance mode 0, \
                   not attempted 0\n";
    assert!(ran.stderr.ends_with(summary), "{}", ran.stderr);
    let left = stage.emulator().read_site(|site| {
        let mut machines = site.machines.iter();
        machines.any(|it| it.in_maintenance_mode)
    });
    assert!(!left);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_a_bar_shows_the_wait_and_its_clock_keeps_running() {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: script, which gives a program a terminal, is not installed");
        return;
    }
    let stage = farm_out_of_reach(3).await;
    let command = stage.reboot_idle(&["--confirm-timeout", "2500ms", "--max-failures", "3"]);
    let words = [command.get_program()]
        .into_iter()
        .chain(command.get_args());
    let words: Vec<_> = words.map(|it| it.to_str().unwrap()).collect();
    let mut terminal = Command::new("script");
    terminal.args(["-q", "-e", "-c", &words.join(" "), "/dev/null"]);
    terminal.env("TERM", "xterm").stdin(Stdio::null());
    let variables = command.get_envs();
    terminal.envs(variables.filter_map(|(name, value)| Some((name, value?))));
    let child = start(terminal);
    asked(&stage, 3).await;
    tokio::time::sleep(Duration::from_millis(1800)).await;
    interrupt(&child);
    let ran = Ran::end(child);
    for shown in [
        "0 of 3 machines: 0 done, 3 confirming, 0 failed (0s)",
        "0 of 3 machines: 0 done, 3 confirming, 0 failed (1s)",
    ] {
        assert!(ran.stdout.contains(shown), "{shown}: {}", ran.stdout);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_be_written_any_more_ends_the_run_and_says_so() {
    let stage = farm(400).await;
    let file = report();
    // The file cannot grow beyond a few lines, as on a full disk.
    let mut limited = Command::new("bash");
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\"";
    limited.args(["-c", script]);
    let path = file.to_str().unwrap();
    let command = stage.reboot_idle(&["--report", path, "--concurrency", "4"]);
    limited.arg(command.get_program()).args(command.get_args());
    limited.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let ran = Ran::of(&mut limited);
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stderr
            .contains(&format!("error: {path}: File too large")),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .lines()
            .last()
            .unwrap()
            .contains(", not attempted "),
        "{}",
        ran.stderr
    );
    let told = ran.stdout.lines().filter(|it| it.ends_with("... success"));
    let told = told.count();
    let sent = stage.sent();
    let reboots = sent.iter().filter(|it| it.ends_with("$reboot")).count();
    assert_eq!(told, reboots, "{}", ran.stdout);
    assert!((1..400).contains(&reboots), "{reboots}");
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}
