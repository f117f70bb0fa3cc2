//! The program as a script runs it.

#![cfg(feature = "bin")]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use citrix_cloud_emulator::ids;
use serde_json::Value;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_citrix-cloud-emulator"))
}

/// A serving program, which is killed when this is dropped.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts serving, and returns the line that it prints when ready.
fn serve(args: &[&str]) -> (Serving, String) {
    let mut program = program();
    program.arg("serve").args(args).stdout(Stdio::piped());
    let mut child = program.stderr(Stdio::null()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let line = output.lines().next().unwrap().unwrap();
    (Serving(child), line)
}

/// Runs a command that must fail, and returns its error.
fn refusal(args: &[&str], token: Option<&str>) -> String {
    let mut program = program();
    program.arg("serve").args(args);
    match token {
        Some(token) => program.env("CITRIX_EMULATOR_CONTROL_TOKEN", token),
        None => program.env_remove("CITRIX_EMULATOR_CONTROL_TOKEN"),
    };
    let output = program.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn an_address_that_is_not_loopback_needs_leave_and_a_token() {
    let remote = ["--addr", "0.0.0.0:0"];
    let message = refusal(&remote, Some("word"));
    let expected = "0.0.0.0:0 is not a loopback address";
    assert!(message.contains(expected), "{message}");
    let allowed = ["--addr", "0.0.0.0:0", "--allow-remote"];
    let message = refusal(&allowed, None);
    assert!(message.contains("--control-token-file FILE"), "{message}");
    for token in ["", " \n", "two words", "v\u{e4}ter"] {
        let message = refusal(&allowed, Some(token));
        assert!(message.contains("one word of visible ASCII"), "{message}");
        assert!(token.trim().is_empty() || !message.contains(token));
    }
    let message = refusal(&["--control-token-file", "/nowhere"], None);
    assert!(message.contains("cannot read /nowhere"), "{message}");
}

#[test]
fn numbers_out_of_range_are_rejected_with_the_option() {
    for (option, value) in [
        ("--machines", "1000001"),
        ("--machines", "many"),
        ("--max-connections", "0"),
        ("--max-header-bytes", "100"),
        ("--idle-timeout", "0"),
        ("--max-journal-bytes", "-1"),
    ] {
        let message = refusal(&[&format!("{option}={value}")], None);
        assert!(
            message.contains(&format!("'{value}' for '{option} ")),
            "{message}"
        );
    }
}

#[test]
fn a_wrong_file_of_faults_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faults.yml");
    for (text, expected) in [
        ("- kind: reset\n  rate: 0.1\n- kind: resett\n", "line 3"),
        ("- kind: reset\n  rates: 0.1\n", "unknown field"),
        ("kind: reset\n", "line 1"),
        ("- kind: {slow_body: 90}\n", "line 1"),
    ] {
        std::fs::write(&file, text).unwrap();
        let message = refusal(&["--faults", file.to_str().unwrap()], None);
        assert!(
            message.contains("faults.yml: ") && message.contains(expected),
            "{message}"
        );
    }
}

#[test]
fn a_file_of_faults_takes_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faults.yml");
    let text = include_str!("faults.yml");
    std::fs::write(&file, text).unwrap();
    let (_serving, line) = serve(&["--faults", file.to_str().unwrap()]);
    assert!(line.contains("\"url\""), "{line}");
}

#[test]
fn one_line_says_where_it_listens_and_how_to_sign_in() {
    let (_serving, line) = serve(&["--machines", "3"]);
    let ready: Value = serde_json::from_str(&line).unwrap();
    let address = ready["url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let connection = TcpStream::connect(address);
    assert!(connection.is_ok());
    for (field, value) in [
        ("customerId", ids::CUSTOMER_ID),
        ("clientId", ids::CLIENT_ID),
        ("clientSecret", ids::CLIENT_SECRET),
        ("siteId", ids::SITE_ID),
        ("catalogId", ids::CATALOG_ID),
    ] {
        assert_eq!(ready[field], value);
    }
}

#[test]
fn every_command_has_a_manual_page_that_readers_find_nothing_wrong_with() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("man1");
    let write = || program().args(["man", "--dir"]).arg(&folder).output();
    for _ in 0..2 {
        let written = write().unwrap();
        assert!(written.status.success(), "{written:?}");
    }
    let below = ["completions", "exec", "man", "serve", "world"];
    let names = below.iter().map(|it| format!("citrix-cloud-emulator-{it}"));
    let below_world = ["check", "example"].map(|it| format!("citrix-cloud-emulator-world-{it}"));
    let mut expected: Vec<String> = names.chain(below_world).collect();
    let page = std::fs::read_to_string(folder.join("citrix-cloud-emulator.1")).unwrap();
    for name in &expected[..below.len()] {
        assert!(
            page.contains(&format!("{}(1)", name.replace('-', r"\-"))),
            "{name}"
        );
    }
    expected.push("citrix-cloud-emulator".to_owned());
    let entries = std::fs::read_dir(&folder).unwrap();
    let files = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = files.collect();
    files.sort();
    let with_section = expected.iter().map(|it| format!("{it}.1"));
    let mut with_section: Vec<String> = with_section.collect();
    with_section.sort();
    assert_eq!(files, with_section);
    for name in &expected {
        let file = format!("{name}.1");
        let file = folder.join(file);
        let page = std::fs::read_to_string(&file).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let title =
            format!("\n.TH {name} 1 \" \" \"citrix-cloud-emulator {version}\" \"Citrix Cloud\"\n");
        assert!(page.contains(&title), "{page}");
        let mut man = Command::new("man");
        man.args(["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]);
        let Ok(read) = man.arg(&file).output() else {
            eprintln!("skipped: man is not installed");
            continue;
        };
        let told = String::from_utf8_lossy(&read.stderr);
        assert!(read.status.success() && told.is_empty(), "{name}: {told}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "").unwrap();
    let refused = write().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.starts_with("error: cannot write to "), "{told}");
}
