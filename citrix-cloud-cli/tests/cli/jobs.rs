//! `daas jobs` and `daas batch`.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use citrix_cloud::{ApiVersion, Client};
use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Emulator, ids};
use serde_json::{Value, json};

use crate::stage::{Ran, Stage};

/// Starts a job that reboots a machine.
async fn job(stage: &Stage, machine: &str) -> String {
    let client = Client::builder()
        .credentials(
            citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
                .unwrap(),
        )
        .endpoint(stage.url())
        .api_version(ApiVersion::Current)
        .build()
        .unwrap();
    let site = client.daas().site(ids::SITE_ID);
    let job = site.machine(machine).reboot().as_job().await.unwrap();
    job.id().to_owned()
}

async fn quick() -> Stage {
    let emulator = Emulator::builder()
        .job_duration(Duration::from_millis(200))
        .build();
    Stage::with(emulator).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_watched_to_its_end_and_read() {
    let stage = quick().await;
    let id = job(&stage, ids::KESTREL_ID).await;
    let ran = stage.run(["daas", "jobs", "wait", &id, "--progress"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("Complete, 100 %\n"), "{}", ran.stderr);
    assert!(ran.stdout.contains("RebootMachines"), "{}", ran.stdout);
    let results = stage.run(["daas", "jobs", "results", &id]).ok();
    let results: Value = serde_json::from_str(&results).unwrap();
    assert_eq!(results["Name"], r"DEMOLAB\KESTREL");
    assert!(stage.run(["daas", "jobs", "list"]).ok().contains(&id));
    assert!(
        stage
            .run(["daas", "jobs", "get", &id])
            .ok()
            .contains("Complete")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_results_says_so() {
    let stage = quick().await;
    let update = ["daas", "delivery-groups", "update", "Demo Desktops"];
    let mut command = stage.command();
    command.args(update).args(["--set", "Enabled=false"]);
    let job = Ran::of(command.args(["--wait", "--output", "json"])).json();
    let ran = stage.run(["daas", "jobs", "results", job["Id"].as_str().unwrap()]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), "", "the job has no results\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_fails_for_a_failed_or_missing_job() {
    let stage = quick().await;
    let id = job(&stage, ids::EAGLE_ID).await;
    let ran = stage.run(["daas", "jobs", "wait", &id]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("does not support"), "{}", ran.stderr);
    let ran = stage.run(["daas", "jobs", "get", "nobody"]);
    assert_eq!(ran.code, Some(4));
    stage.sent();
    stage.run(["daas", "jobs", "wait", ".."]).refused();
    stage
        .run(["daas", "jobs", "wait", "x", "--deadline", "0"])
        .refused();
    assert!(stage.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_leaves_a_job_alone_and_cancelling_ends_it() {
    let emulator = Emulator::builder()
        .job_duration(Duration::from_secs(600))
        .build();
    let stage = Stage::with(emulator).await;
    let id = job(&stage, ids::KESTREL_ID).await;
    let ran = stage.run(["daas", "jobs", "wait", &id, "--deadline", "300ms"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains(&id), "{}", ran.stderr);
    let now = stage.run(["daas", "jobs", "get", &id]).ok();
    assert!(now.contains(&id) && !now.contains("Canceled"), "{now}");

    let cancelled = stage.run(["daas", "jobs", "cancel", &id, "--yes"]).ok();
    assert!(cancelled.contains("Canceled"), "{cancelled}");
    let words = stage
        .run(["daas", "jobs", "wait", &id, "--progress"])
        .stderr;
    assert!(words.contains("Canceled"), "{words}");
}

/// Runs `daas batch -` with calls on standard input.
fn batch(stage: &Stage, calls: &str) -> Ran {
    batch_with(stage, calls, &[])
}

fn batch_with(stage: &Stage, calls: &str, more: &[&str]) -> Ran {
    let mut command = stage.command();
    command.args(["daas", "batch", "-", "--yes"]).args(more);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(calls.as_bytes())
        .unwrap();
    Ran::end(child)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_of_a_batch_has_a_line_in_the_order_of_the_file() {
    let stage = Stage::new().await;
    let kestrel = ids::KESTREL_ID;
    let calls = format!(
        r#"{{"path":"/Machines/{kestrel}?fields=Name"}}

{{"method":"PATCH","path":"/Machines/{kestrel}","body":{{"InMaintenanceMode":true}}}}
{{"method":"post","path":"/Machines/{eagle}/$reboot"}}
{{"path":"/Machines/nobody"}}
{{"method":"POST","path":"/Machines/{kestrel}/$reboot?async=true"}}
"#,
        eagle = ids::EAGLE_ID
    );
    stage.emulator().clock().advance(Duration::from_secs(1));
    let ran = batch(&stage, &calls);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(
        ran.stderr,
        "succeeded 3, failed 2, unknown 0, not attempted 0\n"
    );
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ok: Vec<_> = lines
        .iter()
        .map(|it| (it["line"].clone(), it["ok"].clone()))
        .collect();
    let expected = [(1, true), (3, true), (4, false), (5, false), (6, true)];
    assert_eq!(ok, expected.map(|(line, ok)| (json!(line), json!(ok))));
    assert_eq!(lines[0]["body"]["Name"], r"DEMOLAB\KESTREL");
    assert_eq!(lines[1]["body"], Value::Null);
    assert_eq!(lines[2]["error"]["status"], 400);
    assert_eq!(lines[3]["error"]["kind"], "notFound");
    assert_eq!(
        lines[4]["body"]["Name"], r"DEMOLAB\KESTREL",
        "its job was waited for"
    );
    assert_eq!(stage.reboots(kestrel), Some(1));
    let batches = stage.sent();
    assert_eq!(
        batches.iter().filter(|it| it.ends_with("$batch")).count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn throttled_calls_are_sent_again_and_the_others_are_not() {
    for more in [&["--size", "4"][..], &["--as-job", "--concurrency", "1"]] {
        let stage = quick().await;
        let calls: String = (0..10)
            .map(|_| {
                format!(
                    r#"{{"method":"POST","path":"/Machines/{}/$reboot"}}"#,
                    ids::KITE_ID
                )
            })
            .map(|line| line + "\n")
            .collect();
        stage.emulator().faults().set(vec![
            Fault::new(FaultKind::ItemFails(429))
                .rate(0.4)
                .seed(2)
                .times(3),
        ]);
        let ran = batch_with(&stage, &calls, more);
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
        let lines: Vec<Value> = ran
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let numbers: Vec<_> = lines.iter().map(|it| it["line"].as_u64()).collect();
        assert_eq!(numbers, (1..=10).map(Some).collect::<Vec<_>>());
        assert!(!stage.emulator().faults().injections().is_empty());
        assert_eq!(stage.reboots(ids::KITE_ID), Some(10), "each once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_for_a_file_with_a_bad_line() {
    let stage = Stage::new().await;
    let good = r#"{"method":"POST","path":"/Machines/3/$reboot"}"#;
    for (bad, words) in [
        ("{", "line 2: not a JSON object"),
        (r#"{"path":"Machines"}"#, "line 2: path `Machines`"),
        (r#"{"path":"/Machines/../Sites"}"#, "line 2: path"),
        (r#"{"path":"/M","method":"BREW"}"#, "line 2: method `BREW`"),
        (r#"{"path":"/M","body":{}}"#, "line 2: a GET takes no body"),
        (r#"{"path":"/M","header":{}}"#, "line 2: `header` is not"),
    ] {
        let ran = batch(&stage, &format!("{good}\n{bad}\n"));
        assert_eq!(ran.code, Some(2), "{bad}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{bad}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("nothing was sent"),
            "{bad}: {}",
            ran.stderr
        );
        assert_eq!(ran.stdout, "");
    }
    let ran = stage.run(["daas", "batch", "/no/such/file"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("/no/such/file"), "{}", ran.stderr);
    let ran = batch(&stage, "\n\n");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "no calls\n"));
    assert!(stage.sent().is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn lines_that_cannot_be_printed_go_to_standard_error() {
    let stage = Stage::new().await;
    let file = std::env::temp_dir().join(format!("calls-{}", uuid::Uuid::new_v4()));
    let call = format!(r#"{{"path":"/Machines/{}?fields=Name"}}"#, ids::KITE_ID);
    std::fs::write(&file, format!("{call}\n{call}\n{call}\n")).unwrap();
    let full = std::fs::File::options().write(true).open("/dev/full");
    let mut command = stage.command();
    command.args(["daas", "batch", "--yes"]).arg(&file);
    let output = command.stdout(full.unwrap()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let lines = told.lines().filter(|line| line.contains(r#""ok":true"#));
    assert_eq!(
        (output.status.code(), lines.count()),
        (Some(1), 3),
        "{told}"
    );
    assert!(told.contains("No space left on device"), "{told}");
    std::fs::remove_file(&file).unwrap();
}
