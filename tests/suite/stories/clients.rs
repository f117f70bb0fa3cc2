//! Programs of other people: their way of calling works against the emulator.
//!
//! The scripts under `tests/clients` are ours, in the style of the walkthrough. Where
//! `CITRIX_WALKTHROUGH` names the walkthrough's text, its own scripts run too, with only the host
//! replaced.

use std::path::{Path, PathBuf};

use citrix_cloud_emulator::{Emulator, Server, ids};
use tokio::process::Command;

use super::asked;

const THREE_LINES: &str = "2 sessions on DEMOLAB\\OSPREY - skipping\n\
    Requesting reboot for DEMOLAB\\EAGLE... failure: Machine does not support specified power action.\n\
    Requesting reboot for DEMOLAB\\KESTREL... success\n";

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Whether the programs are there; says so where not.
async fn has(program: &str, arguments: &[&str]) -> bool {
    let there = Command::new(program)
        .args(arguments)
        .output()
        .await
        .is_ok_and(|output| output.status.success());
    if !there {
        eprintln!(
            "skipped: `{program} {}` does not work here",
            arguments.join(" ")
        );
    }
    there
}

async fn run(program: &str, script: &Path, arguments: &[&str], server: &Server) -> String {
    let output = Command::new(program)
        .arg(script)
        .args(arguments)
        .env("CLIENT_ID", ids::CLIENT_ID)
        .env("CLIENT_SECRET", ids::CLIENT_SECRET)
        .env("CUSTOMER_ID", ids::CUSTOMER_ID)
        .env("ENDPOINT", server.url())
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .replace("\r\n", "\n")
}

async fn emulate() -> (Emulator, Server) {
    let emulator = Emulator::default();
    let server = emulator
        .serve("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    (emulator, server)
}

const ARGUMENTS: [&str; 6] = [
    "-u",
    ids::CUSTOMER_ID,
    "-s",
    ids::SITE_ID,
    "-a",
    ids::CATALOG_ID,
];

#[tokio::test]
async fn a_python_client_with_requests_gets_along() {
    if !has("python3", &["-c", "import requests"]).await {
        return;
    }
    let (emulator, server) = emulate().await;
    let printed = run("python3", &here().join("tour.py"), &[], &server).await;
    assert!(printed.contains("trial services: cas itsm microapps netscalergateway wem xendesktop"));
    assert!(printed.contains("signed in as Pat Patterson"), "{printed}");
    assert!(printed.ends_with(THREE_LINES), "{printed}");
    let refused = asked(&emulator)
        .into_iter()
        .filter(|(_, status)| *status >= 400)
        .count();
    assert_eq!(refused, 1, "EAGLE alone refuses");
}

#[tokio::test]
async fn a_shell_client_with_curl_and_jq_gets_along() {
    if !has("bash", &["-c", "command -v curl jq"]).await {
        return;
    }
    let (emulator, server) = emulate().await;
    let printed = run("bash", &here().join("idle.sh"), &[], &server).await;
    assert_eq!(printed, THREE_LINES);
    assert_eq!(
        emulator.read_site(|site| site.machines.get(ids::KESTREL_ID).unwrap().reboots()),
        1
    );
}

#[tokio::test]
async fn the_walkthroughs_own_scripts_print_its_three_lines() {
    let Some(path) = std::env::var_os("CITRIX_WALKTHROUGH") else {
        eprintln!("skipped: CITRIX_WALKTHROUGH does not name the walkthrough's text");
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (first_line, file, program, check) in [
        (
            "#! /usr/bin/python3",
            "reboot_idle.py",
            "python3",
            ["-c", "import requests"],
        ),
        (
            "#! /bin/bash",
            "reboot_idle.sh",
            "bash",
            ["-c", "command -v curl jq"],
        ),
    ] {
        if !has(program, &check).await {
            continue;
        }
        let (emulator, server) = emulate().await;
        let script = extract(&text, first_line);
        let hosts = script.matches("https://api").count();
        assert!(hosts >= 3, "the script names its hosts {hosts} times");
        let script = script
            .replace("https://api-us.cloud.com", server.url())
            .replace("https://api.cloud.com", server.url());
        let place = folder.path().join(file);
        std::fs::write(&place, script).unwrap();
        assert_eq!(
            run(program, &place, &ARGUMENTS, &server).await,
            THREE_LINES,
            "{file}"
        );
        let kestrel =
            emulator.read_site(|site| site.machines.get(ids::KESTREL_ID).unwrap().reboots());
        assert_eq!(kestrel, 1, "{file}");
    }
}

/// The script that begins with `first_line`, up to the page's mark of the end of a block.
fn extract(text: &str, first_line: &str) -> String {
    let start = text
        .find(first_line)
        .expect("the walkthrough has this script");
    let script = &text[start..];
    let end = script.find("<!--NeedCopy-->").expect("the script ends");
    script[..end].to_owned()
}
