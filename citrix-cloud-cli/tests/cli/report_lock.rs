//! Only one run at a time can use a report.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use citrix_cloud_emulator::{Emulator, Machine, Site, World, ids};

use crate::stage::{Ran, Stage};

async fn farm() -> Stage {
    let emulator = Emulator::builder()
        .world(World::with_machines(40))
        .latency(Duration::from_millis(100))
        .build();
    Stage::with(emulator).await
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("lock-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    folder
}

fn reboot_idle(stage: &Stage, option: &str, file: &Path) -> std::process::Command {
    let mut command = stage.command();
    command.args(["daas", "reboot-idle", "--yes", "--catalog", ids::CATALOG_ID]);
    command.args(["--concurrency", "2"]).arg(option).arg(file);
    command
}

fn start(mut command: std::process::Command) -> Child {
    let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    piped.spawn().unwrap()
}

/// Waits until the first machine is done.
fn under_way(file: &Path) {
    while !std::fs::read_to_string(file).is_ok_and(|text| text.contains("\"done\"")) {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn reboots(stage: &Stage) -> Vec<usize> {
    let all = |site: &Site| site.machines.iter().map(Machine::reboots).collect();
    stage.emulator().read_site(all)
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_on_a_report_is_refused_by_whatever_name_it_comes() {
    let stage = farm().await;
    let folder = folder();
    let file = folder.join("report.jsonl");
    let first = start(reboot_idle(&stage, "--report", &file));
    under_way(&file);
    let (hard, soft) = (folder.join("hard"), folder.join("soft"));
    std::fs::hard_link(&file, &hard).unwrap();
    std::os::unix::fs::symlink(&file, &soft).unwrap();
    for name in [&file, &hard, &soft] {
        let words = Ran::of(&mut reboot_idle(&stage, "--resume", name)).refused();
        let expected = match cfg!(target_os = "linux") {
            true => format!("another run is using it (process {})", first.id()),
            false => "another run uses it".to_owned(),
        };
        assert!(words.contains(&expected), "{words}");
    }
    let ran = Ran::end(first);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(reboots(&stage), vec![1; 40]);
    // The file is complete, and the lock ended with the run.
    Ran::of(&mut reboot_idle(&stage, "--resume", &hard)).ok();
    assert_eq!(reboots(&stage), vec![1; 40]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_one_of_two_processes_resumes_a_killed_run() {
    let stage = farm().await;
    let folder = folder();
    let file = folder.join("report.jsonl");
    let mut first = start(reboot_idle(&stage, "--report", &file));
    under_way(&file);
    first.kill().unwrap();
    first.wait().unwrap();
    let two = [(); 2].map(|()| start(reboot_idle(&stage, "--resume", &file)));
    let mut codes = two.map(|child| Ran::end(child).code.unwrap());
    codes.sort_unstable();
    assert_eq!(codes, [0, 2]);
    assert_eq!(reboots(&stage), vec![1; 40]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_file_is_a_report() {
    let stage = farm().await;
    let words = Ran::of(&mut reboot_idle(&stage, "--resume", &std::env::temp_dir())).refused();
    assert!(words.contains("--resume"), "{words}");
    assert!(stage.sent().is_empty());
}
