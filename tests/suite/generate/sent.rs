//! What a program with a stand-alone crate sends, byte for byte, and how it reads responses.

use std::fs;

use citrix_cloud_tests::{Reply, Scripted, Seen};

use super::compiled::{cargo, written};
use super::named;

const PROGRAM: &str = include_str!("calling/main.rs");

const MANIFEST: &str = r#"
[package]
name = "calling"
version = "0.1.0"
edition = "2024"

[dependencies]
http = "1"
# TLS, which nothing here needs, is most of the time that it takes to compile.
sent = { path = "../sent", default-features = false }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt"] }

[workspace]
"#;

fn reply(line: &str) -> Reply {
    let thing = r#"{"Id":"no uuid","When":"12:00","State":"Odd","More":1}"#;
    let typed = |media: &str, body: &str| {
        let media = ("Content-Type", media.to_owned());
        Reply::Response(200, vec![media], body.to_owned())
    };
    match line {
        "POST /json" => Reply::json(201, thing),
        "PATCH /merge" => typed("application/vnd.things.v1+json", thing),
        "POST /text-json" => typed("text/json; charset=utf-8", thing),
        "PUT /bytes" => typed("application/octet-stream", "some bytes"),
        "GET /either" => Reply::json(202, r#"{"job":"j1"}"#),
        "GET /refused" => Reply::json(400, r#"{"Id":"what was wrong"}"#),
        "HEAD /there/yes" => Reply::Response(200, Vec::new(), String::new()),
        "HEAD /there/no" => Reply::Response(404, Vec::new(), String::new()),
        _ => Reply::Response(204, Vec::new(), String::new()),
    }
}

/// Returns the request line, with content type and body if there is one.
fn told(seen: &Seen) -> String {
    match seen.header("content-type") {
        Some(media) => format!("{} | {media} | {}", seen.line, seen.body),
        None => {
            assert_eq!(seen.body, "", "{}", seen.line);
            seen.line.clone()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_sends_and_reads_what_the_document_says() {
    let document = xtask::pipeline::document::parse(include_str!("sent.yml")).expect("a document");
    let crates = written("sent", &named("sent", document));
    let program = crates.with_file_name("calling");
    fs::create_dir_all(program.join("src")).expect("a folder");
    fs::write(program.join("Cargo.toml"), MANIFEST).expect("written");
    fs::write(program.join("src/main.rs"), PROGRAM).expect("written");
    fs::copy(crates.join("Cargo.lock"), program.join("Cargo.lock")).expect("copied");

    let server = Scripted::start_with([], |line| Some(reply(line))).await;
    let url = server.url();
    let said = tokio::task::spawn_blocking(move || {
        cargo(&program, &["run", "--offline", "--quiet", "--", &url])
    });
    let Some(said) = said.await.expect("it ran") else {
        return;
    };
    insta::assert_snapshot!("what_a_program_reads", said);

    let seen = server.seen();
    let (_, boundary) = seen
        .iter()
        .find_map(|seen| seen.header("content-type")?.split_once("boundary="))
        .expect("a boundary");
    let lines: Vec<String> = seen.iter().map(told).collect();
    let lines = lines.join("\n").replace(boundary, "<boundary>");
    insta::assert_snapshot!("what_a_program_sends", lines.replace('\r', "<cr>"));

    let of = |line: &str| seen.iter().find(|seen| seen.line.starts_with(line));
    let query = of("GET /query").expect("a query");
    assert_eq!(query.header("x-trace"), Some("traced"));
    assert_eq!(query.header("cookie"), Some("session=abc; theme=1"));
    assert_eq!(query.header("authorization"), Some("Bearer t"));
    let open = of("GET /nothing").expect("a read");
    assert_eq!(open.header("authorization"), None);
    let reboot = of("POST /things/").expect("a reboot");
    assert_eq!(reboot.header("content-length"), Some("0"));
    let read = of("GET /either").expect("a read");
    assert_eq!(read.header("accept"), Some("application/json"));
}
