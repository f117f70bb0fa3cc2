//! Limits on the concurrency and duration of a run over many machines.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use citrix_cloud_emulator::faults::{Fault, FaultKind, RetryDelay};
use citrix_cloud_emulator::{Emulator, Machine, RegistrationState, World};

use crate::stage::{Ran, Stage, TOKEN};

/// Creates machines that are unavailable for a moment when they are rebooted.
async fn farm(machines: usize) -> Stage {
    let emulator = Emulator::builder()
        .world(World::with_machines(machines))
        .job_duration(Duration::from_millis(200))
        .build();
    Stage::with(emulator).await
}

fn reboot_idle(stage: &Stage, more: &[&str]) -> Ran {
    Ran::of(&mut stage.reboot_idle(more))
}

fn serves(machine: &Machine) -> bool {
    machine.registration_state == RegistrationState::Registered && !machine.in_maintenance_mode
}

fn away(machine: &Machine) -> bool {
    machine.power_action_pending || machine.registration_state != RegistrationState::Registered
}

fn rebooted_once(stage: &Stage) -> bool {
    stage
        .emulator()
        .read_site(|site| site.machines.iter().all(|it| it.reboots() == 1))
}

/// Samples the world while a command runs, and returns the highest count.
fn most_during(stage: &Stage, is: fn(&Machine) -> bool, run: impl FnOnce()) -> usize {
    let over = AtomicBool::new(false);
    let most = Arc::new(AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let count = stage
                    .emulator()
                    .read_site(|site| site.machines.iter().filter(|it| is(it)).count());
                most.fetch_max(count, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        // A panic must not leave the thread running.
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        over.store(true, Ordering::Relaxed);
        if let Err(panic) = ran {
            std::panic::resume_unwind(panic);
        }
    });
    most.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_machines_restart_at_once_than_allowed() {
    let stage = farm(12).await;
    let most = most_during(&stage, away, || {
        reboot_idle(&stage, &["--max-unavailable", "4"]).ok();
    });
    assert!((1..=4).contains(&most), "{most}");
    assert!(rebooted_once(&stage));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_required_number_of_machines_stays_in_service() {
    let stage = farm(8).await;
    let most = most_during(
        &stage,
        |machine| !serves(machine),
        || {
            reboot_idle(&stage, &["--min-available", "5"]).ok();
        },
    );
    assert!((1..=3).contains(&most), "{most}");
    assert!(rebooted_once(&stage));

    let ran = reboot_idle(&stage, &["--min-available", "8"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let words = ", too few registered machines in its delivery group";
    let kept = ran.stdout.lines().filter(|line| line.ends_with(words));
    assert_eq!(kept.count(), 8, "{}", ran.stdout);
    assert!(rebooted_once(&stage));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drained_machine_is_in_maintenance_mode_until_it_is_gone() {
    let stage = farm(1).await;
    reboot_idle(&stage, &["--drain"]).ok();
    let mut steps: Vec<String> = stage
        .sent()
        .iter()
        .filter_map(|line| {
            let (method, path) = line.split_once(' ')?;
            let (_, resource) = path.split_once("/cvad/manage/Machines/")?;
            let action = resource.split_once('/').map_or("", |(_, action)| action);
            Some(format!("{method} {action}"))
        })
        .collect();
    steps.dedup();
    assert_eq!(
        steps,
        ["PATCH ", "GET ", "POST $reboot", "GET ", "PATCH ", "GET "],
        "the looks in between wait for it to be gone"
    );
    let left = stage.emulator().read_site(|site| {
        let mut machines = site.machines.iter();
        machines.any(|it| it.in_maintenance_mode)
    });
    assert!(rebooted_once(&stage) && !left);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_too_many_failures_the_rest_is_not_attempted() {
    let stage = farm(6).await;
    let refuse = Fault::new(FaultKind::Status(403)).on("MachinesRebootMachine");
    stage.emulator().faults().set(vec![refuse]);
    let ran = reboot_idle(&stage, &["--max-failures", "2", "--concurrency", "1"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let ends = |words: &str| {
        let lines = ran.stdout.lines();
        lines.filter(|line| line.contains(words)).count()
    };
    assert_eq!(ends("... failure: "), 2, "{}", ran.stdout);
    assert_eq!(ends(", too many failures"), 4);
    let summary = "rebooted 0, skipped 0, failed 2, unknown 0, left in maintenance mode 0, \
                   not attempted 4\n";
    assert!(ran.stderr.ends_with(summary), "{}", ran.stderr);
    let told = |label: &str| {
        ran.stderr
            .lines()
            .filter(|it| it.starts_with(label))
            .count()
    };
    // Both have the same hint.
    assert_eq!((told("error: "), told("why: "), told("hint: ")), (2, 2, 1));
    let sent = stage.sent();
    let reboots = sent.iter().filter(|line| line.ends_with("$reboot"));
    assert_eq!(reboots.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_repeat_their_items_as_calls_are_repeated() {
    let stage = farm(60).await;
    let later = FaultKind::RetryLater {
        status: 429,
        delay: RetryDelay::Seconds(1),
    };
    stage.emulator().faults().set(vec![
        Fault::new(FaultKind::ItemFails(429)).rate(0.3).seed(5),
        Fault::new(later).on("BatchDoBatchRequest").times(1),
    ]);
    reboot_idle(&stage, &["--mode", "batch"]).ok();
    assert!(rebooted_once(&stage));
    let sent = stage.sent();
    let posts = sent.iter().filter(|line| line.starts_with("POST /cvad"));
    assert!(
        posts.clone().all(|line| line.ends_with("/$batch")),
        "{sent:?}"
    );
    assert!(posts.count() < 50, "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_share_a_cache_sign_in_once() {
    let stage = farm(2).await;
    let folder = tempfile();
    let cache = ["--token-cache", folder.to_str().unwrap()];
    reboot_idle(&stage, &cache).ok();
    reboot_idle(&stage, &[cache[0], cache[1], "--mode", "batch"]);
    let sent = stage.sent();
    let signed_in = sent.iter().filter(|line| *line == TOKEN).count();
    assert_eq!(signed_in, 1, "{sent:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

fn tempfile() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("tokens-{}", uuid::Uuid::new_v4()))
}
