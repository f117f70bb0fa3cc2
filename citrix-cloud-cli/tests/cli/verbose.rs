//! The requests that `-v` shows on standard error.

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Emulator, ids};

use crate::stage::{Ran, Stage};

/// Returns a line without the elapsed time.
fn untimed(line: &str) -> String {
    let words = line.split(' ').map(|word| match word.parse::<u64>() {
        Ok(number) if number < 100 || line.contains(&format!("{word} ms")) => "N",
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_has_a_line_and_a_retry_says_so() {
    let fault = Fault::new(FaultKind::Status(503))
        .on("MachinesGetMachine")
        .times(1);
    let stage = Stage::with(Emulator::builder().faults(vec![fault]).build()).await;
    let ran = stage.run(["daas", "machines", "get", ids::KESTREL_ID, "-v"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let lines: Vec<String> = ran.stderr.lines().map(untimed).collect();
    let kestrel = format!("GET /Machines/{}", ids::KESTREL_ID);
    let expected = [
        "POST /cctrustoauth2/root/tokens/clients 200 N ms".to_owned(),
        "GET /me 200 N ms".to_owned(),
        format!("{kestrel} 503 N ms"),
        format!("{kestrel} 200 N ms (retry 1)"),
    ];
    assert_eq!(lines, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_response_says_why() {
    let stage = Stage::new().await;
    let mut command = stage.command();
    command.args(["daas", "me", "-v", "--timeout", "1"]);
    let ran = Ran::of(command.env("CITRIX_CLOUD_ENDPOINT", "http://127.0.0.1:1"));
    let first = ran.stderr.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("POST /cctrustoauth2/root/tokens/clients no response "),
        "{first}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_show_headers_but_for_secrets() {
    let stage = Stage::new().await;
    let ran = stage.run(["daas", "me", "-vv"]);
    for line in [
        "> authorization: ***",
        "> accept: application/json",
        "< HTTP/1.1 200 OK",
    ] {
        assert!(
            ran.stderr.lines().any(|it| it == line),
            "{line}\n{}",
            ran.stderr
        );
    }
    assert!(ran.stderr.contains("/cvad/manage/me"), "{}", ran.stderr);
    let journal = stage.emulator().journal();
    for exchange in journal.entries() {
        if let Some(token) = exchange.header("authorization") {
            let token = token.trim_start_matches("CwsAuth Bearer=");
            assert!(!ran.stderr.contains(token), "{}", ran.stderr);
        }
    }
    assert!(!ran.stderr.contains(ids::CLIENT_SECRET));
}
