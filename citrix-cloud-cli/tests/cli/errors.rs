//! Error messages: what, why and what to do, for people and for programs.

use citrix_cloud_emulator::Emulator;
use citrix_cloud_emulator::faults::{Fault, FaultKind};
use serde_json::Value;

use crate::stage::{Ran, Stage, program};

/// Replaces everything that differs between runs.
fn settled(text: &str) -> String {
    let mut settled = String::new();
    for word in text.split_inclusive([' ', '(', ')', '\n', '"', ',']) {
        let bare = word.trim_end_matches([' ', '(', ')', '\n', '"', ',']);
        let rest = &word[bare.len()..];
        settled += match bare.parse::<uuid::Uuid>() {
            Ok(_) => "ID",
            // The length of a response depends on the ids in it, and error numbers depend on the system.
            Err(_) if settled.ends_with("column ") || settled.ends_with("os error ") => "N",
            Err(_) => bare,
        };
        settled += rest;
    }
    settled
}

async fn with(fault: Fault) -> Stage {
    Stage::with(Emulator::builder().faults(vec![fault]).build()).await
}

/// Lists machines in two formats at once, and returns what both runs printed.
async fn machines(fault: Fault, timeout: &'static str) -> [Ran; 2] {
    let stage = with(fault).await;
    let runs = ["table", "json"].map(|format| {
        let mut command = stage.command();
        command.args(["daas", "machines", "list", "--output", format]);
        command.args(["--timeout", timeout]);
        tokio::task::spawn_blocking(move || Ran::of(&mut command))
    });
    let [text, json] = runs;
    [text.await.unwrap(), json.await.unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_service_are_shown_in_three_lines_and_as_json() {
    let on = |kind| Fault::new(kind).on("MachinesGetMachines");
    let redirect = FaultKind::Redirect {
        host: "api-eu.cloud.com".to_owned(),
        location: true,
    };
    let mut lines = String::new();
    let cases = [
        ("another region", on(redirect)),
        ("unauthorized", on(FaultKind::Status(401))),
        ("forbidden", on(FaultKind::Status(403))),
        ("not found", on(FaultKind::Status(404))),
        ("conflict", on(FaultKind::Status(409))),
        ("throttled", on(FaultKind::Status(429))),
        ("failing", on(FaultKind::Status(500))),
        ("a gateway", on(FaultKind::Html(502))),
        ("frozen", on(FaultKind::Status(530))),
        ("reset", on(FaultKind::Reset)),
        ("cut off", on(FaultKind::CloseInBody)),
        ("no JSON", on(FaultKind::TruncatedJson)),
    ];
    // Side by side, because most of them wait before they try again.
    let cases = cases.map(|(name, fault)| {
        // A request that was rejected is sent again until its time is over. All others must have time to fail for good,
        // however busy this machine is.
        let timeout = match name {
            "throttled" | "frozen" => "10",
            _ => "120",
        };
        (name, tokio::spawn(machines(fault, timeout)))
    });
    for (name, runs) in cases {
        let [text, json] = runs.await.unwrap();
        assert_eq!(text.code, json.code);
        let told: Value = serde_json::from_str(json.stderr.trim_end()).expect(&json.stderr);
        assert_eq!(
            told["error"]["exit_code"].as_i64(),
            text.code.map(i64::from)
        );
        for shown in [&text.stderr, &json.stderr] {
            assert!(!shown.contains("::"), "{shown}");
        }
        lines += &format!(
            "# {name}, {}\n{}{}\n",
            text.code.unwrap(),
            text.stderr,
            json.stderr
        );
    }
    insta::assert_snapshot!(settled(&lines));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_and_an_unreachable_service_say_what_to_do() {
    let stage = Stage::new().await;
    let wrong = Ran::of(
        stage
            .command()
            .args(["daas", "me"])
            .env("CITRIX_CLIENT_SECRET", "wrong"),
    );
    let nobody = Ran::of(
        stage
            .command()
            .args(["daas", "me", "--timeout", "1"])
            .env("CITRIX_CLOUD_ENDPOINT", "http://127.0.0.1:1"),
    );
    insta::assert_snapshot!(settled(&format!("{}\n{}", wrong.stderr, nobody.stderr)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_of_the_table_that_is_not_there_has_near_names() {
    let stage = Stage::new().await;
    for name in ["Blue", "Green"] {
        let field = format!("Name={name}");
        Ran::of(
            stage
                .command()
                .args(["api", "POST", "/Tags", "--yes", "-f", &field]),
        )
        .ok();
    }
    let ran = stage.run(["daas", "tags", "get", "Gren"]);
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines[0], "error: daas tags get: not found");
    assert!(
        lines[1].starts_with("why: ") && lines[1].contains("status 404"),
        "{}",
        ran.stderr
    );
    assert_eq!(lines[2], "hint: did you mean Green?");
    let far = stage.run(["daas", "tags", "get", "Xyzzy"]);
    assert!(
        far.stderr
            .ends_with("hint: see what exists with `citrix-cloud daas tags list`\n"),
        "{}",
        far.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_objects_are_reported_one_by_one() {
    let stage = with(Fault::new(FaultKind::Status(400)).on("MachinesRebootMachine")).await;
    let ran = Ran::of(&mut stage.reboot_idle(&[]));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let of_kestrel = "error: DEMOLAB\\KESTREL: daas machines reboot: ";
    let mut lines = ran
        .stderr
        .lines()
        .skip_while(|it| !it.starts_with(of_kestrel));
    assert!(lines.next().is_some(), "{}", ran.stderr);
    let why = lines.next().unwrap_or_default();
    assert!(
        why.starts_with("why: ") && why.contains("(status 400, "),
        "{}",
        ran.stderr
    );
    assert!(why.contains("transaction "), "{}", ran.stderr);
    // Both objects have the same hint, which is shown once, whichever of them comes last.
    let hints = ran.stderr.lines().filter(|it| it.starts_with("hint: "));
    assert_eq!(hints.count(), 1, "{}", ran.stderr);
    let report = Ran::of(&mut stage.reboot_idle(&["--output", "json"]));
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let outcomes = report["outcomes"].as_array().unwrap();
    let failed = outcomes
        .iter()
        .find(|it| it["name"] == "DEMOLAB\\KESTREL")
        .unwrap();
    assert_eq!(failed["error"]["status"], 400);
    assert_eq!(failed["error"]["kind"], "api");
    for key in ["what", "why", "hint", "transaction_id"] {
        assert!(failed["error"][key].is_string(), "{key}: {failed}");
    }
}

#[test]
fn arguments_that_cannot_be_read_are_json_where_output_is() {
    let refused = |arguments: &[&str]| Ran::of(program().args(arguments)).refused_with_any();
    for arguments in [
        &["--output", "json", "daas", "machnes"][..],
        &["daas", "machines", "list", "--nonsense", "--output=jsonl"],
    ] {
        let told: Value = serde_json::from_str(&refused(arguments)).unwrap();
        assert_eq!(told["error"]["kind"], "usage");
        assert_eq!(told["error"]["exit_code"], 2);
        assert!(told["error"]["what"].is_string());
    }
    for arguments in [
        &["daas", "machnes"][..],
        &["--output", "yaml", "daas", "machnes"],
    ] {
        let text = refused(arguments);
        assert!(text.starts_with("error: "), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_awake_is_activated_at_once() {
    let stage = Stage::new().await;
    let ran = stage.run(["daas", "sites", "activate"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(0), "the site is awake\n")
    );
}
