//! Commands that ask for confirmation, and the output of dry runs.

use citrix_cloud_emulator::ids;

use crate::stage::{Ran, Stage};

/// The hand-written commands that change one object or send a file, and their dry-run output.
const WRITES: [(&[&str], &str); 8] = [
    (
        &["resource-locations", "create", "--name", "Lab"],
        r#"--data '{"name":"Lab"}'"#,
    ),
    (
        &["resource-locations", "update", "Lab", "--time-zone", "UTC"],
        r#"--data '{"timeZone":"UTC"}'"#,
    ),
    (
        &["resource-locations", "delete", "Lab"],
        "curl --request DELETE 'http://",
    ),
    (
        &["service-principals", "create", "--display-name", "Nightly"],
        "/serviceprincipals'",
    ),
    (
        &["service-principals", "delete", "x"],
        "/serviceprincipals/x'",
    ),
    (
        &[
            "notifications",
            "send",
            "--title",
            "T",
            "--description",
            "D",
        ],
        "curl --request POST",
    ),
    (&["daas", "jobs", "cancel", "x"], "/Jobs/x/$cancel'"),
    (
        &["daas", "tags", "delete", "x"],
        "curl --request DELETE 'http://",
    ),
];

/// Commands that create or change one object run without confirmation.
const AT_ONCE: [&str; 2] = ["create", "update"];

#[tokio::test(flavor = "multi_thread")]
async fn every_write_has_a_dry_run_and_destructive_ones_ask_first() {
    let stage = Stage::new().await;
    for (words, shown) in WRITES {
        let mut dry = stage.command();
        let ran = Ran::of(dry.args(words).arg("--dry-run"));
        assert_eq!(ran.code, Some(0), "{words:?}: {}", ran.stderr);
        let lines = ran.stdout;
        assert!(lines.contains(shown), "{words:?}: {lines}");
        assert!(lines.contains("Bearer=$TOKEN"), "{words:?}: {lines}");
        if words.iter().any(|it| AT_ONCE.contains(it)) {
            continue;
        }
        let refused = Ran::of(stage.command().args(words)).refused();
        assert!(
            refused.contains("asks for confirmation"),
            "{words:?}: {refused}"
        );
    }
    assert_eq!(stage.sent(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_changes_something_asks() {
    let stage = Stage::new().await;
    let file = std::env::temp_dir().join(format!("calls-{}", uuid::Uuid::new_v4()));
    let read = r#"{"path": "/Machines?limit=1"}"#;
    let write = r#"{"method": "PATCH", "path": "/Tags/Pilot", "body": {"Name": "Pilots"}}"#;
    std::fs::write(&file, format!("{read}\n{write}\n")).unwrap();
    let batch = |more: &[&str]| {
        let mut command = stage.command();
        Ran::of(command.args(["daas", "batch"]).arg(&file).args(more))
    };
    let words = batch(&[]).refused();
    assert!(
        words.contains("`daas batch` asks for confirmation"),
        "{words}"
    );
    assert_eq!(
        batch(&["--dry-run"]).ok(),
        "Would send GET /Machines?limit=1\nWould send PATCH /Tags/Pilot\n"
    );
    assert_eq!(stage.sent(), [""; 0]);
    batch(&["--yes"]).ok();
    std::fs::write(&file, read).unwrap();
    batch(&[]).ok();
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_identity_in_use_needs_its_id_twice_to_be_deleted() {
    let stage = Stage::new().await;
    let all = stage.run(["service-principals", "list", "--output", "json"]);
    let all = all.json();
    let mut own = all.as_array().unwrap().iter();
    let own = own.find(|it| it["clientId"] == ids::CLIENT_ID).unwrap();
    let id = own["id"].as_str().unwrap();
    let delete = ["service-principals", "delete", id, "--yes"];
    let words = stage.run(delete).refused();
    assert!(words.contains(&format!("add --confirm {id}")), "{words}");
    let [a, b, c, d] = delete;
    stage.run([a, b, c, d, "--confirm", "another"]).refused();
    let sent = stage.sent();
    assert!(!sent.iter().any(|it| it.starts_with("DELETE")), "{sent:?}");
    let ran = stage.run([a, b, c, d, "--confirm", id]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}
