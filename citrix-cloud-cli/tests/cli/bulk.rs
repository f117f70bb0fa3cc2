//! The commands that act on many machines or sessions, besides `reboot-idle`.

use std::io::Write as _;
use std::process::Stdio;

use citrix_cloud_emulator::{Emulator, World, ids};
use serde_json::{Value, json};

use crate::stage::{Ran, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn machines_are_chosen_by_ids_on_standard_input() {
    let stage = Stage::new().await;
    let mut command = stage.command();
    command.args([
        "daas", "machines", "power", "shutdown", "--ids", "-", "--yes",
    ]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let ids = format!("{}\n\nDEMOLAB\\OSPREY\nnobody\n", ids::KESTREL_ID);
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(ids.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Requesting shutdown for DEMOLAB\\KESTREL... success\n\
         2 sessions on DEMOLAB\\OSPREY - skipping\n\
         nobody does not exist - skipping\n"
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: no machine `nobody`\n\
         shut down 1, skipped 2 (1 in use, 1 not found), failed 0, unknown 0, \
         left in maintenance mode 0, not attempted 0\n"
    );
    assert_eq!(output.status.code(), Some(5), "OSPREY is in use");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_choice_or_consent_nothing_is_sent() {
    let stage = Stage::new().await;
    stage
        .run(["daas", "machines", "power", "start", "--yes"])
        .refused();
    stage
        .run(["daas", "machines", "maintenance", "on", "--yes"])
        .refused();
    stage.run(["daas", "sessions", "logoff", "--yes"]).refused();
    let words = stage.run(["daas", "sessions", "logoff", "--all"]).refused();
    assert!(words.contains("--yes"), "{words}");
    let drain = [
        "daas", "machines", "power", "start", "--all", "--yes", "--drain",
    ];
    let words = Ran::of(stage.command().args(drain)).refused();
    assert!(
        words.contains("--drain cannot be used with start"),
        "{words}"
    );
    assert!(stage.sent().iter().all(|line| !line.contains("achines")));
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_numbers_and_patterns_are_rejected_with_an_example() {
    let stage = Stage::new().await;
    for (option, value, words) in [
        ("--min-available", "-1", "a whole number, 0 or more"),
        ("--min-available", "some", "a whole number, 0 or more"),
        ("--max-unavailable", "0", "a whole number, 1 or more"),
        ("--max-unavailable", "-3", "a whole number, 1 or more"),
        ("--max-failures", "0", "a whole number, 1 or more"),
        ("--name", "", "a pattern such as VDA-1*"),
        ("--ids", "", "a file, or `-` for standard input"),
    ] {
        let mut command = stage.command();
        command.args(["daas", "machines", "power", "reboot", "--yes", "--all"]);
        let said = Ran::of(command.args([option, value])).refused();
        assert!(said.contains(words) && said.contains(option), "{said}");
    }
    assert!(stage.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_ids_may_come_from_windows() {
    let stage = Stage::new().await;
    let file = std::env::temp_dir().join(format!("ids-{}", uuid::Uuid::new_v4()));
    let run = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        let mut command = stage.command();
        command.args(["daas", "machines", "power", "shutdown", "--dry-run"]);
        Ran::of(command.arg("--ids").arg(&file))
    };
    assert_eq!(
        run(b"\xef\xbb\xbfDEMOLAB\\KESTREL\r\n\r\n").ok(),
        "Would request shutdown for DEMOLAB\\KESTREL\n"
    );
    let shutdown = "Would request shutdown for DEMOLAB\\KESTREL\n";
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| {
        let marked = format!("\u{feff}{text}");
        marked.encode_utf16().flat_map(bytes).collect::<Vec<u8>>()
    };
    for text in [
        "DEMOLAB\\KESTREL\r\n",
        "kestrel",
        "\"Name\",\"X\"\r\n\"Kestrel\",\"1\"\r\n",
    ] {
        assert_eq!(run(text.as_bytes()).ok(), shutdown, "{text}");
        assert_eq!(run(&utf16(text, u16::to_le_bytes)).ok(), shutdown, "{text}");
        assert_eq!(run(&utf16(text, u16::to_be_bytes)).ok(), shutdown, "{text}");
    }
    let words = run(b"\xff\xfeD\0E").refused();
    assert!(words.contains("it is not UTF-8 text or UTF-16"), "{words}");
    let words = run(b" \n\r\n").refused();
    assert!(words.contains("it contains no ids or names"), "{words}");
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_get_a_message_and_are_logged_off() {
    let stage = Stage::new().await;
    let mut message = vec![
        "daas", "sessions", "message", "--title", "Soon", "--text", "Save!",
    ];
    message.extend(["--machine", "OSPREY", "--yes", "--output", "json"]);
    let report = Ran::of(stage.command().args(&message)).json();
    let outcomes: Vec<_> = report["outcomes"].as_array().unwrap().iter().collect();
    assert!(
        outcomes.iter().all(|it| it["outcome"] == "sent"),
        "{report}"
    );
    let read = stage.emulator().read_site(|site| {
        let sessions = site.sessions.iter();
        sessions
            .map(|session| session.messages.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(read, vec![vec![("Soon".to_owned(), "Save!".to_owned())]; 2]);

    let lines = stage
        .run([
            "daas",
            "sessions",
            "logoff",
            "--state",
            "disconnected",
            "--yes",
        ])
        .ok();
    assert_eq!(
        lines,
        "Requesting log-off for DEMOLAB\\jay on DEMOLAB\\OSPREY... success\n"
    );
    let left = stage
        .emulator()
        .read_site(|site| site.sessions.iter().count());
    assert_eq!(left, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_disconnected_hidden_and_shown_again() {
    let stage = Stage::new().await;
    let run = |verb: &str, more: &[&str]| {
        let mut command = stage.command();
        command.args(["daas", "sessions", verb, "--machine", "OSPREY", "--ordered"]);
        Ran::of(command.args(more))
    };
    assert_eq!(
        run("disconnect", &["--dry-run"]).ok(),
        "Would request disconnect for DEMOLAB\\robin on DEMOLAB\\OSPREY\n\
         DEMOLAB\\jay on DEMOLAB\\OSPREY is already disconnected - skipping\n"
    );
    let words = run("disconnect", &[]).refused();
    assert!(words.contains("--yes"), "{words}");
    let ran = run("disconnect", &["--yes"]);
    assert_eq!(
        ran.stdout,
        "Requesting disconnect for DEMOLAB\\robin on DEMOLAB\\OSPREY... success\n\
         DEMOLAB\\jay on DEMOLAB\\OSPREY is already disconnected - skipping\n"
    );
    assert_eq!(
        ran.stderr,
        "disconnected 1, skipped 1 (1 already disconnected), failed 0, unknown 0, not attempted 0\n"
    );
    let ran = run("hide", &["--yes", "--user", "robin"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            Some(0),
            "hidden 1, skipped 0, failed 0, unknown 0, not attempted 0\n"
        )
    );
    let report = run("unhide", &["--yes", "--output", "json"]).json();
    assert_eq!(report["action"], "unhide");
    let outcomes = report["outcomes"].as_array().unwrap().iter();
    let outcomes: Vec<_> = outcomes.map(|it| it["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["unhidden", "skipped"]);
    let sessions = stage.emulator().read_site(|site| {
        let sessions = site.sessions.iter();
        let seen = sessions.map(|it| (format!("{:?}", it.state), it.hidden));
        seen.collect::<Vec<_>>()
    });
    assert_eq!(sessions, vec![("Disconnected".to_owned(), false); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_can_be_resumed_after_its_objects_are_gone() {
    let stage = Stage::new().await;
    let file = std::env::temp_dir().join(format!("report-{}", uuid::Uuid::new_v4()));
    let users = &["--user", "robin", "--user", "jay"][..];
    let by_id = &[ids::ACTIVE_SESSION_ID, ids::DISCONNECTED_SESSION_ID];
    for chosen in [users, by_id] {
        let stage = match chosen == users {
            true => &stage,
            false => &Stage::new().await,
        };
        let run = |option: &str| {
            let mut command = stage.command();
            command
                .args(["daas", "sessions", "logoff", "--yes"])
                .args(chosen);
            Ran::of(command.arg(option).arg(&file))
        };
        run("--report").ok();
        let ran = run("--resume");
        assert_eq!(ran.code, Some(0), "{chosen:?}: {}", ran.stderr);
        std::fs::remove_file(&file).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_power_action_warns_of_lost_sessions() {
    let stage = Stage::new().await;
    let power = |more: &[&str]| {
        let mut command = stage.command();
        command.args(["daas", "machines", "power"]);
        Ran::of(command.args(more))
    };
    let forced = ["reboot", "--name", "*", "--force", "--in-use"];
    let dry = [&forced[..], &["--dry-run", "--output", "json"]].concat();
    let warning = power(&dry).json()["warning"].clone();
    assert_eq!(
        warning,
        "the guest is not asked, so whatever it has not written to its disk is lost: users' unsaved \
         work, updates in progress; sessions on these machines now: 2"
    );
    let words = power(&["start", "--name", "HARRIER", "--force", "--yes"]).refused();
    assert!(
        words.contains("--force cannot be used with start"),
        "{words}"
    );
    stage.sent();
    let forced = [
        "reboot",
        "KESTREL",
        "OSPREY",
        "--force",
        "--yes",
        "--skip-ok",
    ];
    let lines = power(&forced).ok();
    let line = "Requesting forced reboot for DEMOLAB\\KESTREL... success\n";
    assert!(lines.contains(line), "{lines}");
    let journal = stage.emulator().journal().entries();
    let sent = journal
        .iter()
        .filter(|it| it.method == "POST" && it.path.contains("/Machines/"));
    let sent: Vec<_> = sent
        .filter(|it| !it.path.ends_with("$search"))
        .map(|it| (it.path.rsplit('/').next().unwrap(), it.query.as_deref()))
        .collect();
    assert_eq!(sent, [("$reboot", Some("force=true"))], "OSPREY is in use");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_resumed_from_its_report() {
    let emulator = Emulator::builder().world(World::with_machines(3)).build();
    let stage = Stage::with(emulator).await;
    let folder = std::env::temp_dir().join(format!("bulk-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("report.jsonl");
    let run = |option: &str, more: &[&str]| {
        let mut command = stage.command();
        command.args(["daas", "reboot-idle", "--yes", "--catalog", ids::CATALOG_ID]);
        Ran::of(command.arg(option).arg(&file).args(more))
    };
    run("--report", &[]).ok();
    let written = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines[0],
        json!({"report": 1, "action": "reboot-idle", "site": ids::SITE_ID})
    );
    let states: Vec<_> = lines[1..]
        .iter()
        .map(|line| line["state"].as_str().unwrap())
        .collect();
    assert_eq!(states.iter().filter(|it| **it == "asking").count(), 3);
    assert_eq!(states.iter().filter(|it| **it == "done").count(), 3);

    let words = run("--report", &[]).refused();
    assert!(words.contains("use --resume to continue it"), "{words}");

    // The run was killed while it recorded that the last machine is done.
    let cut = written.trim_end().len() - 5;
    std::fs::write(&file, &written[..cut]).unwrap();
    let lines = run("--resume", &[]).ok();
    assert_eq!(
        lines
            .lines()
            .filter(|line| line.ends_with("was already done - skipping"))
            .count(),
        2
    );
    assert_eq!(
        lines
            .lines()
            .filter(|line| line.ends_with("... success"))
            .count(),
        1
    );
    let once = stage
        .emulator()
        .read_site(|site| site.machines.iter().all(|it| it.reboots() == 1));
    assert!(once, "what was asked for is not asked for again");

    let other = ["daas", "machines", "power", "reboot", "--all", "--yes"];
    let mut command = stage.command();
    let words = Ran::of(command.args(other).arg("--resume").arg(&file)).failed_with(2);
    assert!(
        words.contains("it is not the report of this run"),
        "{words}"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn durations_need_a_unit() {
    let stage = Stage::new().await;
    for settle in ["30", "-1s", "soon"] {
        let mut command = stage.command();
        command.args(["daas", "reboot-idle", "--yes", "--catalog", ids::CATALOG_ID]);
        let words = Ran::of(command.arg(format!("--confirm-timeout={settle}"))).refused();
        assert!(words.contains("like 500ms, 30s, 15m or 2d"), "{words}");
    }
    assert!(stage.sent().is_empty());
}
